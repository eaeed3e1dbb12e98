-- The neighbor head who looks after the household $2 of tenant $1 now, and since when.
SELECT h.id::text, h.code, h.name, ST_X(h.geom), ST_Y(h.geom), lower(a.valid)
FROM assignment a
JOIN head h ON h.tenant_id = a.tenant_id AND h.id = a.head_id
WHERE a.tenant_id = $1 AND a.household_id = $2::text::uuid AND upper_inf(a.valid)
