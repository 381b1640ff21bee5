-- G18: edits that clashed, until somebody settles them.
CREATE TABLE clashes (
  shop_id UUID NOT NULL REFERENCES shops (id),
  -- Of the edit.
  key UUID NOT NULL,
  -- What was edited: a product, an expense, or the shop by its own id.
  kind TEXT NOT NULL CHECK (kind IN ('product', 'expense', 'shop')),
  thing_id UUID NOT NULL,
  -- JSON of a list of sync::FieldConflict.
  fields TEXT NOT NULL,
  installation_id UUID NOT NULL,
  actor_id UUID NOT NULL,
  at_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  settled_by UUID,
  settled_ms BIGINT,
  change BIGINT NOT NULL,
  -- When closed apps were told of it: once.
  rung_ms BIGINT,
  PRIMARY KEY (shop_id, key)
);
CREATE INDEX clashes_by_change ON clashes (shop_id, change);
CREATE INDEX clashes_unrung ON clashes (shop_id, key) WHERE rung_ms IS NULL AND settled_ms IS NULL;
