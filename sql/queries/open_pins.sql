-- The open cases r of tenant $1 that are shown, as pins, and whether the whole is
-- shown. The conditions are: shown, whole, open, unanswered.
SELECT r.id, r.number, r.seq, ST_X(r.geom), ST_Y(r.geom), r.category, r.state, r.urgency, r.rung, r.area_ids,
       CASE WHEN r.handler_kind = 'unit' THEN coalesce(r.doc->'handler'->>'code', '') ELSE '' END,
       r.reported_at, r.since, r.due_at, r.late_at IS NOT NULL, e.act, r.changed_at, coalesce(%[4]s, false), coalesce(%[2]s, false)
FROM case_file r
JOIN case_event e ON e.tenant_id = r.tenant_id AND e.case_id = r.id AND e.seq = r.seq
WHERE r.tenant_id = $1 AND %[3]s AND %[1]s
ORDER BY r.reported_at, r.id
