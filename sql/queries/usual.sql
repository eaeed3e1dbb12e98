-- How many of the cases r of tenant $1 that are shown came in each of the spans from
-- $2 to $3, in the mean over those that began after the first case of all. The
-- condition is: shown.
SELECT coalesce(avg(n), 0)::float8
FROM (
    SELECT (SELECT count(*) FROM case_file r
            WHERE r.tenant_id = $1 AND r.reported_at >= s.since AND r.reported_at < s.till AND %[1]s) AS n
    FROM unnest($2::timestamptz[], $3::timestamptz[]) AS s (since, till)
    WHERE s.since >= (SELECT min(reported_at) FROM case_file WHERE tenant_id = $1)
) x
