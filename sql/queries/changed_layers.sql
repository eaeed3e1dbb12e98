-- The layers of tenant $1 that changed after the snapshot $2, the snapshot of this
-- look, and the life of the server. A transaction that was running at $2 has an xid from the
-- snapshot's xmin up, so the index ends the search there. $2 null: none.
SELECT pg_current_snapshot()::text,
       coalesce(extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time())::text, ''),
       coalesce((
           SELECT array_agg(DISTINCT c.kind)
           FROM change c
           WHERE c.tenant_id = $1
             AND c.xid >= pg_snapshot_xmin($2::text::pg_snapshot)
             AND NOT pg_visible_in_snapshot(c.xid, $2::text::pg_snapshot)
       ), '{}')
