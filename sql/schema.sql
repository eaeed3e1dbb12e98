-- The schema that the migrations make, by pg_dump. Made by go generate ./sql; not to be edited.

-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: -

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

-- Name: postgis; Type: EXTENSION; Schema: -; Owner: -

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

-- Name: EXTENSION postgis; Type: COMMENT; Schema: -; Owner: -

COMMENT ON EXTENSION postgis IS 'PostGIS geometry and geography spatial types and functions';

-- Name: area_label(public.geometry); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.area_label(g public.geometry) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN ST_Contains(g, center) THEN center ELSE ST_PointOnSurface(g) END FROM ST_MaximumInscribedCircle(g)
$$;

-- Name: area_parent(integer, text, text, public.geometry); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.area_parent(tenant integer, child_level text, child_code text, place public.geometry) RETURNS text
    LANGUAGE sql STABLE
    AS $$
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

-- Name: audit_append(integer, text, text, text, text, uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_append(of_tenant integer, by_actor text, client text, what text, on_kind text, on_id uuid, because text, more jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT audit_write(of_tenant, clock_timestamp(), by_actor, client, what, on_kind, on_id, because, more)
$$;

-- Name: audit_field(bytea); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_field(value bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(int4send(length(value)) || value, int4send(-1))
$$;

-- Name: audit; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.audit (
    tenant_id integer NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    from_addr text NOT NULL,
    act text NOT NULL,
    kind text NOT NULL,
    id uuid,
    why text NOT NULL,
    detail jsonb NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_hash_check CHECK (((length(prev_hash) = 32) AND (length(hash) = 32)))
)
PARTITION BY RANGE (at);

-- Name: TABLE audit; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.audit IS 'Who did what to what. Each row''s hash covers the hash before it, so that a changed or missing row shows. No personal data.';

-- Name: COLUMN audit.from_addr; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit.from_addr IS 'Address of the client; empty on the server''s own machine.';

-- Name: COLUMN audit.prev_hash; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit.prev_hash IS 'Hash of the entry before; 32 zero bytes for the first.';

-- Name: audit_hash(public.audit); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_hash(a public.audit) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT sha256(a.prev_hash
        || audit_field(int4send(a.tenant_id)) || audit_field(int8send(a.seq)) || audit_field(timestamptz_send(a.at))
        || audit_field(textsend(a.actor)) || audit_field(textsend(a.from_addr))
        || audit_field(textsend(a.act)) || audit_field(textsend(a.kind)) || audit_field(uuid_send(a.id))
        || audit_field(textsend(a.why)) || audit_field(textsend(a.detail::text)))
$$;

-- Name: audit_month(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_month(instant timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    first timestamptz := date_trunc('month', instant, 'UTC');
    name  text := 'audit_' || to_char(instant AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(2, 0);
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.audit INCLUDING ALL)', name);
    EXECUTE format('CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse()', name);
    EXECUTE format('ALTER TABLE public.audit ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, first, (first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
END $$;

-- Name: audit_refuse(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the audit is appended only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_refuse';
END $$;

-- Name: audit_write(integer, timestamp with time zone, text, text, text, text, uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_write(of_tenant integer, instant timestamp with time zone, by_actor text, client text, what text, on_kind text, on_id uuid, because text, more jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    head  audit_head;
    entry audit;
BEGIN
    SELECT * INTO head FROM audit_head WHERE tenant_id = of_tenant FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_head VALUES (of_tenant, 0, instant, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit_head WHERE tenant_id = of_tenant FOR UPDATE;
    END IF;
    entry := ROW (of_tenant, head.seq + 1, greatest(instant, head.at), by_actor, client, what, on_kind, on_id, because, more, head.hash, '');
    entry.hash := audit_hash(entry);
    PERFORM audit_month(entry.at);
    INSERT INTO audit SELECT entry.*;
    UPDATE audit_head SET seq = entry.seq, at = entry.at, hash = entry.hash WHERE tenant_id = of_tenant;
END $$;

-- Name: case_changed(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.case_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds)
        VALUES (NEW.tenant_id, 'cases', NEW.id, CASE TG_OP WHEN 'UPDATE' THEN box2d(OLD.geom) END, box2d(NEW.geom));
    RETURN NULL;
END $$;

-- Name: cases_told_anew(integer, uuid[]); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.cases_told_anew(tenant integer, handlers uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds)
    SELECT c.tenant_id, 'cases', c.id, box2d(c.geom), box2d(c.geom) FROM case_file c
    WHERE c.tenant_id = tenant AND c.state NOT IN ('closed', 'evaluated', 'declined', 'merged') AND c.waits_for = 'handler'
        AND c.handler_id = ANY (handlers) AND (c.unit_ids && handlers OR c.post_ids && handlers OR c.worker_ids && handlers)
$$;

-- Name: FUNCTION cases_told_anew(tenant integer, handlers uuid[]); Type: COMMENT; Schema: public; Owner: -

COMMENT ON FUNCTION public.cases_told_anew(tenant integer, handlers uuid[]) IS 'Has the cases told anew that wait for one of these units, neighbor heads or accounts.';

-- Name: change_wake(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.change_wake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('lintu', ''); -- equal ones of one transaction are sent once
    RETURN NULL;
END $$;

-- Name: keep_close(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.keep_close() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

-- Name: keep_refuse(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.keep_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: nothing is overwritten or deleted here', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'keep_refuse';
END $$;

-- Name: keep_version(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.keep_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

-- Name: session_case(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.session_case() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT nullif(current_setting('lintu.case', true), '')::uuid
$$;

-- Name: session_everywhere(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.session_everywhere() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(current_setting('lintu.everywhere', true) = 'on', false)
$$;

-- Name: session_holds(integer, text, uuid); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.session_holds(tenant integer, subject_kind text, subject uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

-- Name: session_holds_case(integer, uuid); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.session_holds_case(tenant integer, of_case uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM case_file c WHERE c.tenant_id = tenant AND c.id = of_case AND (
        c.area_ids && coalesce(nullif(current_setting('lintu.areas', true), ''), '{}')::uuid[]
        OR c.head_id = ANY (coalesce(nullif(current_setting('lintu.heads', true), ''), '{}')::uuid[])))
$$;

-- Name: session_tenant(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.session_tenant() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT nullif(current_setting('lintu.tenant', true), '')::int
$$;

-- Name: account; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.account (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    password_hash text,
    one_time_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    disabled_at timestamp with time zone,
    CONSTRAINT account_login_check CHECK ((login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'::text)),
    CONSTRAINT account_one_time_until_check CHECK (((one_time_until IS NULL) OR (password_hash IS NOT NULL))),
    CONSTRAINT account_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
);

-- Name: TABLE account; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.account IS 'Who can sign in.';

-- Name: COLUMN account.login; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account.login IS 'Lower case, and not the name of a person.';

-- Name: COLUMN account.password_hash; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account.password_hash IS 'argon2id as a PHC string; null for accounts that only come by single sign-on.';

-- Name: COLUMN account.one_time_until; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account.one_time_until IS 'Until when a one-time password can be used; null for one that need not be changed.';

-- Name: COLUMN account.seen_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account.seen_at IS 'The last use, to about a minute.';

-- Name: account_address; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.account_address (
    tenant_id integer NOT NULL,
    account_id uuid NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    seen_at timestamp with time zone NOT NULL
);

-- Name: TABLE account_address; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.account_address IS 'From where an account has signed in.';

-- Name: area; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.area (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    level text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text DEFAULT ''::text NOT NULL,
    parent text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    geom public.geometry(MultiPolygon,4326) NOT NULL,
    label public.geometry(Point,4326) NOT NULL,
    area_m2 double precision NOT NULL,
    households integer DEFAULT 0 NOT NULL,
    heads integer DEFAULT 0 NOT NULL,
    CONSTRAINT area_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT area_code_check CHECK ((code <> ''::text)),
    CONSTRAINT area_counts_check CHECK (((households >= 0) AND (heads >= 0))),
    CONSTRAINT area_geom_range_check CHECK ((geom OPERATOR(public.@) public.st_makeenvelope(('-180'::integer)::double precision, ('-90'::integer)::double precision, (180)::double precision, (90)::double precision, 4326))),
    CONSTRAINT area_geom_valid_check CHECK (public.st_isvalid(geom)),
    CONSTRAINT area_level_check CHECK ((level = ANY (ARRAY['county'::text, 'street'::text, 'community'::text, 'group'::text, 'grid'::text, 'cell'::text]))),
    CONSTRAINT area_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: COLUMN area.parent; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area.parent IS 'Code of the area of the next wider level around it; empty where none is known.';

-- Name: COLUMN area.label; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area.label IS 'Centre of the largest circle inside the polygon: where its name belongs.';

-- Name: COLUMN area.area_m2; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area.area_m2 IS 'Area on the WGS 84 spheroid, in square metres.';

-- Name: COLUMN area.households; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area.households IS 'Present households inside.';

-- Name: COLUMN area.heads; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area.heads IS 'Present neighbor heads inside.';

-- Name: area_change; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.area_change (
    tenant_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    bounds public.geometry NOT NULL,
    after_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    after_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    until xid8
);

-- Name: TABLE area_change; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.area_change IS 'Changes of areas after which open cases are still to be placed anew.';

-- Name: COLUMN area_change.at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_change.at IS 'The instant of the edit.';

-- Name: COLUMN area_change.bounds; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_change.bounds IS 'Around what changed.';

-- Name: COLUMN area_change.after_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_change.after_at IS 'When the last case was reported that was looked at; after_id is its id.';

-- Name: COLUMN area_change.until; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_change.until IS 'The transaction that ended the first pass, null until then. The second begins when all before it are over.';

-- Name: area_history; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.area_history (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    level text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    parent text NOT NULL COLLATE pg_catalog."C",
    geom public.geometry(MultiPolygon,4326) NOT NULL,
    label public.geometry(Point,4326) NOT NULL,
    area_m2 double precision NOT NULL,
    households integer NOT NULL,
    heads integer NOT NULL,
    CONSTRAINT area_history_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)) AND (NOT upper_inf(valid))))
);

-- Name: COLUMN area_history.parent; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_history.parent IS 'Code of the area of the next wider level around it; empty where none is known.';

-- Name: COLUMN area_history.label; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_history.label IS 'Centre of the largest circle inside the polygon: where its name belongs.';

-- Name: COLUMN area_history.area_m2; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_history.area_m2 IS 'Area on the WGS 84 spheroid, in square metres.';

-- Name: COLUMN area_history.households; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_history.households IS 'Present households inside.';

-- Name: COLUMN area_history.heads; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.area_history.heads IS 'Present neighbor heads inside.';

-- Name: area_version; Type: VIEW; Schema: public; Owner: -

CREATE VIEW public.area_version AS
 SELECT area.tenant_id,
    area.id,
    area.version,
    area.valid,
    area.batch_id,
    area.closed_by,
    area.level,
    area.code,
    area.name,
    area.parent,
    area.geom,
    area.label,
    area.area_m2,
    area.households,
    area.heads
   FROM public.area
UNION ALL
 SELECT area_history.tenant_id,
    area_history.id,
    area_history.version,
    area_history.valid,
    area_history.batch_id,
    area_history.closed_by,
    area_history.level,
    area_history.code,
    area_history.name,
    area_history.parent,
    area_history.geom,
    area_history.label,
    area_history.area_m2,
    area_history.households,
    area_history.heads
   FROM public.area_history;

-- Name: VIEW area_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON VIEW public.area_version IS 'Every version of every area; WHERE valid @> instant gives the map as of then.';

-- Name: assignment; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.assignment (
    tenant_id integer NOT NULL,
    household_id uuid NOT NULL,
    version integer NOT NULL,
    head_id uuid NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    CONSTRAINT assignment_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT assignment_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: audit_head; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.audit_head (
    tenant_id integer NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32))
);

-- Name: TABLE audit_head; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.audit_head IS 'The last entry of each tenant''s audit.';

-- Name: base; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.base (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    layer text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text DEFAULT ''::text NOT NULL,
    class text DEFAULT ''::text NOT NULL,
    floors integer,
    geom public.geometry(Geometry,4326) NOT NULL,
    CONSTRAINT base_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT base_code_check CHECK ((code <> ''::text)),
    CONSTRAINT base_geom_range_check CHECK ((geom OPERATOR(public.@) public.st_makeenvelope(('-180'::integer)::double precision, ('-90'::integer)::double precision, (180)::double precision, (90)::double precision, 4326))),
    CONSTRAINT base_geom_type_check CHECK ((public.geometrytype(geom) =
CASE layer
    WHEN 'roads'::text THEN 'MULTILINESTRING'::text
    ELSE 'MULTIPOLYGON'::text
END)),
    CONSTRAINT base_geom_valid_check CHECK (public.st_isvalid(geom)),
    CONSTRAINT base_layer_check CHECK ((layer = ANY (ARRAY['buildings'::text, 'roads'::text, 'water'::text, 'green'::text]))),
    CONSTRAINT base_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: TABLE base; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.base IS 'The base map: what is drawn under areas and people.';

-- Name: base_history; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.base_history (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    layer text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    class text NOT NULL,
    floors integer,
    geom public.geometry(Geometry,4326) NOT NULL,
    CONSTRAINT base_history_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)) AND (NOT upper_inf(valid))))
);

-- Name: base_version; Type: VIEW; Schema: public; Owner: -

CREATE VIEW public.base_version AS
 SELECT base.tenant_id,
    base.id,
    base.version,
    base.valid,
    base.batch_id,
    base.closed_by,
    base.layer,
    base.code,
    base.name,
    base.class,
    base.floors,
    base.geom
   FROM public.base
UNION ALL
 SELECT base_history.tenant_id,
    base_history.id,
    base_history.version,
    base_history.valid,
    base_history.batch_id,
    base_history.closed_by,
    base_history.layer,
    base_history.code,
    base_history.name,
    base_history.class,
    base_history.floors,
    base_history.geom
   FROM public.base_history;

-- Name: batch; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.batch (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_at timestamp with time zone,
    undone_at timestamp with time zone,
    actor text NOT NULL,
    parts jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT batch_applied_check CHECK (((applied_at IS NOT NULL) = (state = ANY (ARRAY['applied'::text, 'undone'::text])))),
    CONSTRAINT batch_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT batch_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT batch_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'applied'::text, 'undone'::text, 'discarded'::text]))),
    CONSTRAINT batch_undone_check CHECK (((undone_at IS NOT NULL) = (state = 'undone'::text)))
);

-- Name: TABLE batch; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.batch IS 'One imported file: what it was, how it was read (parts), what became of it.';

-- Name: case_contact; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_contact (
    tenant_id integer NOT NULL,
    case_id uuid NOT NULL,
    key_version integer NOT NULL,
    sealed bytea NOT NULL
);

ALTER TABLE ONLY public.case_contact FORCE ROW LEVEL SECURITY;

-- Name: TABLE case_contact; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.case_contact IS 'How to reach who reported a case: personal data.';

-- Name: COLUMN case_contact.sealed; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_contact.sealed IS 'AES-256-GCM of the contact as JSON, bound to tenant and case.';

-- Name: case_event; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_event (
    tenant_id integer NOT NULL,
    case_id uuid NOT NULL,
    seq integer NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    account_id uuid,
    as_party text NOT NULL,
    act text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    note text NOT NULL,
    photos uuid[] NOT NULL,
    patch jsonb NOT NULL,
    sha bytea,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT case_event_seq_check CHECK ((seq >= 1)),
    CONSTRAINT case_event_sha_check CHECK ((length(sha) = 32))
);

-- Name: TABLE case_event; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.case_event IS 'Everything that happened to cases, in the order of seq from 1.';

-- Name: COLUMN case_event.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_event.id IS 'Made by whoever acted: the idempotency key. That of the first event is the id of the case.';

-- Name: COLUMN case_event.patch; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_event.patch IS 'What else of the case is different since.';

-- Name: COLUMN case_event.sha; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_event.sha IS 'SHA-256 of what was asked for, without the contact; null for what followed by itself.';

-- Name: COLUMN case_event.xid; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_event.xid IS 'Of the transaction that appended it, like change.xid.';

-- Name: case_file; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_file (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    doc jsonb NOT NULL,
    number text NOT NULL COLLATE pg_catalog."C",
    seq integer NOT NULL,
    state text NOT NULL,
    category text NOT NULL COLLATE pg_catalog."C",
    urgency text NOT NULL,
    rung text NOT NULL,
    source text NOT NULL,
    visibility text NOT NULL,
    geom public.geometry(Point,4326) NOT NULL,
    area_ids uuid[] NOT NULL,
    head_id uuid,
    unit_ids uuid[] NOT NULL,
    post_ids uuid[] NOT NULL,
    worker_ids uuid[] NOT NULL,
    handler_kind text,
    handler_id uuid,
    reporter_id uuid,
    meeting_id uuid,
    waits_for text,
    wait_until timestamp with time zone,
    reported_at timestamp with time zone NOT NULL,
    since timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    late_at timestamp with time zone,
    done_at timestamp with time zone,
    closed_at timestamp with time zone,
    on_time boolean,
    satisfaction integer,
    CONSTRAINT case_file_geom_range_check CHECK ((geom OPERATOR(public.@) public.st_makeenvelope(('-180'::integer)::double precision, ('-90'::integer)::double precision, (180)::double precision, (90)::double precision, 4326))),
    CONSTRAINT case_file_satisfaction_check CHECK (((satisfaction >= 1) AND (satisfaction <= 5))),
    CONSTRAINT case_file_seq_check CHECK ((seq >= 1))
)
WITH (fillfactor='65');

-- Name: TABLE case_file; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.case_file IS 'A case as it is now: the sum of its events.';

-- Name: COLUMN case_file.seq; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.seq IS 'Of the last event.';

-- Name: COLUMN case_file.area_ids; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.area_ids IS 'The areas that it fell in, of every level.';

-- Name: COLUMN case_file.head_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.head_id IS 'The neighbor head of the nearest household.';

-- Name: COLUMN case_file.unit_ids; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.unit_ids IS 'Units that handle it, help or have a phase.';

-- Name: COLUMN case_file.post_ids; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.post_ids IS 'Neighbor heads that do.';

-- Name: COLUMN case_file.worker_ids; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.worker_ids IS 'Accounts that do.';

-- Name: COLUMN case_file.handler_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.handler_id IS 'The unit, neighbor head or account, by handler_kind, that has it.';

-- Name: COLUMN case_file.waits_for; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.waits_for IS 'The party that must act next; null at the end.';

-- Name: COLUMN case_file.due_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.due_at IS 'When its time is over; null unless the clock runs.';

-- Name: COLUMN case_file.late_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_file.late_at IS 'When it was due and not done.';

-- Name: case_follow; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_follow (
    tenant_id integer NOT NULL,
    case_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    key_version integer NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT case_follow_hash_check CHECK ((length(code_hash) = 32))
);

ALTER TABLE ONLY public.case_follow FORCE ROW LEVEL SECURITY;

-- Name: TABLE case_follow; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.case_follow IS 'The codes by which residents follow their cases.';

-- Name: COLUMN case_follow.code_hash; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_follow.code_hash IS 'SHA-256 of the code.';

-- Name: COLUMN case_follow.sealed; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_follow.sealed IS 'The code, AES-256-GCM under the tenant''s data key, so that a lost answer can be repeated; empty once the keys were destroyed.';

-- Name: case_number; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_number (
    tenant_id integer NOT NULL,
    day date NOT NULL,
    last integer NOT NULL
);

-- Name: case_photo; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_photo (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    case_id uuid,
    seq integer,
    sha256 text NOT NULL,
    type text NOT NULL,
    bytes bigint NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    account_id uuid,
    door_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT case_photo_by_check CHECK (((account_id IS NULL) <> (door_id IS NULL))),
    CONSTRAINT case_photo_taken_check CHECK (((case_id IS NULL) = (seq IS NULL)))
);

-- Name: TABLE case_photo; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.case_photo IS 'Photos that were uploaded, by whom or through which door, and the event that took them. Their bytes are in the photo store.';

-- Name: COLUMN case_photo.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_photo.created_at IS 'When it was last sent.';

-- Name: case_timer; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.case_timer (
    tenant_id integer NOT NULL,
    case_id uuid NOT NULL,
    act text NOT NULL,
    per integer NOT NULL,
    fire_at timestamp with time zone NOT NULL
);

-- Name: TABLE case_timer; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.case_timer IS 'When the system acts on cases by itself; written anew with every event.';

-- Name: COLUMN case_timer.per; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.case_timer.per IS 'Of a warning: per cent of the time; else 0.';

-- Name: change; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.change (
    tenant_id integer NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    id uuid,
    batch_id uuid,
    old_bounds public.box2d,
    new_bounds public.box2d
);

-- Name: COLUMN change.kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.change.kind IS 'Name of the layer that changed.';

-- Name: COLUMN change.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.change.id IS 'The feature that changed; null where a batch changed many.';

-- Name: COLUMN change.old_bounds; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.change.old_bounds IS 'Around what was there before, degrees; null where there was nothing.';

-- Name: COLUMN change.new_bounds; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.change.new_bounds IS 'Around what is there now, degrees; null where there is nothing.';

-- Name: change_seq_seq; Type: SEQUENCE; Schema: public; Owner: -

ALTER TABLE public.change ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.change_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: door; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.door (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT door_code_check CHECK ((code ~ '^[0-9A-HJKMNP-TV-Z]{8}$'::text)),
    CONSTRAINT door_kind_check CHECK ((kind = ANY (ARRAY['head'::text, 'grid'::text, 'hall'::text])))
);

-- Name: TABLE door; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.door IS 'Where residents report without an account.';

-- Name: COLUMN door.code; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.door.code IS 'In the address of the QR code; not a secret.';

-- Name: COLUMN door.subject_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.door.subject_id IS 'The neighbor head, area or unit whose door it is.';

-- Name: door_count; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.door_count (
    tenant_id integer NOT NULL,
    door_id uuid NOT NULL,
    day date NOT NULL,
    reports integer NOT NULL,
    bytes bigint NOT NULL
);

-- Name: COLUMN door_count.bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.door_count.bytes IS 'Of photos, as announced when they began to be sent.';

-- Name: edit_clock; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.edit_clock (
    tenant_id integer NOT NULL,
    at timestamp with time zone NOT NULL
);

-- Name: TABLE edit_clock; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.edit_clock IS 'The instant of each tenant''s last edit: the next is later, whatever the server''s clock does.';

-- Name: head; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.head (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    code text NOT NULL COLLATE pg_catalog."C",
    name text DEFAULT ''::text NOT NULL,
    geom public.geometry(Point,4326),
    CONSTRAINT head_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT head_code_check CHECK ((code <> ''::text)),
    CONSTRAINT head_geom_range_check CHECK ((geom OPERATOR(public.@) public.st_makeenvelope(('-180'::integer)::double precision, ('-90'::integer)::double precision, (180)::double precision, (90)::double precision, 4326))),
    CONSTRAINT head_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: COLUMN head.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.head.name IS 'Public name of the post, never the name of a person.';

-- Name: head_history; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.head_history (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    geom public.geometry(Point,4326),
    CONSTRAINT head_history_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)) AND (NOT upper_inf(valid))))
);

-- Name: COLUMN head_history.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.head_history.name IS 'Public name of the post, never the name of a person.';

-- Name: head_version; Type: VIEW; Schema: public; Owner: -

CREATE VIEW public.head_version AS
 SELECT head.tenant_id,
    head.id,
    head.version,
    head.valid,
    head.batch_id,
    head.closed_by,
    head.code,
    head.name,
    head.geom
   FROM public.head
UNION ALL
 SELECT head_history.tenant_id,
    head_history.id,
    head_history.version,
    head_history.valid,
    head_history.batch_id,
    head_history.closed_by,
    head_history.code,
    head_history.name,
    head_history.geom
   FROM public.head_history;

-- Name: household; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.household (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    code text NOT NULL COLLATE pg_catalog."C",
    name text DEFAULT ''::text NOT NULL,
    building text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    geom public.geometry(Point,4326),
    CONSTRAINT household_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT household_code_check CHECK ((code <> ''::text)),
    CONSTRAINT household_geom_range_check CHECK ((geom OPERATOR(public.@) public.st_makeenvelope(('-180'::integer)::double precision, ('-90'::integer)::double precision, (180)::double precision, (90)::double precision, 4326))),
    CONSTRAINT household_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: COLUMN household.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.household.name IS 'Address, never the name of a person.';

-- Name: COLUMN household.building; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.household.building IS 'Code of the building it is in.';

-- Name: household_history; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.household_history (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    building text NOT NULL COLLATE pg_catalog."C",
    geom public.geometry(Point,4326),
    CONSTRAINT household_history_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)) AND (NOT upper_inf(valid))))
);

-- Name: COLUMN household_history.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.household_history.name IS 'Address, never the name of a person.';

-- Name: COLUMN household_history.building; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.household_history.building IS 'Code of the building it is in.';

-- Name: household_version; Type: VIEW; Schema: public; Owner: -

CREATE VIEW public.household_version AS
 SELECT household.tenant_id,
    household.id,
    household.version,
    household.valid,
    household.batch_id,
    household.closed_by,
    household.code,
    household.name,
    household.building,
    household.geom
   FROM public.household
UNION ALL
 SELECT household_history.tenant_id,
    household_history.id,
    household_history.version,
    household_history.valid,
    household_history.batch_id,
    household_history.closed_by,
    household_history.code,
    household_history.name,
    household_history.building,
    household_history.geom
   FROM public.household_history;

-- Name: identity; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.identity (
    tenant_id integer NOT NULL,
    issuer text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    account_id uuid NOT NULL,
    CONSTRAINT identity_issuer_check CHECK ((issuer <> ''::text)),
    CONSTRAINT identity_subject_check CHECK ((subject <> ''::text))
);

-- Name: TABLE identity; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.identity IS 'What a single sign-on calls an account.';

-- Name: ledger_row; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.ledger_row (
    tenant_id integer NOT NULL,
    meeting_id uuid NOT NULL,
    id uuid NOT NULL,
    number integer NOT NULL,
    answered boolean NOT NULL,
    case_id uuid,
    from_id uuid,
    doc jsonb NOT NULL
);

-- Name: TABLE ledger_row; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.ledger_row IS 'What was raised at a bench meeting.';

-- Name: COLUMN ledger_row.from_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ledger_row.from_id IS 'The row of an earlier meeting that was read out again.';

-- Name: login_failure; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.login_failure (
    tenant_id integer NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    failures integer NOT NULL,
    last_at timestamp with time zone NOT NULL
);

-- Name: TABLE login_failure; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.login_failure IS 'Failed attempts to sign in, by account, by account and address, by address, and by 16 bits of a hash of an unknown login.';

-- Name: meeting; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.meeting (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    seq integer NOT NULL,
    account_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    geom public.geometry(Point,4326) NOT NULL,
    area_ids uuid[] NOT NULL,
    doc jsonb NOT NULL
);

-- Name: TABLE meeting; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.meeting IS 'Bench meetings.';

-- Name: COLUMN meeting.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.meeting.account_id IS 'Who made it, and may always change it.';

-- Name: COLUMN meeting.area_ids; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.meeting.area_ids IS 'The areas that its place fell in when it was made.';

-- Name: COLUMN meeting.doc; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.meeting.doc IS 'lintu.Meeting without its rows.';

-- Name: person; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.person (
    tenant_id integer NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    version integer NOT NULL,
    content integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    key_version integer NOT NULL,
    sealed bytea NOT NULL,
    name_hmac bytea,
    phone_hmac bytea,
    CONSTRAINT person_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT person_kind_check CHECK ((kind = ANY (ARRAY['household'::text, 'head'::text]))),
    CONSTRAINT person_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

ALTER TABLE ONLY public.person FORCE ROW LEVEL SECURITY;

-- Name: COLUMN person.kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.person.kind IS 'Whether it is of a household or of a head; subject_id is its id.';

-- Name: COLUMN person.sealed; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.person.sealed IS 'AES-256-GCM of the person as JSON, bound to tenant, kind and code.';

-- Name: COLUMN person.name_hmac; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.person.name_hmac IS 'Keyed hash of the name without blanks, for exact search.';

-- Name: COLUMN person.phone_hmac; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.person.phone_hmac IS 'Keyed hash of the phone''s digits, for exact search.';

-- Name: photo_file; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.photo_file (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

-- Name: TABLE photo_file; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.photo_file IS 'Photos whose file may be there without a row in case_photo.';

-- Name: COLUMN photo_file.at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.photo_file.at IS 'When it was last expected.';

-- Name: role_grant; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.role_grant (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    role text NOT NULL,
    scope_kind text NOT NULL,
    scope_id uuid,
    valid tstzrange NOT NULL,
    CONSTRAINT role_grant_scope_check CHECK (((scope_kind = 'everywhere'::text) = (scope_id IS NULL))),
    CONSTRAINT role_grant_scope_kind_check CHECK ((scope_kind = ANY (ARRAY['everywhere'::text, 'area'::text, 'unit'::text, 'head'::text]))),
    CONSTRAINT role_grant_valid_check CHECK ((NOT lower_inf(valid)))
);

-- Name: TABLE role_grant; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.role_grant IS 'Who holds which role for which part of the jurisdiction, and when. What is revoked stays, with its validity ended; empty if it had not begun.';

-- Name: COLUMN role_grant.scope_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.role_grant.scope_id IS 'The area, unit or neighbor head; null for everywhere.';

-- Name: rule; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.rule (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    number integer NOT NULL,
    valid tstzrange NOT NULL,
    category text NOT NULL COLLATE pg_catalog."C",
    area_id uuid,
    rung text NOT NULL COLLATE pg_catalog."C",
    unit_id uuid NOT NULL,
    note text NOT NULL,
    CONSTRAINT rule_number_check CHECK ((number > 0)),
    CONSTRAINT rule_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: TABLE rule; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.rule IS 'Which unit must act. Present rules have no end; what was changed or removed stays, ended.';

-- Name: COLUMN rule.number; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.rule.number IS 'For people; the same in all versions of a rule, and of no other rule ever.';

-- Name: COLUMN rule.category; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.rule.category IS 'Code; the rule holds for the categories below it too. Empty: for all.';

-- Name: COLUMN rule.area_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.rule.area_id IS 'Null: everywhere.';

-- Name: COLUMN rule.rung; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.rule.rung IS 'Empty: on all.';

-- Name: schema_version; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.schema_version (
    version integer NOT NULL
);

-- Name: search_count; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.search_count (
    tenant_id integer NOT NULL,
    account_id uuid NOT NULL,
    day date NOT NULL,
    count integer NOT NULL
);

ALTER TABLE ONLY public.search_count FORCE ROW LEVEL SECURITY;

-- Name: COLUMN search_count.count; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.search_count.count IS 'Asked for that day, by the account and its tokens, refused ones included.';

-- Name: session; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.session (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    hash bytea NOT NULL,
    sso boolean NOT NULL,
    address text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT session_hash_check CHECK ((length(hash) = 32))
);

-- Name: COLUMN session.hash; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.session.hash IS 'SHA-256 of the secret in the cookie.';

-- Name: COLUMN session.sso; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.session.sso IS 'A single sign-on vouched, so no password of the account''s was used.';

-- Name: COLUMN session.address; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.session.address IS 'Where it was opened from; empty if unknown.';

-- Name: COLUMN session.seen_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.session.seen_at IS 'The last use, to about a minute.';

-- Name: COLUMN session.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.session.expires_at IS 'The end at the latest; idleness ends it before.';

-- Name: setting; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.setting (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    value jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT setting_name_check CHECK ((name = ANY (ARRAY['categories'::text, 'calendar'::text, 'limits'::text])))
);

-- Name: TABLE setting; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.setting IS 'What a tenant has chosen about cases; where there is no row, the program''s own.';

-- Name: COLUMN setting.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.setting.version IS 'Counts the changes.';

-- Name: tenant; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.tenant (
    id integer NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    login_key uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT tenant_name_check CHECK ((name <> ''::text))
);

-- Name: TABLE tenant; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.tenant IS 'A county-level jurisdiction. It owns all other rows; its id never changes.';

-- Name: COLUMN tenant.login_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.tenant.login_key IS 'Keys the hash by which failures to sign in to unknown logins are counted.';

-- Name: tenant_key; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.tenant_key (
    tenant_id integer NOT NULL,
    version integer NOT NULL,
    master_key text NOT NULL,
    wrapped bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    destroyed_at timestamp with time zone,
    CONSTRAINT tenant_key_destroyed_check CHECK (((wrapped IS NULL) = (destroyed_at IS NOT NULL))),
    CONSTRAINT tenant_key_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY public.tenant_key FORCE ROW LEVEL SECURITY;

-- Name: TABLE tenant_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.tenant_key IS 'Data keys of a jurisdiction, each encrypted under a master key that is kept elsewhere.';

-- Name: COLUMN tenant_key.master_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.tenant_key.master_key IS 'Name of the master key under which it is wrapped.';

-- Name: token; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.token (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    hash bytea NOT NULL,
    title text NOT NULL,
    rights text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT token_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT token_rights_check CHECK ((cardinality(rights) > 0))
);

-- Name: TABLE token; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.token IS 'A program''s way in, as an account and with no more than these rights.';

-- Name: unit; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.unit (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    code text NOT NULL COLLATE pg_catalog."C",
    name text DEFAULT ''::text NOT NULL,
    class text DEFAULT ''::text NOT NULL,
    stationing text DEFAULT ''::text NOT NULL,
    geom public.geometry(Point,4326),
    CONSTRAINT unit_closed_by_check CHECK (((closed_by IS NULL) OR (NOT upper_inf(valid)))),
    CONSTRAINT unit_code_check CHECK ((code <> ''::text)),
    CONSTRAINT unit_geom_range_check CHECK ((geom OPERATOR(public.@) public.st_makeenvelope(('-180'::integer)::double precision, ('-90'::integer)::double precision, (180)::double precision, (90)::double precision, 4326))),
    CONSTRAINT unit_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

-- Name: unit_history; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.unit_history (
    tenant_id integer NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    valid tstzrange NOT NULL,
    batch_id uuid,
    closed_by uuid,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    class text NOT NULL,
    stationing text NOT NULL,
    geom public.geometry(Point,4326),
    CONSTRAINT unit_history_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)) AND (NOT upper_inf(valid))))
);

-- Name: unit_version; Type: VIEW; Schema: public; Owner: -

CREATE VIEW public.unit_version AS
 SELECT unit.tenant_id,
    unit.id,
    unit.version,
    unit.valid,
    unit.batch_id,
    unit.closed_by,
    unit.code,
    unit.name,
    unit.class,
    unit.stationing,
    unit.geom
   FROM public.unit
UNION ALL
 SELECT unit_history.tenant_id,
    unit_history.id,
    unit_history.version,
    unit_history.valid,
    unit_history.batch_id,
    unit_history.closed_by,
    unit_history.code,
    unit_history.name,
    unit_history.class,
    unit_history.stationing,
    unit_history.geom
   FROM public.unit_history;

-- Name: unmask_count; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.unmask_count (
    tenant_id integer NOT NULL,
    account_id uuid NOT NULL,
    day date NOT NULL,
    count integer DEFAULT 0 NOT NULL,
    latest timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    alerted_at timestamp with time zone
);

ALTER TABLE ONLY public.unmask_count FORCE ROW LEVEL SECURITY;

-- Name: COLUMN unmask_count.count; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.unmask_count.count IS 'Asked for that day, refused ones included.';

-- Name: COLUMN unmask_count.latest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.unmask_count.latest IS 'When the latest were, newest first.';

-- Name: COLUMN unmask_count.alerted_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.unmask_count.alerted_at IS 'When the account was last reported for unmasking too fast.';

-- Name: account_address account_address_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account_address
    ADD CONSTRAINT account_address_pkey PRIMARY KEY (tenant_id, account_id, address);

-- Name: account account_login_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_login_key UNIQUE (tenant_id, login);

-- Name: account account_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (tenant_id, id);

-- Name: area_change area_change_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.area_change
    ADD CONSTRAINT area_change_pkey PRIMARY KEY (tenant_id, at);

-- Name: area area_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.area
    ADD CONSTRAINT area_code_key UNIQUE (tenant_id, level, code);

-- Name: area_history area_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.area_history
    ADD CONSTRAINT area_history_pkey PRIMARY KEY (tenant_id, id, version);

-- Name: area_history area_history_valid_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.area_history
    ADD CONSTRAINT area_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);

-- Name: area area_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.area
    ADD CONSTRAINT area_pkey PRIMARY KEY (tenant_id, id);

-- Name: assignment assignment_one_head_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_one_head_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(household_id) WITH =, ((household_id)::text) WITH =, valid WITH &&);

-- Name: assignment assignment_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_pkey PRIMARY KEY (tenant_id, household_id, version);

-- Name: audit_head audit_head_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (tenant_id);

-- Name: audit audit_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, seq, at);

-- Name: base base_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.base
    ADD CONSTRAINT base_code_key UNIQUE (tenant_id, layer, code);

-- Name: base_history base_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.base_history
    ADD CONSTRAINT base_history_pkey PRIMARY KEY (tenant_id, id, version);

-- Name: base_history base_history_valid_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.base_history
    ADD CONSTRAINT base_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);

-- Name: base base_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.base
    ADD CONSTRAINT base_pkey PRIMARY KEY (tenant_id, id);

-- Name: batch batch_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (tenant_id, id);

-- Name: case_contact case_contact_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_contact
    ADD CONSTRAINT case_contact_pkey PRIMARY KEY (tenant_id, case_id);

-- Name: case_event case_event_id_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_event
    ADD CONSTRAINT case_event_id_key UNIQUE (tenant_id, id);

-- Name: case_event case_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_event
    ADD CONSTRAINT case_event_pkey PRIMARY KEY (tenant_id, case_id, seq);

-- Name: case_file case_file_number_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT case_file_number_key UNIQUE (tenant_id, number);

-- Name: case_file case_file_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT case_file_pkey PRIMARY KEY (tenant_id, id);

-- Name: case_follow case_follow_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_follow
    ADD CONSTRAINT case_follow_code_key UNIQUE (tenant_id, code_hash);

-- Name: case_follow case_follow_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_follow
    ADD CONSTRAINT case_follow_pkey PRIMARY KEY (tenant_id, case_id);

-- Name: case_number case_number_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_number
    ADD CONSTRAINT case_number_pkey PRIMARY KEY (tenant_id, day);

-- Name: case_photo case_photo_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_photo
    ADD CONSTRAINT case_photo_pkey PRIMARY KEY (tenant_id, id);

-- Name: case_timer case_timer_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_timer
    ADD CONSTRAINT case_timer_pkey PRIMARY KEY (tenant_id, case_id, act, per);

-- Name: change change_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (tenant_id, xid, seq);

-- Name: door door_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.door
    ADD CONSTRAINT door_code_key UNIQUE (tenant_id, code);

-- Name: door_count door_count_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.door_count
    ADD CONSTRAINT door_count_pkey PRIMARY KEY (tenant_id, door_id);

-- Name: door door_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.door
    ADD CONSTRAINT door_pkey PRIMARY KEY (tenant_id, id);

-- Name: edit_clock edit_clock_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.edit_clock
    ADD CONSTRAINT edit_clock_pkey PRIMARY KEY (tenant_id);

-- Name: head head_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_code_key UNIQUE (tenant_id, code);

-- Name: head_history head_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.head_history
    ADD CONSTRAINT head_history_pkey PRIMARY KEY (tenant_id, id, version);

-- Name: head_history head_history_valid_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.head_history
    ADD CONSTRAINT head_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);

-- Name: head head_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (tenant_id, id);

-- Name: household household_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.household
    ADD CONSTRAINT household_code_key UNIQUE (tenant_id, code);

-- Name: household_history household_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.household_history
    ADD CONSTRAINT household_history_pkey PRIMARY KEY (tenant_id, id, version);

-- Name: household_history household_history_valid_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.household_history
    ADD CONSTRAINT household_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);

-- Name: household household_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.household
    ADD CONSTRAINT household_pkey PRIMARY KEY (tenant_id, id);

-- Name: identity identity_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_pkey PRIMARY KEY (tenant_id, issuer, subject);

-- Name: ledger_row ledger_row_number_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ledger_row
    ADD CONSTRAINT ledger_row_number_key UNIQUE (tenant_id, meeting_id, number);

-- Name: ledger_row ledger_row_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ledger_row
    ADD CONSTRAINT ledger_row_pkey PRIMARY KEY (tenant_id, id);

-- Name: login_failure login_failure_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.login_failure
    ADD CONSTRAINT login_failure_pkey PRIMARY KEY (tenant_id, subject);

-- Name: meeting meeting_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_pkey PRIMARY KEY (tenant_id, id);

-- Name: person person_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (tenant_id, kind, subject_id, version);

-- Name: photo_file photo_file_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.photo_file
    ADD CONSTRAINT photo_file_pkey PRIMARY KEY (tenant_id, id);

-- Name: role_grant role_grant_once_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_once_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(account_id) WITH =, account_id WITH =, role WITH =, scope_kind WITH =, COALESCE(scope_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, valid WITH &&);

-- Name: role_grant role_grant_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_pkey PRIMARY KEY (tenant_id, id);

-- Name: rule rule_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (tenant_id, id, version);

-- Name: search_count search_count_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.search_count
    ADD CONSTRAINT search_count_pkey PRIMARY KEY (tenant_id, account_id);

-- Name: session session_hash_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_hash_key UNIQUE (tenant_id, hash);

-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (tenant_id, id);

-- Name: setting setting_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (tenant_id, name);

-- Name: tenant_key tenant_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.tenant_key
    ADD CONSTRAINT tenant_key_pkey PRIMARY KEY (tenant_id, version);

-- Name: tenant tenant_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (id);

-- Name: token token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_hash_key UNIQUE (tenant_id, hash);

-- Name: token token_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (tenant_id, id);

-- Name: unit unit_code_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_code_key UNIQUE (tenant_id, code);

-- Name: unit_history unit_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.unit_history
    ADD CONSTRAINT unit_history_pkey PRIMARY KEY (tenant_id, id, version);

-- Name: unit_history unit_history_valid_excl; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.unit_history
    ADD CONSTRAINT unit_history_valid_excl EXCLUDE USING gist (tenant_id WITH =, uuid_hash(id) WITH =, id WITH =, valid WITH &&);

-- Name: unit unit_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (tenant_id, id);

-- Name: unmask_count unmask_count_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.unmask_count
    ADD CONSTRAINT unmask_count_pkey PRIMARY KEY (tenant_id, account_id);

-- Name: area_cell_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_cell_geom_idx ON public.area USING gist (geom) WHERE ((level = 'cell'::text) AND upper_inf(valid));

-- Name: area_closed_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_closed_geom_idx ON public.area USING gist (geom) WHERE (NOT upper_inf(valid));

-- Name: area_community_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_community_geom_idx ON public.area USING gist (geom) WHERE ((level = 'community'::text) AND upper_inf(valid));

-- Name: area_county_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_county_geom_idx ON public.area USING gist (geom) WHERE ((level = 'county'::text) AND upper_inf(valid));

-- Name: area_grid_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_grid_geom_idx ON public.area USING gist (geom) WHERE ((level = 'grid'::text) AND upper_inf(valid));

-- Name: area_group_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_group_geom_idx ON public.area USING gist (geom) WHERE ((level = 'group'::text) AND upper_inf(valid));

-- Name: area_history_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_history_geom_idx ON public.area_history USING gist (geom);

-- Name: area_street_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX area_street_geom_idx ON public.area USING gist (geom) WHERE ((level = 'street'::text) AND upper_inf(valid));

-- Name: assignment_head_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX assignment_head_idx ON public.assignment USING btree (tenant_id, head_id, household_id);

-- Name: assignment_present_idx; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX assignment_present_idx ON public.assignment USING btree (tenant_id, household_id) INCLUDE (head_id) WHERE upper_inf(valid);

-- Name: audit_act_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_act_idx ON ONLY public.audit USING btree (tenant_id, act, seq);

-- Name: audit_actor_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_actor_idx ON ONLY public.audit USING btree (tenant_id, actor, seq);

-- Name: audit_id_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_id_idx ON ONLY public.audit USING btree (tenant_id, id, seq) WHERE (id IS NOT NULL);

-- Name: base_buildings_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX base_buildings_geom_idx ON public.base USING gist (geom) WHERE ((layer = 'buildings'::text) AND upper_inf(valid));

-- Name: base_closed_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX base_closed_geom_idx ON public.base USING gist (geom) WHERE (NOT upper_inf(valid));

-- Name: base_green_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX base_green_geom_idx ON public.base USING gist (geom) WHERE ((layer = 'green'::text) AND upper_inf(valid));

-- Name: base_history_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX base_history_geom_idx ON public.base_history USING gist (geom);

-- Name: base_roads_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX base_roads_geom_idx ON public.base USING gist (geom) WHERE ((layer = 'roads'::text) AND upper_inf(valid));

-- Name: base_water_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX base_water_geom_idx ON public.base USING gist (geom) WHERE ((layer = 'water'::text) AND upper_inf(valid));

-- Name: batch_created_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX batch_created_idx ON public.batch USING btree (tenant_id, created_at DESC);

-- Name: case_file_areas_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_areas_idx ON public.case_file USING gin (area_ids);

-- Name: case_file_category_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_category_idx ON public.case_file USING btree (tenant_id, category, reported_at);

-- Name: case_file_closed_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_closed_idx ON public.case_file USING btree (tenant_id, closed_at) WHERE (closed_at IS NOT NULL);

-- Name: case_file_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_geom_idx ON public.case_file USING gist (geom);

-- Name: case_file_head_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_head_idx ON public.case_file USING btree (tenant_id, head_id) WHERE (head_id IS NOT NULL);

-- Name: case_file_meeting_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_meeting_idx ON public.case_file USING btree (tenant_id, meeting_id) WHERE (meeting_id IS NOT NULL);

-- Name: case_file_open_due_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_open_due_idx ON public.case_file USING btree (tenant_id, COALESCE(due_at, 'infinity'::timestamp with time zone), id) WHERE (state <> ALL (ARRAY['closed'::text, 'evaluated'::text, 'declined'::text, 'merged'::text]));

-- Name: case_file_open_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_open_geom_idx ON public.case_file USING gist (geom) WHERE (state <> ALL (ARRAY['closed'::text, 'evaluated'::text, 'declined'::text, 'merged'::text]));

-- Name: case_file_open_reported_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_open_reported_idx ON public.case_file USING btree (tenant_id, reported_at, id) WHERE (state <> ALL (ARRAY['closed'::text, 'evaluated'::text, 'declined'::text, 'merged'::text]));

-- Name: case_file_posts_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_posts_idx ON public.case_file USING gin (post_ids);

-- Name: case_file_reported_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_reported_idx ON public.case_file USING btree (tenant_id, reported_at, id);

-- Name: case_file_reporter_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_reporter_idx ON public.case_file USING btree (tenant_id, reporter_id, reported_at) WHERE (reporter_id IS NOT NULL);

-- Name: case_file_units_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_units_idx ON public.case_file USING gin (unit_ids);

-- Name: case_file_workers_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_file_workers_idx ON public.case_file USING gin (worker_ids);

-- Name: case_photo_case_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_photo_case_idx ON public.case_photo USING btree (tenant_id, case_id) WHERE (case_id IS NOT NULL);

-- Name: case_photo_unused_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_photo_unused_idx ON public.case_photo USING btree (tenant_id, created_at) WHERE (case_id IS NULL);

-- Name: case_timer_fire_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX case_timer_fire_idx ON public.case_timer USING btree (tenant_id, fire_at);

-- Name: door_subject_idx; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX door_subject_idx ON public.door USING btree (tenant_id, kind, subject_id) WHERE (closed_at IS NULL);

-- Name: head_closed_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX head_closed_geom_idx ON public.head USING gist (geom) WHERE (NOT upper_inf(valid));

-- Name: head_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX head_geom_idx ON public.head USING gist (geom) WHERE upper_inf(valid);

-- Name: head_history_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX head_history_geom_idx ON public.head_history USING gist (geom);

-- Name: household_closed_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX household_closed_geom_idx ON public.household USING gist (geom) WHERE (NOT upper_inf(valid));

-- Name: household_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX household_geom_idx ON public.household USING gist (geom) WHERE upper_inf(valid);

-- Name: household_history_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX household_history_geom_idx ON public.household_history USING gist (geom);

-- Name: identity_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX identity_account_idx ON public.identity USING btree (tenant_id, account_id);

-- Name: login_failure_last_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX login_failure_last_idx ON public.login_failure USING btree (tenant_id, last_at);

-- Name: meeting_area_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX meeting_area_idx ON public.meeting USING gin (area_ids);

-- Name: meeting_starts_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX meeting_starts_idx ON public.meeting USING btree (tenant_id, starts_at DESC);

-- Name: person_name_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX person_name_idx ON public.person USING btree (tenant_id, name_hmac) WHERE (name_hmac IS NOT NULL);

-- Name: person_phone_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX person_phone_idx ON public.person USING btree (tenant_id, phone_hmac) WHERE (phone_hmac IS NOT NULL);

-- Name: person_present_idx; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX person_present_idx ON public.person USING btree (tenant_id, kind, subject_id) WHERE upper_inf(valid);

-- Name: photo_file_at_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX photo_file_at_idx ON public.photo_file USING btree (tenant_id, at);

-- Name: role_grant_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX role_grant_account_idx ON public.role_grant USING btree (tenant_id, account_id);

-- Name: role_grant_role_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX role_grant_role_idx ON public.role_grant USING btree (tenant_id, role);

-- Name: rule_area_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX rule_area_idx ON public.rule USING btree (tenant_id, area_id) WHERE (area_id IS NOT NULL);

-- Name: rule_number_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX rule_number_idx ON public.rule USING btree (tenant_id, number);

-- Name: rule_present_idx; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX rule_present_idx ON public.rule USING btree (tenant_id, category, area_id, rung) NULLS NOT DISTINCT WHERE upper_inf(valid);

-- Name: rule_unit_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX rule_unit_idx ON public.rule USING btree (tenant_id, unit_id);

-- Name: session_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX session_account_idx ON public.session USING btree (tenant_id, account_id);

-- Name: session_expires_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX session_expires_idx ON public.session USING btree (tenant_id, expires_at);

-- Name: token_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX token_account_idx ON public.token USING btree (tenant_id, account_id);

-- Name: unit_closed_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX unit_closed_geom_idx ON public.unit USING gist (geom) WHERE (NOT upper_inf(valid));

-- Name: unit_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX unit_geom_idx ON public.unit USING gist (geom) WHERE upper_inf(valid);

-- Name: unit_history_geom_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX unit_history_geom_idx ON public.unit_history USING gist (geom);

-- Name: account account_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER account_keep BEFORE DELETE OR TRUNCATE ON public.account FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: area_history area_history_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER area_history_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.area_history FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: area area_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER area_keep BEFORE DELETE OR TRUNCATE ON public.area FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: area area_keep_close; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER area_keep_close BEFORE UPDATE ON public.area FOR EACH ROW WHEN (((new.tenant_id <> old.tenant_id) OR (new.id <> old.id) OR (new.version <> (old.version + 1)))) EXECUTE FUNCTION public.keep_close();

-- Name: area area_keep_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER area_keep_version AFTER UPDATE ON public.area REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_version();

-- Name: assignment assignment_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER assignment_keep BEFORE DELETE OR TRUNCATE ON public.assignment FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: assignment assignment_keep_close; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER assignment_keep_close BEFORE UPDATE ON public.assignment FOR EACH ROW EXECUTE FUNCTION public.keep_close();

-- Name: audit_head audit_head_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit_head_keep BEFORE DELETE OR TRUNCATE ON public.audit_head FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();

-- Name: audit_head audit_head_keep_next; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit_head_keep_next BEFORE UPDATE ON public.audit_head FOR EACH ROW WHEN (((new.tenant_id <> old.tenant_id) OR (new.seq <> (old.seq + 1)) OR (new.at < old.at))) EXECUTE FUNCTION public.audit_refuse();

-- Name: audit audit_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit_keep BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();

-- Name: audit audit_keep_all; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();

-- Name: base_history base_history_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER base_history_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.base_history FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: base base_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER base_keep BEFORE DELETE OR TRUNCATE ON public.base FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: base base_keep_close; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER base_keep_close BEFORE UPDATE ON public.base FOR EACH ROW WHEN (((new.tenant_id <> old.tenant_id) OR (new.id <> old.id) OR (new.version <> (old.version + 1)))) EXECUTE FUNCTION public.keep_close();

-- Name: base base_keep_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER base_keep_version AFTER UPDATE ON public.base REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_version();

-- Name: batch batch_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER batch_keep BEFORE DELETE OR TRUNCATE ON public.batch FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: case_event case_event_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER case_event_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.case_event FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: case_file case_file_change; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER case_file_change AFTER UPDATE ON public.case_file FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.case_changed();

-- Name: case_file case_file_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER case_file_keep BEFORE DELETE OR TRUNCATE ON public.case_file FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: case_file case_file_new; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER case_file_new AFTER INSERT ON public.case_file FOR EACH ROW EXECUTE FUNCTION public.case_changed();

-- Name: change change_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER change_keep BEFORE UPDATE OR TRUNCATE ON public.change FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: change change_wake; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER change_wake AFTER INSERT ON public.change FOR EACH STATEMENT EXECUTE FUNCTION public.change_wake();

-- Name: door door_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER door_keep BEFORE DELETE OR TRUNCATE ON public.door FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: head_history head_history_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER head_history_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.head_history FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: head head_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER head_keep BEFORE DELETE OR TRUNCATE ON public.head FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: head head_keep_close; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER head_keep_close BEFORE UPDATE ON public.head FOR EACH ROW WHEN (((new.tenant_id <> old.tenant_id) OR (new.id <> old.id) OR (new.version <> (old.version + 1)))) EXECUTE FUNCTION public.keep_close();

-- Name: head head_keep_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER head_keep_version AFTER UPDATE ON public.head REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_version();

-- Name: household_history household_history_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER household_history_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.household_history FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: household household_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER household_keep BEFORE DELETE OR TRUNCATE ON public.household FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: household household_keep_close; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER household_keep_close BEFORE UPDATE ON public.household FOR EACH ROW WHEN (((new.tenant_id <> old.tenant_id) OR (new.id <> old.id) OR (new.version <> (old.version + 1)))) EXECUTE FUNCTION public.keep_close();

-- Name: household household_keep_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER household_keep_version AFTER UPDATE ON public.household REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_version();

-- Name: identity identity_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER identity_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.identity FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: ledger_row ledger_row_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER ledger_row_keep BEFORE DELETE OR TRUNCATE ON public.ledger_row FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: meeting meeting_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER meeting_keep BEFORE DELETE OR TRUNCATE ON public.meeting FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: role_grant role_grant_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER role_grant_keep BEFORE DELETE OR TRUNCATE ON public.role_grant FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: rule rule_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER rule_keep BEFORE DELETE OR TRUNCATE ON public.rule FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: tenant tenant_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER tenant_keep BEFORE DELETE OR TRUNCATE ON public.tenant FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: unit_history unit_history_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER unit_history_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON public.unit_history FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: unit unit_keep; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER unit_keep BEFORE DELETE OR TRUNCATE ON public.unit FOR EACH STATEMENT EXECUTE FUNCTION public.keep_refuse();

-- Name: unit unit_keep_close; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER unit_keep_close BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((new.tenant_id <> old.tenant_id) OR (new.id <> old.id) OR (new.version <> (old.version + 1)))) EXECUTE FUNCTION public.keep_close();

-- Name: unit unit_keep_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER unit_keep_version AFTER UPDATE ON public.unit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_version();

-- Name: account_address account_address_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account_address
    ADD CONSTRAINT account_address_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

-- Name: account account_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: area_change area_change_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.area_change
    ADD CONSTRAINT area_change_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: assignment assignment_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_head_fkey FOREIGN KEY (tenant_id, head_id) REFERENCES public.head(tenant_id, id);

-- Name: assignment assignment_household_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_household_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES public.household(tenant_id, id);

-- Name: audit_head audit_head_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: batch batch_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.batch
    ADD CONSTRAINT batch_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: case_event case_event_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_event
    ADD CONSTRAINT case_event_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: case_file case_file_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT case_file_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: case_number case_number_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_number
    ADD CONSTRAINT case_number_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: case_photo case_photo_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_photo
    ADD CONSTRAINT case_photo_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: case_timer case_timer_case_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.case_timer
    ADD CONSTRAINT case_timer_case_fkey FOREIGN KEY (tenant_id, case_id) REFERENCES public.case_file(tenant_id, id) ON DELETE CASCADE;

-- Name: change change_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: door_count door_count_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.door_count
    ADD CONSTRAINT door_count_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: door door_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.door
    ADD CONSTRAINT door_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: edit_clock edit_clock_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.edit_clock
    ADD CONSTRAINT edit_clock_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: identity identity_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

-- Name: ledger_row ledger_row_case_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ledger_row
    ADD CONSTRAINT ledger_row_case_fkey FOREIGN KEY (tenant_id, case_id) REFERENCES public.case_file(tenant_id, id);

-- Name: ledger_row ledger_row_from_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ledger_row
    ADD CONSTRAINT ledger_row_from_fkey FOREIGN KEY (tenant_id, from_id) REFERENCES public.ledger_row(tenant_id, id);

-- Name: ledger_row ledger_row_meeting_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ledger_row
    ADD CONSTRAINT ledger_row_meeting_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES public.meeting(tenant_id, id);

-- Name: login_failure login_failure_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.login_failure
    ADD CONSTRAINT login_failure_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: meeting meeting_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: photo_file photo_file_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.photo_file
    ADD CONSTRAINT photo_file_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: role_grant role_grant_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

-- Name: rule rule_area_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.rule
    ADD CONSTRAINT rule_area_fkey FOREIGN KEY (tenant_id, area_id) REFERENCES public.area(tenant_id, id);

-- Name: rule rule_unit_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.rule
    ADD CONSTRAINT rule_unit_fkey FOREIGN KEY (tenant_id, unit_id) REFERENCES public.unit(tenant_id, id);

-- Name: session session_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

-- Name: setting setting_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: tenant_key tenant_key_tenant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.tenant_key
    ADD CONSTRAINT tenant_key_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(id);

-- Name: token token_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

-- Name: case_contact; Type: ROW SECURITY; Schema: public; Owner: -

ALTER TABLE public.case_contact ENABLE ROW LEVEL SECURITY;

-- Name: case_contact case_contact_add; Type: POLICY; Schema: public; Owner: -

CREATE POLICY case_contact_add ON public.case_contact FOR INSERT WITH CHECK ((tenant_id = ( SELECT public.session_tenant() AS session_tenant)));

-- Name: case_contact case_contact_territory; Type: POLICY; Schema: public; Owner: -

CREATE POLICY case_contact_territory ON public.case_contact USING (((tenant_id = ( SELECT public.session_tenant() AS session_tenant)) AND (( SELECT public.session_everywhere() AS session_everywhere) OR (case_id = ( SELECT public.session_case() AS session_case)) OR public.session_holds_case(tenant_id, case_id))));

-- Name: case_follow; Type: ROW SECURITY; Schema: public; Owner: -

ALTER TABLE public.case_follow ENABLE ROW LEVEL SECURITY;

-- Name: case_follow case_follow_tenant; Type: POLICY; Schema: public; Owner: -

CREATE POLICY case_follow_tenant ON public.case_follow USING ((tenant_id = ( SELECT public.session_tenant() AS session_tenant)));

-- Name: person; Type: ROW SECURITY; Schema: public; Owner: -

ALTER TABLE public.person ENABLE ROW LEVEL SECURITY;

-- Name: person person_territory; Type: POLICY; Schema: public; Owner: -

CREATE POLICY person_territory ON public.person USING (((tenant_id = ( SELECT public.session_tenant() AS session_tenant)) AND (( SELECT public.session_everywhere() AS session_everywhere) OR public.session_holds(tenant_id, kind, subject_id))));

-- Name: search_count; Type: ROW SECURITY; Schema: public; Owner: -

ALTER TABLE public.search_count ENABLE ROW LEVEL SECURITY;

-- Name: search_count search_count_tenant; Type: POLICY; Schema: public; Owner: -

CREATE POLICY search_count_tenant ON public.search_count USING ((tenant_id = ( SELECT public.session_tenant() AS session_tenant)));

-- Name: tenant_key; Type: ROW SECURITY; Schema: public; Owner: -

ALTER TABLE public.tenant_key ENABLE ROW LEVEL SECURITY;

-- Name: tenant_key tenant_key_tenant; Type: POLICY; Schema: public; Owner: -

CREATE POLICY tenant_key_tenant ON public.tenant_key USING ((tenant_id = ( SELECT public.session_tenant() AS session_tenant)));

-- Name: unmask_count; Type: ROW SECURITY; Schema: public; Owner: -

ALTER TABLE public.unmask_count ENABLE ROW LEVEL SECURITY;

-- Name: unmask_count unmask_count_tenant; Type: POLICY; Schema: public; Owner: -

CREATE POLICY unmask_count_tenant ON public.unmask_count USING ((tenant_id = ( SELECT public.session_tenant() AS session_tenant)));
