-- A count that finds what was expected is a movement of nothing: that it was counted is worth knowing.
CREATE TABLE movements_with_counts (
  shop_id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  change INTEGER NOT NULL,
  delta INTEGER NOT NULL,
  stock_after INTEGER NOT NULL CHECK (stock_after >= 0),
  -- JSON of domain::Cause.
  cause TEXT NOT NULL,
  -- What the person wrote beside a count or a delivery.
  note TEXT NOT NULL DEFAULT '',
  actor_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, product_id, change),
  FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id),
  CONSTRAINT movements_move CHECK (delta <> 0 OR cause LIKE '{"count":%')
) STRICT, WITHOUT ROWID;
INSERT INTO movements_with_counts (shop_id, product_id, change, delta, stock_after, cause, note, actor_id, at_ms)
SELECT shop_id, product_id, change, delta, stock_after, cause, note, actor_id, at_ms FROM movements;
DROP TABLE movements;
ALTER TABLE movements_with_counts RENAME TO movements;
CREATE INDEX movements_by_change ON movements (shop_id, change);
