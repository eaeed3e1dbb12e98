-- What the change log of tenant $1 shows at the instant $3 (null: now) and did not
-- show at $2, by kind; one row with a null kind where that is nothing. Instants are
-- snapshots. Only rows that $2 cannot see are read: those of the transactions $6 that
-- were running then, and of those from $5 on. $4 bounds them; more are not told.
-- $7 is the life of the server in which $2 was taken, and $8 that of $3.
WITH look AS (
    SELECT $2::text::pg_snapshot AS after, coalesce($3::text::pg_snapshot, pg_current_snapshot()) AS until,
           coalesce(extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time())::text, '') AS life
), fresh AS (
    (SELECT xid, kind, id, old_bounds, new_bounds FROM change
     WHERE tenant_id = $1 AND xid = ANY ($6::text[]::xid8[])
     ORDER BY xid, seq LIMIT $4)
    UNION ALL
    (SELECT xid, kind, id, old_bounds, new_bounds FROM change
     WHERE tenant_id = $1 AND xid >= $5::text::xid8
     ORDER BY xid, seq LIMIT $4)
), kinds AS (
    SELECT kind,
           array_agg(DISTINCT id) FILTER (WHERE id IS NOT NULL) AS ids,
           bool_or(old_bounds IS NULL AND new_bounds IS NULL) AS anywhere,
           least(min(ST_XMin(old_bounds)), min(ST_XMin(new_bounds))) AS west,
           least(min(ST_YMin(old_bounds)), min(ST_YMin(new_bounds))) AS south,
           greatest(max(ST_XMax(old_bounds)), max(ST_XMax(new_bounds))) AS east,
           greatest(max(ST_YMax(old_bounds)), max(ST_YMax(new_bounds))) AS north
    FROM fresh, look WHERE pg_visible_in_snapshot(xid, until)
    GROUP BY kind
)
SELECT until::text || '@' || coalesce($8::text, life), pg_snapshot_xmax(after) > pg_snapshot_xmax(pg_current_snapshot()) OR $7::text <> life, (SELECT count(*) FROM fresh),
       kind, ids, anywhere, west, south, east, north
FROM look LEFT JOIN kinds ON true
ORDER BY kind
