-- Personal data, encrypted, apart from the map.
--
-- What is readable here without a key: which household or head something is
-- known of, since when, and which rows have the same name or phone.
--
-- Row-level security is forced, so that it holds for the owner as well. A
-- transaction says for whom it works: lintu.tenant, and lintu.everywhere ('on')
-- or lintu.areas and lintu.heads (uuid arrays). These settings end with the
-- transaction; without them no row is there.

-- ---------------------------------------------------------------- for whom

CREATE FUNCTION session_tenant() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('lintu.tenant', true), '')::int
$$;

CREATE FUNCTION session_everywhere() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('lintu.everywhere', true) = 'on', false)
$$;

-- Whether the household or head lies in the territory: in the present boundary of
-- one of its areas, or it is one of its heads or presently assigned to one. The
-- search path is for pg_dump, which works without.
CREATE FUNCTION session_holds(tenant int, subject_kind text, subject uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH held AS (
        SELECT coalesce(nullif(current_setting('lintu.areas', true), ''), '{}')::uuid[] AS areas,
            coalesce(nullif(current_setting('lintu.heads', true), ''), '{}')::uuid[] AS heads
    ), place AS (
        SELECT geom FROM household WHERE subject_kind = 'household' AND tenant_id = tenant AND id = subject AND upper_inf(valid)
        UNION ALL SELECT geom FROM head WHERE subject_kind = 'head' AND tenant_id = tenant AND id = subject AND upper_inf(valid)
    )
    SELECT EXISTS (SELECT FROM place, held, area a
            WHERE a.tenant_id = tenant AND a.id = ANY (areas) AND upper_inf(a.valid) AND ST_Intersects(a.geom, place.geom))
        OR EXISTS (SELECT FROM place, held WHERE CASE subject_kind WHEN 'head' THEN subject = ANY (heads)
            ELSE EXISTS (SELECT FROM assignment l WHERE l.tenant_id = tenant AND l.household_id = subject
                AND upper_inf(l.valid) AND l.head_id = ANY (heads)) END)
$$;

-- ---------------------------------------------------------------- keys

CREATE TABLE tenant_key (
    tenant_id    int  NOT NULL,
    version      int  NOT NULL,
    master_key   text NOT NULL,
    wrapped      bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CONSTRAINT tenant_key_pkey PRIMARY KEY (tenant_id, version),
    CONSTRAINT tenant_key_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT tenant_key_version_check CHECK (version > 0),
    CONSTRAINT tenant_key_destroyed_check CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE tenant_key IS 'Data keys of a jurisdiction, each encrypted under a master key that is kept elsewhere.';
COMMENT ON COLUMN tenant_key.master_key IS 'Name of the master key under which it is wrapped.';

-- ---------------------------------------------------------------- persons

-- The n-th row of a household or head has version n; ended ones stay until they
-- are erased. An undo brings the content of an earlier version back: "content" is
-- the version that first had it.
CREATE TABLE person (
    tenant_id   int  NOT NULL,
    kind        text NOT NULL,
    subject_id  uuid NOT NULL,
    version     int  NOT NULL,
    content     int  NOT NULL,
    valid       tstzrange NOT NULL,
    batch_id    uuid,
    closed_by   uuid,
    key_version int   NOT NULL,
    sealed      bytea NOT NULL,
    name_hmac   bytea,
    phone_hmac  bytea,
    CONSTRAINT person_pkey PRIMARY KEY (tenant_id, kind, subject_id, version),
    CONSTRAINT person_kind_check CHECK (kind IN ('household', 'head')),
    CONSTRAINT person_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT person_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid))
);
CREATE UNIQUE INDEX person_present_idx ON person (tenant_id, kind, subject_id) WHERE upper_inf(valid);
CREATE INDEX person_name_idx ON person (tenant_id, name_hmac) WHERE name_hmac IS NOT NULL;
CREATE INDEX person_phone_idx ON person (tenant_id, phone_hmac) WHERE phone_hmac IS NOT NULL;
COMMENT ON COLUMN person.kind IS 'Whether it is of a household or of a head; subject_id is its id.';
COMMENT ON COLUMN person.sealed IS 'AES-256-GCM of the person as JSON, bound to tenant, kind and code.';
COMMENT ON COLUMN person.name_hmac IS 'Keyed hash of the name without blanks, for exact search.';
COMMENT ON COLUMN person.phone_hmac IS 'Keyed hash of the phone''s digits, for exact search.';

-- How often an account has unmasked persons on its latest day.
CREATE TABLE unmask_count (
    tenant_id  int  NOT NULL,
    account_id uuid NOT NULL,
    day        date NOT NULL,
    count      int  NOT NULL DEFAULT 0,
    latest     timestamptz[] NOT NULL DEFAULT '{}',
    alerted_at timestamptz,
    CONSTRAINT unmask_count_pkey PRIMARY KEY (tenant_id, account_id)
);
COMMENT ON COLUMN unmask_count.count IS 'Asked for that day, refused ones included.';
COMMENT ON COLUMN unmask_count.latest IS 'When the latest were, newest first.';
COMMENT ON COLUMN unmask_count.alerted_at IS 'When the account was last reported for unmasking too fast.';

-- ---------------------------------------------------------------- who may

ALTER TABLE tenant_key   ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_key   FORCE ROW LEVEL SECURITY;
ALTER TABLE person       ENABLE ROW LEVEL SECURITY;
ALTER TABLE person       FORCE ROW LEVEL SECURITY;
ALTER TABLE unmask_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE unmask_count FORCE ROW LEVEL SECURITY;

-- A sub-select is computed once per statement.
CREATE POLICY tenant_key_tenant ON tenant_key USING (tenant_id = (SELECT session_tenant()));
CREATE POLICY unmask_count_tenant ON unmask_count USING (tenant_id = (SELECT session_tenant()));
CREATE POLICY person_territory ON person USING (tenant_id = (SELECT session_tenant())
    AND ((SELECT session_everywhere()) OR session_holds(tenant_id, kind, subject_id)));

GRANT SELECT ON tenant_key, person TO lintu_app;
GRANT SELECT, INSERT, UPDATE ON unmask_count TO lintu_app;

---- create above / drop below ----

DROP TABLE unmask_count, person, tenant_key;
DROP FUNCTION session_holds(int, text, uuid), session_everywhere(), session_tenant();
