-- Phones are told of the shop's phones, as of everything else, by change numbers; those that are here by one more.
ALTER TABLE installations ADD COLUMN change BIGINT NOT NULL DEFAULT 0;
UPDATE shops SET counter = counter + 1;
UPDATE installations SET change = (SELECT counter FROM shops WHERE id = installations.shop_id);
CREATE INDEX installations_by_change ON installations (shop_id, change);
