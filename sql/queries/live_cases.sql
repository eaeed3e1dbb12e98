-- What happened to the cases $2 of tenant $1 as far as it is to be seen at the
-- instant $4, and whether it was already at $3. What people wrote is left out.
SELECT case_id, seq, at, act, to_state, patch, pg_visible_in_snapshot(xid, $3::text::pg_snapshot)
FROM case_event
WHERE tenant_id = $1 AND case_id = ANY ($2) AND pg_visible_in_snapshot(xid, $4::text::pg_snapshot)
ORDER BY case_id, seq
