-- Goods on credit. A name is an account: `folded` is the name without accents, case and punctuation.
CREATE TABLE customers (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  folded TEXT NOT NULL,
  name TEXT NOT NULL,
  owed BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id),
  UNIQUE (shop_id, folded)
);
-- What each change left somebody owing: a page tells the sum as it was at its end, as it does with stock.
CREATE TABLE account_entries (
  shop_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  change BIGINT NOT NULL,
  owed BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, customer_id, change),
  FOREIGN KEY (shop_id, customer_id) REFERENCES customers (shop_id, id)
);
CREATE INDEX account_entries_by_change ON account_entries (shop_id, change);

CREATE TABLE repayments (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  customer TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cash', 'orange_money')),
  amount BIGINT NOT NULL CHECK (amount > 0),
  given BIGINT,
  reference TEXT,
  actor_id UUID NOT NULL,
  at_ms BIGINT NOT NULL,
  day BIGINT NOT NULL,
  voided_ms BIGINT,
  voided_by UUID,
  void_reason TEXT,
  change BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id),
  CHECK (CASE kind WHEN 'cash' THEN given >= amount AND reference IS NULL ELSE given IS NULL AND reference IS NOT NULL END)
);
CREATE INDEX repayments_by_change ON repayments (shop_id, change);

ALTER TABLE tenders ADD COLUMN customer TEXT;
ALTER TABLE tenders DROP CONSTRAINT tenders_kind_check;
ALTER TABLE tenders DROP CONSTRAINT tenders_check;
ALTER TABLE tenders ADD CHECK (kind IN ('cash', 'orange_money', 'credit'));
ALTER TABLE tenders ADD CHECK ((kind = 'cash') = (given IS NOT NULL));
ALTER TABLE tenders ADD CHECK (given IS NULL OR given >= amount);
ALTER TABLE tenders ADD CHECK ((kind = 'orange_money') = (reference IS NOT NULL));
ALTER TABLE tenders ADD CHECK ((kind = 'credit') = (customer IS NOT NULL));
