-- The entries first to last of an audit of that many, of a year, chained on top
-- of a hash.
CREATE FUNCTION audit_made(tenant int, first int, last int, entries int, before bytea) RETURNS SETOF audit LANGUAGE plpgsql AS $$
DECLARE
    a audit;
    begun CONSTANT timestamptz := '2025-01-01T00:00:00Z';
    acts CONSTANT text[] := '{sign_in,sign_out,refuse,unmask,find_person,assign}';
BEGIN
    a.hash := before;
    FOR i IN first..last LOOP
        a := ROW (tenant, i, begun + interval '364 days' * (i::float8 / entries), 'user:' || md5((i % 500)::text)::uuid,
            '10.0.' || i % 4 || '.' || i % 250, acts[1 + i % 6], 'household', md5(i::text)::uuid,
            CASE WHEN i % 6 = 3 THEN '走访独居老人' ELSE '' END, '{"purpose": "visit", "layer": "households"}', a.hash, '');
        a.hash := audit_hash(a);
        RETURN NEXT a;
    END LOOP;
END $$;

-- Writes like audit_write, many entries at once and without waiting for anybody.
CREATE PROCEDURE audit_fill(tenant int, entries int) LANGUAGE plpgsql AS $$
DECLARE
    size CONSTANT int := 100000;
    before bytea := decode(repeat('00', 32), 'hex');
BEGIN
    PERFORM audit_month('2025-01-01T00:00:00Z'::timestamptz + n * interval '1 month') FROM generate_series(0, 11) n;
    FOR lot IN 1..entries BY size LOOP
        INSERT INTO audit SELECT * FROM audit_made(tenant, lot, least(lot + size - 1, entries), entries, before);
        SELECT hash INTO before FROM audit WHERE tenant_id = tenant AND seq = least(lot + size - 1, entries);
        COMMIT;
    END LOOP;
    INSERT INTO audit_head SELECT tenant_id, seq, at, hash FROM audit WHERE tenant_id = tenant AND seq = entries;
END $$
