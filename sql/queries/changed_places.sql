-- The lines of the change log of tenant $1 that are to be seen now and were not at the
-- snapshot whose xmax was $2 and at which the transactions $3 were running, for the
-- kinds $4; $5 bounds them. single is whether one feature changed; the box is around
-- what was there and what is there now, null where that is nothing.
WITH fresh AS (
    (SELECT kind, id, old_bounds, new_bounds FROM change
     WHERE tenant_id = $1 AND xid = ANY ($3::text[]::xid8[]) AND kind = ANY ($4::text[]) LIMIT $5)
    UNION ALL
    (SELECT kind, id, old_bounds, new_bounds FROM change
     WHERE tenant_id = $1 AND xid >= $2::text::xid8 AND kind = ANY ($4::text[]) LIMIT $5)
)
SELECT kind, id IS NOT NULL AS single,
       ST_XMin(b.old), ST_YMin(b.old), ST_XMax(b.old), ST_YMax(b.old),
       ST_XMin(b.new), ST_YMin(b.new), ST_XMax(b.new), ST_YMax(b.new)
FROM fresh, LATERAL (SELECT old_bounds AS old, new_bounds AS new) b
