-- JSON of domain::Rules, and of what a shop says of itself beside its name: address, telephone, the foot of a receipt. What
-- is absent is the default.
ALTER TABLE shops ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';
ALTER TABLE shops ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
