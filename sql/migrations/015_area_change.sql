-- Open cases follow the areas that they lie in.
--
-- Who sees a case follows from the areas that it fell in. When an import or its undoing
-- ends, moves or makes areas, it leaves a row here, in its own transaction; open cases
-- within the bounds are then placed anew in small steps, so that no import takes longer
-- by them and an interrupted step is taken again. There are two passes: a report whose
-- transaction was under way when the areas changed may have been placed by the old ones,
-- so the second begins when all those are over.

CREATE TABLE area_change (
    tenant_id  int NOT NULL,
    at         timestamptz NOT NULL,
    bounds     geometry NOT NULL,
    after_at   timestamptz NOT NULL DEFAULT '-infinity',
    after_id   uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    until      xid8,
    CONSTRAINT area_change_pkey PRIMARY KEY (tenant_id, at),
    CONSTRAINT area_change_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
COMMENT ON TABLE area_change IS 'Changes of areas after which open cases are still to be placed anew.';
COMMENT ON COLUMN area_change.at IS 'The instant of the edit.';
COMMENT ON COLUMN area_change.bounds IS 'Around what changed.';
COMMENT ON COLUMN area_change.after_at IS 'When the last case was reported that was looked at; after_id is its id.';
COMMENT ON COLUMN area_change.until IS 'The transaction that ended the first pass, null until then. The second begins when all before it are over.';

GRANT SELECT, UPDATE, DELETE ON area_change TO lintu_app;

---- create above / drop below ----

DROP TABLE area_change;
