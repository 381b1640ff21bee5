-- Sales of more than their phone knew to be in stock, made without network.
ALTER TABLE sales ADD COLUMN beyond_stock INTEGER NOT NULL DEFAULT 0 CHECK (beyond_stock IN (0, 1));
