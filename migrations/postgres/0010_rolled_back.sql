-- Sales of which a phone said that no goods left the shop, and which never came: the server was set back to before it
-- refused them. A copy of that phone may send them.
CREATE TABLE rolled_back_sales (
  shop_id UUID NOT NULL REFERENCES shops (id),
  key UUID NOT NULL,
  PRIMARY KEY (shop_id, key)
);
CREATE UNIQUE INDEX sales_by_key ON sales (shop_id, key);
