-- Cases and the tenant's settings about them.
--
-- Truth. case_event is what happened, appended and never changed. case_file is
-- what the events of a case add up to: doc is the case, the other columns are
-- taken from it (caseColumns in package sql) for queries, and `lintu case rebuild` makes
-- all of it anew.
--
-- Words. Notes are what workers and residents wrote; they are in case_event and
-- in doc, and leave the server only for those who see the whole of a case. How a
-- resident can be reached is in case_contact, encrypted and under row-level
-- security, like persons.
--
-- Locks. Whoever changes a case locks its row first, several in the order of their
-- ids, and appends to the audit last. Nothing here waits for imports.

CREATE TABLE setting (
    tenant_id int    NOT NULL,
    name      text   NOT NULL,
    value     jsonb  NOT NULL,
    version   bigint NOT NULL DEFAULT 1,
    CONSTRAINT setting_pkey PRIMARY KEY (tenant_id, name),
    CONSTRAINT setting_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT setting_name_check CHECK (name IN ('categories', 'calendar', 'limits'))
);
COMMENT ON TABLE setting IS 'What a tenant has chosen about cases; where there is no row, the program''s own.';
COMMENT ON COLUMN setting.version IS 'Counts the changes.';

CREATE TABLE case_file (
    tenant_id    int   NOT NULL,
    id           uuid  NOT NULL,
    doc          jsonb NOT NULL,
    number       text COLLATE "C" NOT NULL,
    seq          int  NOT NULL,
    state        text NOT NULL,
    category     text COLLATE "C" NOT NULL,
    urgency      text NOT NULL,
    rung         text NOT NULL,
    source       text NOT NULL,
    visibility   text NOT NULL,
    geom         geometry(Point, 4326) NOT NULL,
    area_ids     uuid[] NOT NULL,
    head_id      uuid,
    unit_ids     uuid[] NOT NULL,
    post_ids     uuid[] NOT NULL,
    worker_ids   uuid[] NOT NULL,
    handler_kind text,
    handler_id   uuid,
    reporter_id  uuid,
    meeting_id   uuid,
    waits_for    text,
    wait_until   timestamptz,
    reported_at  timestamptz NOT NULL,
    since        timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    due_at       timestamptz,
    late_at      timestamptz,
    done_at      timestamptz,
    closed_at    timestamptz,
    on_time      boolean,
    satisfaction int,
    CONSTRAINT case_file_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT case_file_number_key UNIQUE (tenant_id, number),
    CONSTRAINT case_file_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT case_file_seq_check CHECK (seq >= 1),
    CONSTRAINT case_file_geom_range_check CHECK (geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326)),
    CONSTRAINT case_file_satisfaction_check CHECK (satisfaction BETWEEN 1 AND 5)
);
COMMENT ON TABLE case_file IS 'A case as it is now: the sum of its events.';
COMMENT ON COLUMN case_file.seq IS 'Of the last event.';
COMMENT ON COLUMN case_file.area_ids IS 'The areas that it fell in, of every level.';
COMMENT ON COLUMN case_file.head_id IS 'The neighbor head of the nearest household.';
COMMENT ON COLUMN case_file.unit_ids IS 'Units that handle it, help or have a phase.';
COMMENT ON COLUMN case_file.post_ids IS 'Neighbor heads that do.';
COMMENT ON COLUMN case_file.worker_ids IS 'Accounts that do.';
COMMENT ON COLUMN case_file.handler_id IS 'The unit, neighbor head or account, by handler_kind, that has it.';
COMMENT ON COLUMN case_file.waits_for IS 'The party that must act next; null at the end.';
COMMENT ON COLUMN case_file.due_at IS 'When its time is over; null unless the clock runs.';
COMMENT ON COLUMN case_file.late_at IS 'When it was due and not done.';

-- Open cases are few beside all there were; maps and queues ask for them.
CREATE INDEX case_file_geom_idx ON case_file USING gist (geom);
CREATE INDEX case_file_open_geom_idx ON case_file USING gist (geom) WHERE state NOT IN ('closed', 'evaluated', 'declined', 'merged');
CREATE INDEX case_file_reported_idx ON case_file (tenant_id, reported_at, id);
CREATE INDEX case_file_open_reported_idx ON case_file (tenant_id, reported_at, id) WHERE state NOT IN ('closed', 'evaluated', 'declined', 'merged');
CREATE INDEX case_file_open_due_idx ON case_file (tenant_id, (coalesce(due_at, 'infinity')), id) WHERE state NOT IN ('closed', 'evaluated', 'declined', 'merged');
CREATE INDEX case_file_closed_idx ON case_file (tenant_id, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX case_file_category_idx ON case_file (tenant_id, category, reported_at);
CREATE INDEX case_file_head_idx ON case_file (tenant_id, head_id) WHERE head_id IS NOT NULL;
CREATE INDEX case_file_reporter_idx ON case_file (tenant_id, reporter_id, reported_at) WHERE reporter_id IS NOT NULL;
CREATE INDEX case_file_meeting_idx ON case_file (tenant_id, meeting_id) WHERE meeting_id IS NOT NULL;
-- Ids are unique beyond tenants, so that the tenant would select nothing here.
CREATE INDEX case_file_areas_idx ON case_file USING gin (area_ids);
CREATE INDEX case_file_units_idx ON case_file USING gin (unit_ids);
CREATE INDEX case_file_posts_idx ON case_file USING gin (post_ids);
CREATE INDEX case_file_workers_idx ON case_file USING gin (worker_ids);

CREATE TABLE case_event (
    tenant_id  int  NOT NULL,
    case_id    uuid NOT NULL,
    seq        int  NOT NULL,
    id         uuid NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    account_id uuid,
    as_party   text NOT NULL,
    act        text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    note       text NOT NULL,
    photos     uuid[] NOT NULL,
    patch      jsonb NOT NULL,
    sha        bytea,
    CONSTRAINT case_event_pkey PRIMARY KEY (tenant_id, case_id, seq),
    CONSTRAINT case_event_id_key UNIQUE (tenant_id, id),
    CONSTRAINT case_event_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT case_event_seq_check CHECK (seq >= 1),
    CONSTRAINT case_event_sha_check CHECK (length(sha) = 32)
);
COMMENT ON TABLE case_event IS 'Everything that happened to cases, in the order of seq from 1.';
COMMENT ON COLUMN case_event.id IS 'Made by whoever acted: the idempotency key. That of the first event is the id of the case.';
COMMENT ON COLUMN case_event.patch IS 'What else of the case is different since.';
COMMENT ON COLUMN case_event.sha IS 'SHA-256 of what was asked for, without the contact; null for what followed by itself.';

CREATE TABLE case_timer (
    tenant_id int  NOT NULL,
    case_id   uuid NOT NULL,
    act       text NOT NULL,
    per       int  NOT NULL,
    fire_at   timestamptz NOT NULL,
    CONSTRAINT case_timer_pkey PRIMARY KEY (tenant_id, case_id, act, per),
    CONSTRAINT case_timer_case_fkey FOREIGN KEY (tenant_id, case_id) REFERENCES case_file (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX case_timer_fire_idx ON case_timer (tenant_id, fire_at);
COMMENT ON TABLE case_timer IS 'When the system acts on cases by itself; written anew with every event.';
COMMENT ON COLUMN case_timer.per IS 'Of a warning: per cent of the time; else 0.';

CREATE TABLE case_photo (
    tenant_id  int    NOT NULL,
    id         uuid   NOT NULL,
    case_id    uuid,
    seq        int,
    sha256     text   NOT NULL,
    type       text   NOT NULL,
    bytes      bigint NOT NULL,
    width      int    NOT NULL,
    height     int    NOT NULL,
    account_id uuid,
    door_id    uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT case_photo_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT case_photo_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT case_photo_taken_check CHECK ((case_id IS NULL) = (seq IS NULL)),
    CONSTRAINT case_photo_by_check CHECK ((account_id IS NULL) <> (door_id IS NULL))
);
CREATE INDEX case_photo_case_idx ON case_photo (tenant_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX case_photo_unused_idx ON case_photo (tenant_id, created_at) WHERE case_id IS NULL;
COMMENT ON TABLE case_photo IS 'Photos that were uploaded, by whom or through which door, and the event that took them. Their bytes are in the photo store.';

-- The last number of each day. It is counted in a transaction of its own, so that
-- reports do not wait for each other; a number may stay unused.
CREATE TABLE case_number (
    tenant_id int  NOT NULL,
    day       date NOT NULL,
    last      int  NOT NULL,
    CONSTRAINT case_number_pkey PRIMARY KEY (tenant_id, day),
    CONSTRAINT case_number_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE case_follow (
    tenant_id   int   NOT NULL,
    case_id     uuid  NOT NULL,
    code_hash   bytea NOT NULL,
    key_version int   NOT NULL,
    sealed      bytea NOT NULL,
    CONSTRAINT case_follow_pkey PRIMARY KEY (tenant_id, case_id),
    CONSTRAINT case_follow_code_key UNIQUE (tenant_id, code_hash),
    CONSTRAINT case_follow_hash_check CHECK (length(code_hash) = 32)
);
COMMENT ON TABLE case_follow IS 'The codes by which residents follow their cases.';
COMMENT ON COLUMN case_follow.code_hash IS 'SHA-256 of the code.';
COMMENT ON COLUMN case_follow.sealed IS 'The code, AES-256-GCM under the tenant''s data key, so that a lost answer can be repeated; empty once the keys were destroyed.';

CREATE TABLE case_contact (
    tenant_id   int   NOT NULL,
    case_id     uuid  NOT NULL,
    key_version int   NOT NULL,
    sealed      bytea NOT NULL,
    CONSTRAINT case_contact_pkey PRIMARY KEY (tenant_id, case_id)
);
COMMENT ON TABLE case_contact IS 'How to reach who reported a case: personal data.';
COMMENT ON COLUMN case_contact.sealed IS 'AES-256-GCM of the contact as JSON, bound to tenant and case.';

-- ---------------------------------------------------------------- change log

-- Every change of a case's row is in the change log, whoever makes it. What looks
-- the same as before, such as a request that was repeated, is not a change.
CREATE FUNCTION case_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds)
        VALUES (NEW.tenant_id, 'cases', NEW.id, CASE TG_OP WHEN 'UPDATE' THEN box2d(OLD.geom) END, box2d(NEW.geom));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION case_changed() FROM PUBLIC;
CREATE TRIGGER case_file_new AFTER INSERT ON case_file FOR EACH ROW EXECUTE FUNCTION case_changed();
CREATE TRIGGER case_file_change AFTER UPDATE ON case_file FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION case_changed();

-- ---------------------------------------------------------------- who may

-- The case that the transaction is about, when it reads the contact of one.
CREATE FUNCTION session_case() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('lintu.case', true), '')::uuid
$$;

-- Whether the case is in the transaction's territory.
CREATE FUNCTION session_holds_case(tenant int, of_case uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file c WHERE c.tenant_id = tenant AND c.id = of_case AND (
        c.area_ids && coalesce(nullif(current_setting('lintu.areas', true), ''), '{}')::uuid[]
        OR c.head_id = ANY (coalesce(nullif(current_setting('lintu.heads', true), ''), '{}')::uuid[])))
$$;

ALTER TABLE case_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_contact FORCE ROW LEVEL SECURITY;
ALTER TABLE case_follow  ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_follow  FORCE ROW LEVEL SECURITY;

CREATE POLICY case_contact_add ON case_contact FOR INSERT WITH CHECK (tenant_id = (SELECT session_tenant()));
CREATE POLICY case_contact_territory ON case_contact USING (tenant_id = (SELECT session_tenant())
    AND ((SELECT session_everywhere()) OR case_id = (SELECT session_case()) OR session_holds_case(tenant_id, case_id)));
CREATE POLICY case_follow_tenant ON case_follow USING (tenant_id = (SELECT session_tenant()));

CREATE TRIGGER case_event_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER case_file_keep  BEFORE DELETE OR TRUNCATE ON case_file FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();

GRANT SELECT, INSERT, UPDATE ON setting, case_file, case_number TO lintu_app;
GRANT SELECT, INSERT ON case_event, case_follow, case_contact TO lintu_app;
GRANT SELECT, INSERT, DELETE ON case_timer TO lintu_app;
GRANT SELECT, INSERT, UPDATE (case_id, seq), DELETE ON case_photo TO lintu_app;

---- create above / drop below ----

DROP TABLE case_contact, case_follow, case_number, case_photo, case_timer, case_event, case_file, setting;
DROP FUNCTION case_changed(), session_holds_case(int, uuid), session_case();
