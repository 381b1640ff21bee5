-- Where a phone listens while the app is closed.
CREATE TABLE push_subscriptions (
  shop_id UUID NOT NULL,
  installation_id UUID NOT NULL,
  endpoint TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  PRIMARY KEY (shop_id, installation_id),
  FOREIGN KEY (shop_id, installation_id) REFERENCES installations (shop_id, id)
);
-- When closed apps were told of it: once. What was refused before this is no news.
ALTER TABLE refused_sales ADD COLUMN rung_ms BIGINT;
UPDATE refused_sales SET rung_ms = 0;
CREATE INDEX refused_unrung ON refused_sales (shop_id, key)
  WHERE rung_ms IS NULL AND change IS NOT NULL AND (became IS NULL OR became = 'parked');
