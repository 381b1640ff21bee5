-- Every key begins with shop_id; CHECKs say what must never be, whatever the code above them does.
-- Money is whole GNF, times are milliseconds since 1970. The same tables as migrations/sqlite.

CREATE TABLE shops (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- G19: a restored backup begins a new history.
  history_id UUID NOT NULL,
  -- G10: updated first in every transaction that changes the shop.
  counter BIGINT NOT NULL DEFAULT 0 CHECK (counter >= 0),
  -- Below this change number tombstones are no longer kept: who is behind it reads the shop from the start.
  horizon BIGINT NOT NULL DEFAULT 0,
  change BIGINT NOT NULL DEFAULT 0,
  installations BIGINT NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL
);

CREATE TABLE users (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'employee')),
  pin_hash TEXT NOT NULL,
  retired BOOLEAN NOT NULL DEFAULT FALSE,
  wrong_tries BIGINT NOT NULL DEFAULT 0,
  locked_until_ms BIGINT NOT NULL DEFAULT 0,
  change BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);

CREATE TABLE installations (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_hash BYTEA NOT NULL,
  -- Purchase prices reach only phones marked as the owner's.
  holds_costs BOOLEAN NOT NULL DEFAULT FALSE,
  forked_from UUID,
  created_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  last_contact_ms BIGINT,
  app TEXT NOT NULL DEFAULT '',
  -- G15: what the installation last said of itself.
  made BIGINT NOT NULL DEFAULT 0,
  waiting BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (shop_id, id),
  UNIQUE (shop_id, prefix)
);
CREATE UNIQUE INDEX installations_by_id ON installations (id);

-- G14: who has signed in online on which phone.
CREATE TABLE installation_actors (
  shop_id UUID NOT NULL,
  installation_id UUID NOT NULL,
  user_id UUID NOT NULL,
  since_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, installation_id, user_id),
  FOREIGN KEY (shop_id, installation_id) REFERENCES installations (shop_id, id),
  FOREIGN KEY (shop_id, user_id) REFERENCES users (shop_id, id)
);

CREATE TABLE enrol_codes (
  shop_id UUID NOT NULL REFERENCES shops (id),
  code_hash BYTEA NOT NULL,
  holds_costs BOOLEAN NOT NULL DEFAULT FALSE,
  expires_ms BIGINT NOT NULL,
  used_by UUID,
  PRIMARY KEY (shop_id, code_hash)
);
CREATE INDEX enrol_codes_by_hash ON enrol_codes (code_hash);

CREATE TABLE sessions (
  shop_id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  user_id UUID NOT NULL,
  installation_id UUID NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, token_hash),
  FOREIGN KEY (shop_id, user_id) REFERENCES users (shop_id, id),
  FOREIGN KEY (shop_id, installation_id) REFERENCES installations (shop_id, id)
);
CREATE UNIQUE INDEX sessions_by_token ON sessions (token_hash);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE products (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  name TEXT NOT NULL,
  search TEXT COLLATE "C" NOT NULL,
  -- A JSON list of strings. Not unique: two products with one code are a decision (G18).
  barcodes TEXT NOT NULL DEFAULT '[]',
  category TEXT NOT NULL DEFAULT '',
  sale_price BIGINT NOT NULL CHECK (sale_price >= 0),
  purchase_price BIGINT CHECK (purchase_price >= 0),
  threshold BIGINT NOT NULL DEFAULT 0 CHECK (threshold >= 0),
  retired BOOLEAN NOT NULL DEFAULT FALSE,
  -- G12: the last line. Only ever changed by a difference, beside a movement.
  stock BIGINT NOT NULL DEFAULT 0 CHECK (stock >= 0 AND stock <= 1000000000),
  -- Of the text, not of the stock: a change of stock travels by its movement.
  change BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX products_by_change ON products (shop_id, change);
CREATE INDEX products_by_search ON products (shop_id, search);

CREATE TABLE movements (
  shop_id UUID NOT NULL,
  product_id UUID NOT NULL,
  change BIGINT NOT NULL,
  delta BIGINT NOT NULL CHECK (delta <> 0),
  stock_after BIGINT NOT NULL CHECK (stock_after >= 0),
  -- JSON of domain::Cause.
  cause TEXT NOT NULL,
  -- What the person wrote beside a count or a delivery.
  note TEXT NOT NULL DEFAULT '',
  actor_id UUID NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, product_id, change),
  FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);
CREATE INDEX movements_by_change ON movements (shop_id, change);

CREATE TABLE sales (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  key UUID NOT NULL,
  receipt TEXT NOT NULL,
  installation_id UUID NOT NULL,
  actor_id UUID NOT NULL,
  sender_id UUID NOT NULL,
  total BIGINT NOT NULL CHECK (total >= 0),
  at_ms BIGINT NOT NULL,
  day BIGINT NOT NULL,
  clamped BOOLEAN NOT NULL DEFAULT FALSE,
  voided_ms BIGINT,
  voided_by UUID,
  void_reason TEXT,
  change BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id),
  CHECK ((voided_ms IS NULL) = (voided_by IS NULL) AND (voided_ms IS NULL) = (void_reason IS NULL))
);
CREATE INDEX sales_by_change ON sales (shop_id, change);
CREATE INDEX sales_by_time ON sales (shop_id, at_ms);

CREATE TABLE sale_lines (
  shop_id UUID NOT NULL,
  sale_id UUID NOT NULL,
  position BIGINT NOT NULL,
  product_id UUID NOT NULL,
  name TEXT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
  -- What it cost the shop when it was sold, for the margin; NULL where unknown.
  unit_cost BIGINT CHECK (unit_cost >= 0),
  PRIMARY KEY (shop_id, sale_id, position),
  FOREIGN KEY (shop_id, sale_id) REFERENCES sales (shop_id, id),
  FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
);

CREATE TABLE tenders (
  shop_id UUID NOT NULL,
  sale_id UUID NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cash', 'orange_money')),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  given BIGINT,
  reference TEXT,
  PRIMARY KEY (shop_id, sale_id, position),
  FOREIGN KEY (shop_id, sale_id) REFERENCES sales (shop_id, id),
  CHECK (CASE kind WHEN 'cash' THEN given >= amount AND reference IS NULL ELSE given IS NULL AND reference IS NOT NULL END)
);

-- G17: refused sales, kept whole.
CREATE TABLE refused_sales (
  shop_id UUID NOT NULL REFERENCES shops (id),
  key UUID NOT NULL,
  sale_id UUID NOT NULL,
  -- JSON of domain::Sale and of sync::Refusal.
  sale TEXT NOT NULL,
  refusal TEXT NOT NULL,
  installation_id UUID NOT NULL,
  actor_id UUID NOT NULL,
  at_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  became TEXT CHECK (became IN ('rolled_back', 'parked', 'cancelled', 'retried')),
  settled_by UUID,
  settled_ms BIGINT,
  -- NULL while it concerns only the phone that made it: the others see it when parked, or after a minute.
  change BIGINT,
  PRIMARY KEY (shop_id, key)
);
CREATE INDEX refused_by_change ON refused_sales (shop_id, change);
CREATE INDEX refused_by_sale ON refused_sales (shop_id, sale_id);
-- For the job that shows the others what a phone left unsaid.
CREATE INDEX refused_unsaid ON refused_sales (received_ms) WHERE became IS NULL AND change IS NULL;

CREATE TABLE expenses (
  shop_id UUID NOT NULL REFERENCES shops (id),
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0),
  note TEXT NOT NULL,
  actor_id UUID NOT NULL,
  at_ms BIGINT NOT NULL,
  day BIGINT NOT NULL,
  voided_ms BIGINT,
  voided_by UUID,
  void_reason TEXT,
  change BIGINT NOT NULL,
  PRIMARY KEY (shop_id, id)
);
CREATE INDEX expenses_by_change ON expenses (shop_id, change);

CREATE TABLE tombstones (
  shop_id UUID NOT NULL REFERENCES shops (id),
  kind TEXT NOT NULL,
  id UUID NOT NULL,
  change BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, kind, id)
);
CREATE INDEX tombstones_by_change ON tombstones (shop_id, change);

-- G6: one row for each mutation with a final verdict. Stays for ever; only `answer` is cleaned up.
CREATE TABLE ledger (
  shop_id UUID NOT NULL REFERENCES shops (id),
  key UUID NOT NULL,
  installation_id UUID NOT NULL,
  sequence BIGINT NOT NULL CHECK (sequence > 0),
  actor_id UUID NOT NULL,
  sender_id UUID NOT NULL,
  kind TEXT NOT NULL,
  payload_hash BYTEA NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused', 'conflict', 'quarantined')),
  change BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  -- JSON of sync::Verdict where the outcome alone does not say it all.
  answer TEXT,
  PRIMARY KEY (shop_id, key),
  UNIQUE (shop_id, installation_id, sequence)
);
CREATE INDEX ledger_by_change ON ledger (shop_id, installation_id, change);
-- For the job that cleans answers up.
CREATE INDEX ledger_answers ON ledger (received_ms) WHERE answer IS NOT NULL;

-- G14: what a revoked phone or a retired seller still had queued, for the owner.
CREATE TABLE quarantine (
  shop_id UUID NOT NULL,
  key UUID NOT NULL,
  why TEXT NOT NULL,
  -- JSON of sync::Mutation, whole.
  mutation TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, key),
  FOREIGN KEY (shop_id, key) REFERENCES ledger (shop_id, key)
);
