-- Sales of more than their phone knew to be in stock, made without network.
ALTER TABLE sales ADD COLUMN beyond_stock BOOLEAN NOT NULL DEFAULT FALSE;
