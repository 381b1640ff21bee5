-- What was not applied, by the day it came: an owner asks for the last two weeks of it. What was applied, nearly all of
-- the ledger, is not in it and costs nothing.
CREATE INDEX ledger_troubles ON ledger (shop_id, received_ms) WHERE outcome IN ('refused', 'conflict');
