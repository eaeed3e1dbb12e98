-- Bench meetings and their ledgers. What was raised is never removed.

CREATE TABLE meeting (
    tenant_id  int   NOT NULL,
    id         uuid  NOT NULL,
    seq        int   NOT NULL,
    account_id uuid  NOT NULL,
    starts_at  timestamptz NOT NULL,
    ended_at   timestamptz,
    geom       geometry(Point, 4326) NOT NULL,
    area_ids   uuid[] NOT NULL,
    doc        jsonb NOT NULL,
    CONSTRAINT meeting_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT meeting_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX meeting_starts_idx ON meeting (tenant_id, starts_at DESC);
CREATE INDEX meeting_area_idx ON meeting USING gin (area_ids);
COMMENT ON TABLE meeting IS 'Bench meetings.';
COMMENT ON COLUMN meeting.account_id IS 'Who made it, and may always change it.';
COMMENT ON COLUMN meeting.area_ids IS 'The areas that its place fell in when it was made.';
COMMENT ON COLUMN meeting.doc IS 'lintu.Meeting without its rows.';

CREATE TABLE ledger_row (
    tenant_id  int   NOT NULL,
    meeting_id uuid  NOT NULL,
    id         uuid  NOT NULL,
    number     int   NOT NULL,
    answered   boolean NOT NULL,
    case_id    uuid,
    from_id    uuid,
    doc        jsonb NOT NULL,
    CONSTRAINT ledger_row_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ledger_row_number_key UNIQUE (tenant_id, meeting_id, number),
    CONSTRAINT ledger_row_meeting_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES meeting (tenant_id, id),
    CONSTRAINT ledger_row_case_fkey FOREIGN KEY (tenant_id, case_id) REFERENCES case_file (tenant_id, id),
    CONSTRAINT ledger_row_from_fkey FOREIGN KEY (tenant_id, from_id) REFERENCES ledger_row (tenant_id, id)
);
COMMENT ON TABLE ledger_row IS 'What was raised at a bench meeting.';
COMMENT ON COLUMN ledger_row.from_id IS 'The row of an earlier meeting that was read out again.';

CREATE TRIGGER meeting_keep BEFORE DELETE OR TRUNCATE ON meeting FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER ledger_row_keep BEFORE DELETE OR TRUNCATE ON ledger_row FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
GRANT SELECT, INSERT, UPDATE ON meeting, ledger_row TO lintu_app;

---- create above / drop below ----

DROP TABLE ledger_row;
DROP TABLE meeting;
