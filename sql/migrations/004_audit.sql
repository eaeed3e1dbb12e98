-- The audit: who did what to what, from where and why; append-only and chained.
--
-- Chain. Each row's hash covers its fields and the hash before it, so that a
-- changed, missing, moved or inserted row shows. audit_head holds the end of
-- each tenant's chain, so that a chain cut short shows too. Its row lock is what
-- writers queue up behind: it is held from the append to the commit, which is
-- why whoever appends does it last. Edits, which may take minutes, queue up
-- behind a lock of their own (class 1) and have a clock of their own.
--
-- Rights. lintu_app may read, and append by audit_append. Nobody may change or
-- delete; a superuser can still, and VerifyAudit finds it.
--
-- Months. A partition is made by the first entry of its month (UTC): as a table
-- of its own that is then attached, since that waits for no reader.

CREATE TABLE edit_clock (
    tenant_id int NOT NULL,
    at        timestamptz NOT NULL,
    CONSTRAINT edit_clock_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT edit_clock_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
COMMENT ON TABLE edit_clock IS 'The instant of each tenant''s last edit: the next is later, whatever the server''s clock does.';
INSERT INTO edit_clock SELECT tenant_id, max(at) FROM audit GROUP BY tenant_id;

ALTER TABLE audit RENAME TO audit_before;
ALTER TABLE audit_before RENAME CONSTRAINT audit_pkey TO audit_before_pkey;

CREATE TABLE audit_head (
    tenant_id int    NOT NULL,
    seq       bigint NOT NULL,
    at        timestamptz NOT NULL,
    hash      bytea  NOT NULL,
    CONSTRAINT audit_head_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT audit_head_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT audit_head_hash_check CHECK (length(hash) = 32)
);
COMMENT ON TABLE audit_head IS 'The last entry of each tenant''s audit.';

CREATE TABLE audit (
    tenant_id int    NOT NULL,
    seq       bigint NOT NULL,
    at        timestamptz NOT NULL,
    actor     text   NOT NULL,
    from_addr text   NOT NULL,
    act       text   NOT NULL,
    kind      text   NOT NULL,
    id        uuid,
    why       text   NOT NULL,
    detail    jsonb  NOT NULL,
    prev_hash bytea  NOT NULL,
    hash      bytea  NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, seq, at),
    CONSTRAINT audit_hash_check CHECK (length(prev_hash) = 32 AND length(hash) = 32)
) PARTITION BY RANGE (at);
CREATE INDEX audit_actor_idx ON audit (tenant_id, actor, seq);
CREATE INDEX audit_act_idx ON audit (tenant_id, act, seq);
CREATE INDEX audit_id_idx ON audit (tenant_id, id, seq) WHERE id IS NOT NULL;
COMMENT ON TABLE audit IS 'Who did what to what. Each row''s hash covers the hash before it, so that a changed or missing row shows. No personal data.';
COMMENT ON COLUMN audit.from_addr IS 'Address of the client; empty on the server''s own machine.';
COMMENT ON COLUMN audit.prev_hash IS 'Hash of the entry before; 32 zero bytes for the first.';

-- One field of a hash's input: the length of its value in four bytes and the
-- value, or -1 for null, so that no two entries have the same input.
CREATE FUNCTION audit_field(value bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(int4send(length(value)) || value, int4send(-1))
$$;

-- The hash of a row: SHA-256 over the hash before it, and the fields in
-- PostgreSQL's binary form; detail as text. VerifyAudit does the same in Go.
CREATE FUNCTION audit_hash(a audit) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(a.prev_hash
        || audit_field(int4send(a.tenant_id)) || audit_field(int8send(a.seq)) || audit_field(timestamptz_send(a.at))
        || audit_field(textsend(a.actor)) || audit_field(textsend(a.from_addr))
        || audit_field(textsend(a.act)) || audit_field(textsend(a.kind)) || audit_field(uuid_send(a.id))
        || audit_field(textsend(a.why)) || audit_field(textsend(a.detail::text)))
$$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the audit is appended only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_refuse';
END $$;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse(); -- partitions inherit it
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_keep BEFORE DELETE OR TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_keep_next BEFORE UPDATE ON audit_head FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.seq <> OLD.seq + 1 OR NEW.at < OLD.at) EXECUTE FUNCTION audit_refuse();

-- Makes the partition of an instant's month if there is none. Two writers at the
-- turn of a month meet at a lock (class 2).
CREATE FUNCTION audit_month(instant timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
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

-- Appends an entry of about that instant: never before the entry before.
CREATE FUNCTION audit_write(of_tenant int, instant timestamptz, by_actor text, client text, what text, on_kind text, on_id uuid, because text, more jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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

-- The one way for lintu_app to write to the audit.
CREATE FUNCTION audit_append(of_tenant int, by_actor text, client text, what text, on_kind text, on_id uuid, because text, more jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT audit_write(of_tenant, clock_timestamp(), by_actor, client, what, on_kind, on_id, because, more)
$$;

REVOKE ALL ON FUNCTION audit_month(timestamptz), audit_write(int, timestamptz, text, text, text, text, uuid, text, jsonb),
    audit_append(int, text, text, text, text, uuid, text, jsonb) FROM PUBLIC;
GRANT SELECT ON audit, audit_head TO lintu_app;
GRANT EXECUTE ON FUNCTION audit_append(int, text, text, text, text, uuid, text, jsonb) TO lintu_app;

-- The entries so far are chained anew, with their old times: they had fewer
-- fields, and one chain is verified in one way. Each tenant's old chain ends in
-- an entry that keeps its last hash, for those who noted it, and says which of
-- its entries was the first that did not fit, if one did not.
DO $$
DECLARE
    old  audit_before;
    last record;
BEGIN
    FOR old IN SELECT * FROM audit_before ORDER BY tenant_id, seq LOOP
        PERFORM audit_write(old.tenant_id, old.at, old.actor, '', old.act, old.kind, old.id, '', old.detail);
    END LOOP;
    FOR last IN
        SELECT tenant_id, max(seq) AS seq, encode((array_agg(hash ORDER BY seq DESC))[1], 'hex') AS hash,
            min(seq) FILTER (WHERE seq <> due OR hash <> audit_hash(a) OR prev_hash <> before) AS broken
        FROM (SELECT a, a.tenant_id, a.seq, a.hash, a.prev_hash, row_number() OVER w AS due,
                coalesce(lag(a.hash) OVER w, '') AS before
            FROM audit_before a WINDOW w AS (PARTITION BY a.tenant_id ORDER BY a.seq)) chain
        GROUP BY tenant_id
    LOOP
        PERFORM audit_write(last.tenant_id, clock_timestamp(), 'migration', '', 'rechain', 'audit', NULL, '',
            jsonb_build_object('seq', last.seq, 'hash', last.hash, 'broken', last.broken));
    END LOOP;
END $$;

DROP FUNCTION audit_hash(audit_before);
DROP TABLE audit_before;
DROP FUNCTION audit_chain();

---- create above / drop below ----

ALTER TABLE audit RENAME TO audit_after;
ALTER TABLE audit_after RENAME CONSTRAINT audit_pkey TO audit_after_pkey;

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
CREATE FUNCTION audit_hash(a audit) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        a.tenant_id, a.seq, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        a.actor, a.act, a.kind, a.id, a.detail, encode(a.prev_hash, 'hex'))::text, 'UTF8'))
$$;
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
INSERT INTO audit (tenant_id, at, actor, act, kind, id, detail)
    SELECT tenant_id, at, actor, act, kind, id, detail FROM audit_after ORDER BY tenant_id, seq;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();
GRANT SELECT ON audit TO lintu_app;

DROP FUNCTION audit_append(int, text, text, text, text, uuid, text, jsonb);
DROP FUNCTION audit_write(int, timestamptz, text, text, text, text, uuid, text, jsonb);
DROP FUNCTION audit_month(timestamptz);
DROP FUNCTION audit_hash(audit_after);
DROP TABLE audit_after, audit_head, edit_clock;
DROP FUNCTION audit_field(bytea), audit_refuse();
