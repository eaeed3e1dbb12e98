-- Features, assignments, batches, change log and audit.
--
-- Time. Every feature table holds the latest version of every feature ever
-- known; <table>_history holds the versions that came before. A row counts at
-- the instants its range "valid" contains. An open range means: there now. A
-- closed range in the latest table means: gone, and nothing has come after.
-- <table>_version is the union of both: ask it WHERE valid @> instant.
-- Nothing is overwritten or deleted: triggers see to it.
--
-- Versions. "batch_id" is the batch that brought the row's content;
-- "closed_by" the batch that ended its validity, if a batch did. An area whose
-- counts change gets a new version too, which keeps its batch_id.
--
-- Tenants. tenant_id comes first in every primary key, unique constraint,
-- foreign key and btree index. The exceptions are the GiST indexes on geometry:
-- jurisdictions do not overlap, so a leading tenant_id would select nothing,
-- and it would cost the sorted build that makes them fast to create.
--
-- Foreign keys. The feature tables carry none to tenant or batch: a check per
-- row takes longer than all the rest of a bulk load. Rows of tenant and batch
-- are never deleted, all feature rows are written by the batch and edit
-- transactions of package sql, and its Check looks for strays.
--
-- Codes use COLLATE "C": their order must be the same on every server.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- ---------------------------------------------------------------- tenants

CREATE TABLE tenant (
    id         int  NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_pkey PRIMARY KEY (id),
    CONSTRAINT tenant_name_check CHECK (name <> '')
);
COMMENT ON TABLE tenant IS 'A county-level jurisdiction. It owns all other rows; its id never changes.';

-- ---------------------------------------------------------------- batches

CREATE TABLE batch (
    tenant_id  int    NOT NULL,
    id         uuid   NOT NULL,
    file       text   NOT NULL,
    sha256     text   NOT NULL,
    bytes      bigint NOT NULL,
    state      text   NOT NULL DEFAULT 'draft',
    created_at timestamptz NOT NULL DEFAULT now(),
    applied_at timestamptz,
    undone_at  timestamptz,
    actor      text   NOT NULL,
    parts      jsonb  NOT NULL DEFAULT '[]',
    CONSTRAINT batch_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT batch_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT batch_state_check CHECK (state IN ('draft', 'applied', 'undone', 'discarded')),
    CONSTRAINT batch_bytes_check CHECK (bytes >= 0),
    CONSTRAINT batch_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT batch_applied_check CHECK ((applied_at IS NOT NULL) = (state IN ('applied', 'undone'))),
    CONSTRAINT batch_undone_check CHECK ((undone_at IS NOT NULL) = (state = 'undone'))
);
CREATE INDEX batch_created_idx ON batch (tenant_id, created_at DESC);
COMMENT ON TABLE batch IS 'One imported file: what it was, how it was read (parts), what became of it.';

-- ---------------------------------------------------------------- features

CREATE TABLE area (
    tenant_id  int  NOT NULL,
    id         uuid NOT NULL,
    version    int  NOT NULL,
    valid      tstzrange NOT NULL,
    batch_id   uuid,
    closed_by  uuid,
    level      text NOT NULL,
    code       text COLLATE "C" NOT NULL,
    name       text NOT NULL DEFAULT '',
    parent     text COLLATE "C" NOT NULL DEFAULT '',
    geom       geometry(MultiPolygon, 4326) NOT NULL,
    label      geometry(Point, 4326) NOT NULL,
    area_m2    double precision NOT NULL,
    households int NOT NULL DEFAULT 0,
    heads      int NOT NULL DEFAULT 0,
    CONSTRAINT area_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT area_code_key UNIQUE (tenant_id, level, code),
    CONSTRAINT area_level_check CHECK (level IN ('county', 'street', 'community', 'group', 'grid', 'cell')),
    CONSTRAINT area_code_check CHECK (code <> ''),
    CONSTRAINT area_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT area_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid)),
    CONSTRAINT area_geom_range_check CHECK (geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326)),
    CONSTRAINT area_geom_valid_check CHECK (ST_IsValid(geom)),
    CONSTRAINT area_counts_check CHECK (households >= 0 AND heads >= 0)
);
COMMENT ON COLUMN area.parent IS 'Code of the area of the next wider level around it; empty where none is known.';
COMMENT ON COLUMN area.label IS 'Centre of the largest circle inside the polygon: where its name belongs.';
COMMENT ON COLUMN area.area_m2 IS 'Area on the WGS 84 spheroid, in square metres.';
COMMENT ON COLUMN area.households IS 'Present households inside.';
COMMENT ON COLUMN area.heads IS 'Present neighbor heads inside.';

CREATE TABLE household (
    tenant_id int  NOT NULL,
    id        uuid NOT NULL,
    version   int  NOT NULL,
    valid     tstzrange NOT NULL,
    batch_id  uuid,
    closed_by uuid,
    code      text COLLATE "C" NOT NULL,
    name      text NOT NULL DEFAULT '',
    building  text COLLATE "C" NOT NULL DEFAULT '',
    geom      geometry(Point, 4326),
    CONSTRAINT household_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT household_code_key UNIQUE (tenant_id, code),
    CONSTRAINT household_code_check CHECK (code <> ''),
    CONSTRAINT household_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT household_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid)),
    CONSTRAINT household_geom_range_check CHECK (geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326))
);
COMMENT ON COLUMN household.name IS 'Address, never the name of a person.';
COMMENT ON COLUMN household.building IS 'Code of the building it is in.';

CREATE TABLE head (
    tenant_id int  NOT NULL,
    id        uuid NOT NULL,
    version   int  NOT NULL,
    valid     tstzrange NOT NULL,
    batch_id  uuid,
    closed_by uuid,
    code      text COLLATE "C" NOT NULL,
    name      text NOT NULL DEFAULT '',
    geom      geometry(Point, 4326),
    CONSTRAINT head_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT head_code_key UNIQUE (tenant_id, code),
    CONSTRAINT head_code_check CHECK (code <> ''),
    CONSTRAINT head_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT head_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid)),
    CONSTRAINT head_geom_range_check CHECK (geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326))
);
COMMENT ON COLUMN head.name IS 'Public name of the post, never the name of a person.';

CREATE TABLE unit (
    tenant_id  int  NOT NULL,
    id         uuid NOT NULL,
    version    int  NOT NULL,
    valid      tstzrange NOT NULL,
    batch_id   uuid,
    closed_by  uuid,
    code       text COLLATE "C" NOT NULL,
    name       text NOT NULL DEFAULT '',
    class      text NOT NULL DEFAULT '',
    stationing text NOT NULL DEFAULT '',
    geom       geometry(Point, 4326),
    CONSTRAINT unit_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT unit_code_key UNIQUE (tenant_id, code),
    CONSTRAINT unit_code_check CHECK (code <> ''),
    CONSTRAINT unit_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT unit_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid)),
    CONSTRAINT unit_geom_range_check CHECK (geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326))
);

CREATE TABLE base (
    tenant_id int  NOT NULL,
    id        uuid NOT NULL,
    version   int  NOT NULL,
    valid     tstzrange NOT NULL,
    batch_id  uuid,
    closed_by uuid,
    layer     text NOT NULL,
    code      text COLLATE "C" NOT NULL,
    name      text NOT NULL DEFAULT '',
    class     text NOT NULL DEFAULT '',
    floors    int,
    geom      geometry(Geometry, 4326) NOT NULL,
    CONSTRAINT base_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT base_code_key UNIQUE (tenant_id, layer, code),
    CONSTRAINT base_layer_check CHECK (layer IN ('buildings', 'roads', 'water', 'green')),
    CONSTRAINT base_code_check CHECK (code <> ''),
    CONSTRAINT base_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT base_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid)),
    CONSTRAINT base_geom_type_check CHECK (GeometryType(geom) = CASE layer WHEN 'roads' THEN 'MULTILINESTRING' ELSE 'MULTIPOLYGON' END),
    CONSTRAINT base_geom_range_check CHECK (geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326)),
    CONSTRAINT base_geom_valid_check CHECK (ST_IsValid(geom))
);
COMMENT ON TABLE base IS 'The base map: what is drawn under areas and people.';

-- Where the name of an area belongs: the centre of the largest circle inside.
CREATE FUNCTION area_label(g geometry) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN ST_Contains(g, center) THEN center ELSE ST_PointOnSurface(g) END FROM ST_MaximumInscribedCircle(g)
$$;

-- The code of the area that a new area lies in, for files that do not say it:
-- of the narrowest wider level, by the code (12 digits are 2+2+2+3+3, zeros at
-- the end where the area is wider: 430181001001 is in 430181001000) or else
-- around the place.
CREATE FUNCTION area_parent(tenant int, child_level text, child_code text, place geometry) RETURNS text
LANGUAGE sql STABLE AS $$
    WITH ladder AS (SELECT array_position('{county,street,community,group,grid,cell}', child_level) AS below)
    SELECT code FROM (
        SELECT array_position('{county,street,community,group,grid,cell}', level) AS rank, 1 AS surer, code FROM area
            WHERE tenant_id = tenant AND upper_inf(valid) AND code <> child_code
            AND level IN ('county', 'street', 'community', 'group', 'grid')
            AND code IN (SELECT left(child_code, n) FROM generate_series(2, length(child_code) - 1) n
                   UNION SELECT left(child_code, n) || repeat('0', 12 - n) FROM unnest('{2,4,6,9}'::int[]) n WHERE n < length(child_code))
        UNION ALL SELECT 1, 0, code FROM area WHERE tenant_id = tenant AND upper_inf(valid) AND level = 'county'    AND ST_Contains(geom, place)
        UNION ALL SELECT 2, 0, code FROM area WHERE tenant_id = tenant AND upper_inf(valid) AND level = 'street'    AND ST_Contains(geom, place)
        UNION ALL SELECT 3, 0, code FROM area WHERE tenant_id = tenant AND upper_inf(valid) AND level = 'community' AND ST_Contains(geom, place)
        UNION ALL SELECT 4, 0, code FROM area WHERE tenant_id = tenant AND upper_inf(valid) AND level = 'group'     AND ST_Contains(geom, place)
        UNION ALL SELECT 5, 0, code FROM area WHERE tenant_id = tenant AND upper_inf(valid) AND level = 'grid'      AND ST_Contains(geom, place)
    ) around, ladder
    WHERE rank < below
    ORDER BY rank DESC, surer DESC, length(code) DESC, code LIMIT 1
$$;

-- Present features by place. Each index covers one layer, so that a tile of one
-- layer never walks through another; a query must say the layer as a literal.
CREATE INDEX area_county_geom_idx    ON area USING gist (geom) WHERE level = 'county'    AND upper_inf(valid);
CREATE INDEX area_street_geom_idx    ON area USING gist (geom) WHERE level = 'street'    AND upper_inf(valid);
CREATE INDEX area_community_geom_idx ON area USING gist (geom) WHERE level = 'community' AND upper_inf(valid);
CREATE INDEX area_group_geom_idx     ON area USING gist (geom) WHERE level = 'group'     AND upper_inf(valid);
CREATE INDEX area_grid_geom_idx      ON area USING gist (geom) WHERE level = 'grid'      AND upper_inf(valid);
CREATE INDEX area_cell_geom_idx      ON area USING gist (geom) WHERE level = 'cell'      AND upper_inf(valid);
CREATE INDEX household_geom_idx      ON household USING gist (geom) WHERE upper_inf(valid);
CREATE INDEX head_geom_idx           ON head USING gist (geom) WHERE upper_inf(valid);
CREATE INDEX unit_geom_idx           ON unit USING gist (geom) WHERE upper_inf(valid);
CREATE INDEX base_buildings_geom_idx ON base USING gist (geom) WHERE layer = 'buildings' AND upper_inf(valid);
CREATE INDEX base_roads_geom_idx     ON base USING gist (geom) WHERE layer = 'roads'     AND upper_inf(valid);
CREATE INDEX base_water_geom_idx     ON base USING gist (geom) WHERE layer = 'water'     AND upper_inf(valid);
CREATE INDEX base_green_geom_idx     ON base USING gist (geom) WHERE layer = 'green'     AND upper_inf(valid);

-- ---------------------------------------------------------------- history

-- The hash in the exclusion constraints decides nothing; it keeps them fast. GiST
-- tells uuids apart by their first 53 bits, and those of version 7 that were made
-- in one minute have them nearly in common.

CREATE TABLE area_history      (LIKE area INCLUDING COMMENTS);
CREATE TABLE household_history (LIKE household INCLUDING COMMENTS);
CREATE TABLE head_history      (LIKE head INCLUDING COMMENTS);
CREATE TABLE unit_history      (LIKE unit INCLUDING COMMENTS);
CREATE TABLE base_history      (LIKE base INCLUDING COMMENTS);

ALTER TABLE area_history
    ADD CONSTRAINT area_history_pkey PRIMARY KEY (tenant_id, id, version),
    ADD CONSTRAINT area_history_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    ADD CONSTRAINT area_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);
ALTER TABLE household_history
    ADD CONSTRAINT household_history_pkey PRIMARY KEY (tenant_id, id, version),
    ADD CONSTRAINT household_history_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    ADD CONSTRAINT household_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);
ALTER TABLE head_history
    ADD CONSTRAINT head_history_pkey PRIMARY KEY (tenant_id, id, version),
    ADD CONSTRAINT head_history_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    ADD CONSTRAINT head_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);
ALTER TABLE unit_history
    ADD CONSTRAINT unit_history_pkey PRIMARY KEY (tenant_id, id, version),
    ADD CONSTRAINT unit_history_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    ADD CONSTRAINT unit_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);
ALTER TABLE base_history
    ADD CONSTRAINT base_history_pkey PRIMARY KEY (tenant_id, id, version),
    ADD CONSTRAINT base_history_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    ADD CONSTRAINT base_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);

CREATE INDEX area_history_geom_idx      ON area_history USING gist (geom);
CREATE INDEX household_history_geom_idx ON household_history USING gist (geom);
CREATE INDEX head_history_geom_idx      ON head_history USING gist (geom);
CREATE INDEX unit_history_geom_idx      ON unit_history USING gist (geom);
CREATE INDEX base_history_geom_idx      ON base_history USING gist (geom);

CREATE VIEW area_version      AS SELECT * FROM area      UNION ALL SELECT * FROM area_history;
CREATE VIEW household_version AS SELECT * FROM household UNION ALL SELECT * FROM household_history;
CREATE VIEW head_version      AS SELECT * FROM head      UNION ALL SELECT * FROM head_history;
CREATE VIEW unit_version      AS SELECT * FROM unit      UNION ALL SELECT * FROM unit_history;
CREATE VIEW base_version      AS SELECT * FROM base      UNION ALL SELECT * FROM base_history;
COMMENT ON VIEW area_version IS 'Every version of every area; WHERE valid @> instant gives the map as of then.';

-- ---------------------------------------------------------------- assignments

-- Who looks after whom. The n-th assignment of a household has version n; ended
-- ones stay. A link's feature id is its household's id. The exclusion compares ids
-- as text, so that no search by id takes its GiST index for the btree's equal:
-- the planner cannot tell them apart, and the btree is a hundred times faster.
CREATE TABLE assignment (
    tenant_id    int  NOT NULL,
    household_id uuid NOT NULL,
    version      int  NOT NULL,
    head_id      uuid NOT NULL,
    valid        tstzrange NOT NULL,
    batch_id     uuid,
    closed_by    uuid,
    CONSTRAINT assignment_pkey PRIMARY KEY (tenant_id, household_id, version),
    CONSTRAINT assignment_one_head_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(household_id) WITH =, (household_id::text) WITH =, valid WITH &&),
    CONSTRAINT assignment_household_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household (tenant_id, id),
    CONSTRAINT assignment_head_fkey FOREIGN KEY (tenant_id, head_id) REFERENCES head (tenant_id, id),
    CONSTRAINT assignment_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    CONSTRAINT assignment_closed_by_check CHECK (closed_by IS NULL OR NOT upper_inf(valid))
);
CREATE INDEX assignment_head_idx ON assignment (tenant_id, head_id, household_id);
CREATE UNIQUE INDEX assignment_present_idx ON assignment (tenant_id, household_id) INCLUDE (head_id) WHERE upper_inf(valid);

-- ---------------------------------------------------------------- change log

-- What changed where. Caches and streams read it from their (xid, seq) cursor,
-- below pg_snapshot_xmin: above that, an older transaction may still commit.
CREATE TABLE change (
    tenant_id  int    NOT NULL,
    xid        xid8   NOT NULL DEFAULT pg_current_xact_id(),
    seq        bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind       text   NOT NULL,
    id         uuid,
    batch_id   uuid,
    old_bounds box2d,
    new_bounds box2d,
    CONSTRAINT change_pkey PRIMARY KEY (tenant_id, xid, seq),
    CONSTRAINT change_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
COMMENT ON COLUMN change.kind IS 'Name of the layer that changed.';
COMMENT ON COLUMN change.id IS 'The feature that changed; null where a batch changed many.';
COMMENT ON COLUMN change.old_bounds IS 'Around what was there before, degrees; null where there was nothing.';
COMMENT ON COLUMN change.new_bounds IS 'Around what is there now, degrees; null where there is nothing.';

CREATE FUNCTION change_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lintu', ''); -- equal ones of one transaction are sent once
    RETURN NULL;
END $$;
CREATE TRIGGER change_wake AFTER INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION change_wake();

-- ---------------------------------------------------------------- audit

CREATE TABLE audit (
    tenant_id int    NOT NULL,
    seq       bigint NOT NULL,
    at        timestamptz NOT NULL,
    actor     text   NOT NULL,
    act       text   NOT NULL,
    kind      text   NOT NULL,
    id        uuid,
    detail    jsonb  NOT NULL DEFAULT '{}',
    prev_hash bytea  NOT NULL,
    hash      bytea  NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, seq),
    CONSTRAINT audit_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT audit_hash_check CHECK (length(prev_hash) IN (0, 32) AND length(hash) = 32)
);
COMMENT ON TABLE audit IS 'Who did what to what. Each row''s hash covers the hash before it, so that a changed or missing row shows. No personal data.';

-- The hash of a row: SHA-256 over the UTF-8 text of a JSON array of its fields.
CREATE FUNCTION audit_hash(a audit) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        a.tenant_id, a.seq, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        a.actor, a.act, a.kind, a.id, a.detail, encode(a.prev_hash, 'hex'))::text, 'UTF8'))
$$;

-- The writers of one tenant's audit queue up behind its lock (class 1), which
-- batches and edits take at their beginning anyway.
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last audit;
BEGIN
    PERFORM pg_advisory_xact_lock(1, NEW.tenant_id);
    SELECT * INTO last FROM audit WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.prev_hash := coalesce(last.hash, '');
    NEW.hash := audit_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();

-- ---------------------------------------------------------------- keeping

CREATE FUNCTION keep_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: nothing is overwritten or deleted here', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'keep_refuse';
END $$;

-- Runs for updates that are not the next version of the same row: all they may
-- do is end an open validity, or correct what this very transaction wrote and
-- nobody has seen.
CREATE FUNCTION keep_close() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE expected record;
BEGIN
    IF OLD.xmin = pg_current_xact_id()::xid THEN
        RETURN NEW;
    END IF;
    expected := OLD;
    expected.valid := tstzrange(lower(OLD.valid), upper(NEW.valid));
    expected.closed_by := NEW.closed_by;
    IF NOT upper_inf(OLD.valid) OR upper_inf(NEW.valid) OR NEW *<> expected THEN
        RAISE EXCEPTION 'update on % is refused: it must end the validity or be the next version', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'keep_close';
    END IF;
    RETURN NEW;
END $$;

-- Copies superseded versions into the history, their validity ending where the
-- next begins. One statement for all rows: a batch may change a million.
CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE columns text;
BEGIN
    SELECT string_agg(CASE attname
            WHEN 'valid' THEN 'tstzrange(lower(o.valid), least(upper(o.valid), lower(n.valid)))'
            ELSE format('o.%I', attname) END, ', ' ORDER BY attnum)
        INTO columns
        FROM pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('INSERT INTO %I.%I SELECT %s FROM old_rows o JOIN new_rows n USING (tenant_id, id) WHERE n.version > o.version',
        TG_TABLE_SCHEMA, TG_TABLE_NAME || '_history', columns);
    RETURN NULL;
END $$;

CREATE TRIGGER area_keep_close BEFORE UPDATE ON area FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.version <> OLD.version + 1) EXECUTE FUNCTION keep_close();
CREATE TRIGGER household_keep_close BEFORE UPDATE ON household FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.version <> OLD.version + 1) EXECUTE FUNCTION keep_close();
CREATE TRIGGER head_keep_close BEFORE UPDATE ON head FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.version <> OLD.version + 1) EXECUTE FUNCTION keep_close();
CREATE TRIGGER unit_keep_close BEFORE UPDATE ON unit FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.version <> OLD.version + 1) EXECUTE FUNCTION keep_close();
CREATE TRIGGER base_keep_close BEFORE UPDATE ON base FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.version <> OLD.version + 1) EXECUTE FUNCTION keep_close();
CREATE TRIGGER assignment_keep_close BEFORE UPDATE ON assignment FOR EACH ROW EXECUTE FUNCTION keep_close();

CREATE TRIGGER area_keep_version AFTER UPDATE ON area
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_version();
CREATE TRIGGER household_keep_version AFTER UPDATE ON household
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_version();
CREATE TRIGGER head_keep_version AFTER UPDATE ON head
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_version();
CREATE TRIGGER unit_keep_version AFTER UPDATE ON unit
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_version();
CREATE TRIGGER base_keep_version AFTER UPDATE ON base
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_version();

CREATE TRIGGER area_keep       BEFORE DELETE OR TRUNCATE ON area       FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER household_keep  BEFORE DELETE OR TRUNCATE ON household  FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER head_keep       BEFORE DELETE OR TRUNCATE ON head       FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER unit_keep       BEFORE DELETE OR TRUNCATE ON unit       FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER base_keep       BEFORE DELETE OR TRUNCATE ON base       FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER assignment_keep BEFORE DELETE OR TRUNCATE ON assignment FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER batch_keep      BEFORE DELETE OR TRUNCATE ON batch      FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER tenant_keep     BEFORE DELETE OR TRUNCATE ON tenant     FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER area_history_keep      BEFORE UPDATE OR DELETE OR TRUNCATE ON area_history      FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER household_history_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON household_history FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER head_history_keep      BEFORE UPDATE OR DELETE OR TRUNCATE ON head_history      FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER unit_history_keep      BEFORE UPDATE OR DELETE OR TRUNCATE ON unit_history      FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER base_history_keep      BEFORE UPDATE OR DELETE OR TRUNCATE ON base_history      FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER audit_keep             BEFORE UPDATE OR DELETE OR TRUNCATE ON audit             FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
CREATE TRIGGER change_keep            BEFORE UPDATE OR TRUNCATE ON change                      FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();

---- create above / drop below ----

-- The extensions stay: on a server of the operator's they may have been there
-- before, and other schemas may use them.
DROP VIEW area_version, household_version, head_version, unit_version, base_version;
DROP TABLE change, assignment;
DROP TABLE area_history, household_history, head_history, unit_history, base_history;
DROP TABLE area, household, head, unit, base, batch;
DROP FUNCTION audit_hash(audit);
DROP FUNCTION area_label(geometry);
DROP FUNCTION area_parent(int, text, text, geometry);
DROP TABLE audit, tenant;
DROP FUNCTION audit_chain(), change_wake(), keep_refuse(), keep_close(), keep_version();
