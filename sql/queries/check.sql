-- Rows of tenant $1 that break a rule which no constraint holds: rule, table,
-- number of rows. None come back if all is well.
SELECT rule, relation, n FROM (
    -- a version that no known batch brought or ended
    SELECT 'batch', 'area', count(*) FROM area_version v WHERE v.tenant_id = $1 AND EXISTS (
        SELECT FROM (VALUES (v.batch_id), (v.closed_by)) u (id) WHERE u.id IS NOT NULL
        AND NOT EXISTS (SELECT FROM batch b WHERE b.tenant_id = $1 AND b.id = u.id))
    UNION ALL
    -- versions that are not numbered from 1 without a gap, or do not follow in time
    SELECT 'version', 'area', count(*) FROM (
        SELECT v.version, v.valid, row_number() OVER w AS due, lag(v.valid) OVER w AS before
        FROM area_version v WHERE v.tenant_id = $1 WINDOW w AS (PARTITION BY v.id ORDER BY v.version)) s
        WHERE s.version <> s.due OR NOT s.before << s.valid
    UNION ALL
    -- a version that no known batch brought or ended
    SELECT 'batch', 'household', count(*) FROM household_version v WHERE v.tenant_id = $1 AND EXISTS (
        SELECT FROM (VALUES (v.batch_id), (v.closed_by)) u (id) WHERE u.id IS NOT NULL
        AND NOT EXISTS (SELECT FROM batch b WHERE b.tenant_id = $1 AND b.id = u.id))
    UNION ALL
    -- versions that are not numbered from 1 without a gap, or do not follow in time
    SELECT 'version', 'household', count(*) FROM (
        SELECT v.version, v.valid, row_number() OVER w AS due, lag(v.valid) OVER w AS before
        FROM household_version v WHERE v.tenant_id = $1 WINDOW w AS (PARTITION BY v.id ORDER BY v.version)) s
        WHERE s.version <> s.due OR NOT s.before << s.valid
    UNION ALL
    -- a version that no known batch brought or ended
    SELECT 'batch', 'head', count(*) FROM head_version v WHERE v.tenant_id = $1 AND EXISTS (
        SELECT FROM (VALUES (v.batch_id), (v.closed_by)) u (id) WHERE u.id IS NOT NULL
        AND NOT EXISTS (SELECT FROM batch b WHERE b.tenant_id = $1 AND b.id = u.id))
    UNION ALL
    -- versions that are not numbered from 1 without a gap, or do not follow in time
    SELECT 'version', 'head', count(*) FROM (
        SELECT v.version, v.valid, row_number() OVER w AS due, lag(v.valid) OVER w AS before
        FROM head_version v WHERE v.tenant_id = $1 WINDOW w AS (PARTITION BY v.id ORDER BY v.version)) s
        WHERE s.version <> s.due OR NOT s.before << s.valid
    UNION ALL
    -- a version that no known batch brought or ended
    SELECT 'batch', 'unit', count(*) FROM unit_version v WHERE v.tenant_id = $1 AND EXISTS (
        SELECT FROM (VALUES (v.batch_id), (v.closed_by)) u (id) WHERE u.id IS NOT NULL
        AND NOT EXISTS (SELECT FROM batch b WHERE b.tenant_id = $1 AND b.id = u.id))
    UNION ALL
    -- versions that are not numbered from 1 without a gap, or do not follow in time
    SELECT 'version', 'unit', count(*) FROM (
        SELECT v.version, v.valid, row_number() OVER w AS due, lag(v.valid) OVER w AS before
        FROM unit_version v WHERE v.tenant_id = $1 WINDOW w AS (PARTITION BY v.id ORDER BY v.version)) s
        WHERE s.version <> s.due OR NOT s.before << s.valid
    UNION ALL
    -- a version that no known batch brought or ended
    SELECT 'batch', 'base', count(*) FROM base_version v WHERE v.tenant_id = $1 AND EXISTS (
        SELECT FROM (VALUES (v.batch_id), (v.closed_by)) u (id) WHERE u.id IS NOT NULL
        AND NOT EXISTS (SELECT FROM batch b WHERE b.tenant_id = $1 AND b.id = u.id))
    UNION ALL
    -- versions that are not numbered from 1 without a gap, or do not follow in time
    SELECT 'version', 'base', count(*) FROM (
        SELECT v.version, v.valid, row_number() OVER w AS due, lag(v.valid) OVER w AS before
        FROM base_version v WHERE v.tenant_id = $1 WINDOW w AS (PARTITION BY v.id ORDER BY v.version)) s
        WHERE s.version <> s.due OR NOT s.before << s.valid
    UNION ALL
    -- counts of areas that are not what is there
    SELECT 'count', 'area', count(*) FROM area a WHERE a.tenant_id = $1 AND upper_inf(a.valid)
        AND (a.households <> (SELECT count(*) FROM household h WHERE h.tenant_id = $1 AND upper_inf(h.valid) AND ST_Contains(a.geom, h.geom))
          OR a.heads <> (SELECT count(*) FROM head h WHERE h.tenant_id = $1 AND upper_inf(h.valid) AND ST_Contains(a.geom, h.geom)))
    UNION ALL
    -- present assignments of a household or to a head that has gone
    SELECT 'gone', 'assignment', count(*) FROM assignment a
        JOIN household h ON h.tenant_id = $1 AND h.id = a.household_id
        JOIN head n ON n.tenant_id = $1 AND n.id = a.head_id
        WHERE a.tenant_id = $1 AND upper_inf(a.valid) AND NOT (upper_inf(h.valid) AND upper_inf(n.valid))
    UNION ALL
    -- cases without their events, or events that are not numbered from 1 without a gap
    SELECT 'events', 'case_file', count(*) FROM case_file c
        LEFT JOIN (SELECT case_id, max(seq) AS last, count(*) AS n FROM case_event WHERE tenant_id = $1 GROUP BY case_id) e ON e.case_id = c.id
        WHERE c.tenant_id = $1 AND (e.last IS DISTINCT FROM c.seq OR e.n IS DISTINCT FROM c.seq)
    UNION ALL
    SELECT 'row', 'case_event', count(*) FROM case_event e WHERE e.tenant_id = $1 AND e.seq = 1
        AND NOT EXISTS (SELECT FROM case_file c WHERE c.tenant_id = $1 AND c.id = e.case_id)
    UNION ALL
    -- photos of events that are not known, or that their event does not name
    SELECT 'event', 'case_photo', count(*) FROM case_photo p WHERE p.tenant_id = $1 AND p.case_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM case_event e WHERE e.tenant_id = $1 AND e.case_id = p.case_id AND e.seq = p.seq AND p.id = ANY (e.photos))
) faults (rule, relation, n) WHERE n > 0 ORDER BY rule, relation
