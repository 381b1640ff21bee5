-- G18: edits that clashed, until somebody settles them.
CREATE TABLE clashes (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  -- Of the edit.
  key BLOB NOT NULL,
  -- What was edited: a product, an expense, or the shop by its own id.
  kind TEXT NOT NULL CHECK (kind IN ('product', 'expense', 'shop')),
  thing_id BLOB NOT NULL,
  -- JSON of a list of sync::FieldConflict.
  fields TEXT NOT NULL,
  installation_id BLOB NOT NULL,
  actor_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  settled_by BLOB,
  settled_ms INTEGER,
  change INTEGER NOT NULL,
  -- When closed apps were told of it: once.
  rung_ms INTEGER,
  PRIMARY KEY (shop_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX clashes_by_change ON clashes (shop_id, change);
CREATE INDEX clashes_unrung ON clashes (shop_id, key) WHERE rung_ms IS NULL AND settled_ms IS NULL;
