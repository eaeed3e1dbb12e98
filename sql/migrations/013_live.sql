-- When events of cases became visible, for the stream.
--
-- What an event changed in who may see a case is told once, to those who no longer
-- see it: the case as it was at an instant is the sum of its events that were
-- visible then.

ALTER TABLE case_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
COMMENT ON COLUMN case_event.xid IS 'Of the transaction that appended it, like change.xid.';

---- create above / drop below ----

ALTER TABLE case_event DROP COLUMN xid;
