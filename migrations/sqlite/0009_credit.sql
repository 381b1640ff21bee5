-- Goods on credit. A name is an account: `folded` is the name without accents, case and punctuation.
CREATE TABLE customers (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  folded TEXT NOT NULL,
  name TEXT NOT NULL,
  owed INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id),
  UNIQUE (shop_id, folded)
) STRICT, WITHOUT ROWID;
-- What each change left somebody owing: a page tells the sum as it was at its end, as it does with stock.
CREATE TABLE account_entries (
  shop_id BLOB NOT NULL,
  customer_id BLOB NOT NULL,
  change INTEGER NOT NULL,
  owed INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, customer_id, change),
  FOREIGN KEY (shop_id, customer_id) REFERENCES customers (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_entries_by_change ON account_entries (shop_id, change);

CREATE TABLE repayments (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  customer TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cash', 'orange_money')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  given INTEGER,
  reference TEXT,
  actor_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  day INTEGER NOT NULL,
  voided_ms INTEGER,
  voided_by BLOB,
  void_reason TEXT,
  change INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id),
  CHECK (CASE kind WHEN 'cash' THEN given >= amount AND reference IS NULL ELSE given IS NULL AND reference IS NOT NULL END)
) STRICT, WITHOUT ROWID;
CREATE INDEX repayments_by_change ON repayments (shop_id, change);

-- A CHECK cannot be changed: the table is written anew.
CREATE TABLE tenders_with_credit (
  shop_id BLOB NOT NULL,
  sale_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cash', 'orange_money', 'credit')),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  given INTEGER,
  reference TEXT,
  customer TEXT,
  PRIMARY KEY (shop_id, sale_id, position),
  FOREIGN KEY (shop_id, sale_id) REFERENCES sales (shop_id, id),
  CHECK ((kind = 'cash') = (given IS NOT NULL)),
  CHECK (given IS NULL OR given >= amount),
  CHECK ((kind = 'orange_money') = (reference IS NOT NULL)),
  CHECK ((kind = 'credit') = (customer IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO tenders_with_credit (shop_id, sale_id, position, kind, amount, given, reference)
  SELECT shop_id, sale_id, position, kind, amount, given, reference FROM tenders;
DROP TABLE tenders;
ALTER TABLE tenders_with_credit RENAME TO tenders;
