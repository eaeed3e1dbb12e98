-- How many of the cases r of tenant $1 that are shown and came since $2 are in each
-- cell, of which there are $3 in a degree; what turned out to be none, or another
-- one, is not counted. The condition is: shown.
SELECT floor(ST_X(r.geom) * $3)::float8 / $3, floor(ST_Y(r.geom) * $3)::float8 / $3, count(*)::float8
FROM case_file r
WHERE r.tenant_id = $1 AND r.reported_at >= $2::timestamptz AND r.state NOT IN ('declined', 'merged') AND %[1]s
GROUP BY 1, 2 ORDER BY 1, 2
