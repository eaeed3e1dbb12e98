-- The figures over the cases r of tenant $1 that somebody is shown. $2 is now, $3 the
-- last midnight, $4 when the time began that is looked back on. The conditions are:
-- shown, whole, open. What is in no outline is counted where the whole is shown.
WITH r AS MATERIALIZED (
    SELECT r.state, r.category, r.area_ids, x.*,
           CASE WHEN x.whole THEN r.urgency END AS urgency,
           CASE WHEN x.whole AND x.closed THEN r.on_time END AS on_time,
           CASE WHEN x.whole AND x.closed THEN r.satisfaction END AS satisfaction
    FROM case_file r, LATERAL (
        SELECT coalesce(%[2]s, false) AS whole, %[3]s AS open,
               %[3]s AND coalesce(r.late_at IS NOT NULL AND %[2]s OR r.due_at < $2::timestamptz, false) AS late,
               r.reported_at >= $3::timestamptz AS today,
               r.state IN ('closed', 'evaluated') AND r.closed_at >= $3::timestamptz AS closed_today,
               r.state IN ('closed', 'evaluated') AND r.closed_at >= $4::timestamptz AS closed
    ) x
    WHERE r.tenant_id = $1 AND %[1]s AND (%[3]s OR r.reported_at >= $3::timestamptz OR r.closed_at >= least($3, $4::timestamptz))
), per_area AS (
    SELECT i.id, count(*) FILTER (WHERE r.open) AS open, count(*) FILTER (WHERE r.late) AS late,
           count(*) FILTER (WHERE r.today) AS today, avg(r.on_time::int) AS on_time
    FROM r, unnest(r.area_ids) AS i (id) GROUP BY i.id
), shown_level AS ( -- streets, or the communities where there is one street
    SELECT CASE WHEN count(*) > 1 THEN 'street' ELSE 'community' END AS level
    FROM area WHERE tenant_id = $1 AND upper_inf(valid) AND level = 'street'
)
SELECT count(*) FILTER (WHERE open), count(*) FILTER (WHERE late), count(*) FILTER (WHERE today),
       count(*) FILTER (WHERE closed_today), count(*) FILTER (WHERE closed),
       coalesce(avg(on_time::int), 0)::float8, coalesce(avg(satisfaction), 0)::float8, count(satisfaction),
       (SELECT coalesce(jsonb_object_agg(k, n), '{}') FROM (SELECT state AS k, count(*) AS n FROM r WHERE open GROUP BY 1) x),
       (SELECT coalesce(jsonb_object_agg(k, n), '{}') FROM (SELECT urgency AS k, count(*) AS n FROM r WHERE open AND whole GROUP BY 1) x),
       (SELECT coalesce(jsonb_object_agg(k, n), '{}') FROM (SELECT category AS k, count(*) AS n FROM r WHERE open GROUP BY 1) x),
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'layer', CASE a.level WHEN 'street' THEN 'streets' ELSE 'communities' END, 'id', a.id, 'code', a.code, 'name', a.name,
                   'open', coalesce(p.open, 0), 'late', coalesce(p.late, 0), 'today', coalesce(p.today, 0), 'onTime', coalesce(p.on_time, 0))
                   ORDER BY a.code), '[]')
        FROM area a JOIN shown_level USING (level) LEFT JOIN per_area p ON p.id = a.id
        WHERE a.tenant_id = $1 AND upper_inf(a.valid))
FROM r
