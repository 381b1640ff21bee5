-- Every key begins with shop_id; CHECKs say what must never be, whatever the code above them does.
-- UUIDs are BLOB(16), money is whole GNF, times are milliseconds since 1970. The same tables as migrations/postgres.

CREATE TABLE shops (
  id BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- G19: a restored backup begins a new history.
  history_id BLOB NOT NULL,
  -- G10: updated first in every transaction that changes the shop.
  counter INTEGER NOT NULL DEFAULT 0 CHECK (counter >= 0),
  -- Below this change number tombstones are no longer kept: who is behind it reads the shop from the start.
  horizon INTEGER NOT NULL DEFAULT 0,
  change INTEGER NOT NULL DEFAULT 0,
  installations INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'employee')),
  pin_hash TEXT NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  wrong_tries INTEGER NOT NULL DEFAULT 0,
  locked_until_ms INTEGER NOT NULL DEFAULT 0,
  change INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE installations (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_hash BLOB NOT NULL,
  -- Purchase prices reach only phones marked as the owner's.
  holds_costs INTEGER NOT NULL DEFAULT 0 CHECK (holds_costs IN (0, 1)),
  forked_from BLOB,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER,
  last_contact_ms INTEGER,
  app TEXT NOT NULL DEFAULT '',
  -- G15: what the installation last said of itself.
  made INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shop_id, id),
  UNIQUE (shop_id, prefix)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX installations_by_id ON installations (id);

-- G14: who has signed in online on which phone.
CREATE TABLE installation_actors (
  shop_id BLOB NOT NULL,
  installation_id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, installation_id, user_id),
  FOREIGN KEY (shop_id, installation_id) REFERENCES installations (shop_id, id),
  FOREIGN KEY (shop_id, user_id) REFERENCES users (shop_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrol_codes (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  code_hash BLOB NOT NULL,
  holds_costs INTEGER NOT NULL DEFAULT 0 CHECK (holds_costs IN (0, 1)),
  expires_ms INTEGER NOT NULL,
  used_by BLOB,
  PRIMARY KEY (shop_id, code_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrol_codes_by_hash ON enrol_codes (code_hash);

CREATE TABLE sessions (
  shop_id BLOB NOT NULL,
  token_hash BLOB NOT NULL,
  user_id BLOB NOT NULL,
  installation_id BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, token_hash),
  FOREIGN KEY (shop_id, user_id) REFERENCES users (shop_id, id),
  FOREIGN KEY (shop_id, installation_id) REFERENCES installations (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_by_token ON sessions (token_hash);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE products (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  search TEXT NOT NULL,
  -- A JSON list of strings. Not unique: two products with one code are a decision (G18).
  barcodes TEXT NOT NULL DEFAULT '[]',
  category TEXT NOT NULL DEFAULT '',
  sale_price INTEGER NOT NULL CHECK (sale_price >= 0),
  purchase_price INTEGER CHECK (purchase_price >= 0),
  threshold INTEGER NOT NULL DEFAULT 0 CHECK (threshold >= 0),
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  -- G12: the last line. Only ever changed by a difference, beside a movement.
  stock INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0 AND stock <= 1000000000),
  -- Of the text, not of the stock: a change of stock travels by its movement.
  change INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX products_by_change ON products (shop_id, change);
CREATE INDEX products_by_search ON products (shop_id, search);

CREATE TABLE movements (
  shop_id BLOB NOT NULL,
  product_id BLOB NOT NULL,
  change INTEGER NOT NULL,
  delta INTEGER NOT NULL CHECK (delta <> 0),
  stock_after INTEGER NOT NULL CHECK (stock_after >= 0),
  -- JSON of domain::Cause.
  cause TEXT NOT NULL,
  -- What the person wrote beside a count or a delivery.
  note TEXT NOT NULL DEFAULT '',
  actor_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, product_id, change),
  FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX movements_by_change ON movements (shop_id, change);

CREATE TABLE sales (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  key BLOB NOT NULL,
  receipt TEXT NOT NULL,
  installation_id BLOB NOT NULL,
  actor_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  total INTEGER NOT NULL CHECK (total >= 0),
  at_ms INTEGER NOT NULL,
  day INTEGER NOT NULL,
  clamped INTEGER NOT NULL DEFAULT 0 CHECK (clamped IN (0, 1)),
  voided_ms INTEGER,
  voided_by BLOB,
  void_reason TEXT,
  change INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id),
  CHECK ((voided_ms IS NULL) = (voided_by IS NULL) AND (voided_ms IS NULL) = (void_reason IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_by_change ON sales (shop_id, change);
CREATE INDEX sales_by_time ON sales (shop_id, at_ms);

CREATE TABLE sale_lines (
  shop_id BLOB NOT NULL,
  sale_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  name TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
  -- What it cost the shop when it was sold, for the margin; NULL where unknown.
  unit_cost INTEGER CHECK (unit_cost >= 0),
  PRIMARY KEY (shop_id, sale_id, position),
  FOREIGN KEY (shop_id, sale_id) REFERENCES sales (shop_id, id),
  FOREIGN KEY (shop_id, product_id) REFERENCES products (shop_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tenders (
  shop_id BLOB NOT NULL,
  sale_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cash', 'orange_money')),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  given INTEGER,
  reference TEXT,
  PRIMARY KEY (shop_id, sale_id, position),
  FOREIGN KEY (shop_id, sale_id) REFERENCES sales (shop_id, id),
  CHECK (CASE kind WHEN 'cash' THEN given >= amount AND reference IS NULL ELSE given IS NULL AND reference IS NOT NULL END)
) STRICT, WITHOUT ROWID;

-- G17: refused sales, kept whole.
CREATE TABLE refused_sales (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  key BLOB NOT NULL,
  sale_id BLOB NOT NULL,
  -- JSON of domain::Sale and of sync::Refusal.
  sale TEXT NOT NULL,
  refusal TEXT NOT NULL,
  installation_id BLOB NOT NULL,
  actor_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  became TEXT CHECK (became IN ('rolled_back', 'parked', 'cancelled', 'retried')),
  settled_by BLOB,
  settled_ms INTEGER,
  -- NULL while it concerns only the phone that made it: the others see it when parked, or after a minute.
  change INTEGER,
  PRIMARY KEY (shop_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX refused_by_change ON refused_sales (shop_id, change);
CREATE INDEX refused_by_sale ON refused_sales (shop_id, sale_id);
-- For the job that shows the others what a phone left unsaid.
CREATE INDEX refused_unsaid ON refused_sales (received_ms) WHERE became IS NULL AND change IS NULL;

CREATE TABLE expenses (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  note TEXT NOT NULL,
  actor_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  day INTEGER NOT NULL,
  voided_ms INTEGER,
  voided_by BLOB,
  void_reason TEXT,
  change INTEGER NOT NULL,
  PRIMARY KEY (shop_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX expenses_by_change ON expenses (shop_id, change);

CREATE TABLE tombstones (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  kind TEXT NOT NULL,
  id BLOB NOT NULL,
  change INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_change ON tombstones (shop_id, change);

-- G6: one row for each mutation with a final verdict. Stays for ever; only `answer` is cleaned up.
CREATE TABLE ledger (
  shop_id BLOB NOT NULL REFERENCES shops (id),
  key BLOB NOT NULL,
  installation_id BLOB NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  actor_id BLOB NOT NULL,
  sender_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  payload_hash BLOB NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused', 'conflict', 'quarantined')),
  change INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  -- JSON of sync::Verdict where the outcome alone does not say it all.
  answer TEXT,
  PRIMARY KEY (shop_id, key),
  UNIQUE (shop_id, installation_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_change ON ledger (shop_id, installation_id, change);
-- For the job that cleans answers up.
CREATE INDEX ledger_answers ON ledger (received_ms) WHERE answer IS NOT NULL;

-- G14: what a revoked phone or a retired seller still had queued, for the owner.
CREATE TABLE quarantine (
  shop_id BLOB NOT NULL,
  key BLOB NOT NULL,
  why TEXT NOT NULL,
  -- JSON of sync::Mutation, whole.
  mutation TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (shop_id, key),
  FOREIGN KEY (shop_id, key) REFERENCES ledger (shop_id, key)
) STRICT, WITHOUT ROWID;
