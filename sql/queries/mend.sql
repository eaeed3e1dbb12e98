-- Judges polygons that are not plainly valid, in their order.
-- $1 bytea[]: EWKB in EPSG:4326.
--
-- An invalid polygon is read in two ways: by crossing parity of all its lines
-- (linework) and as shells united less holes united (structure). The area of the
-- symmetric difference says how far the readings are apart. It is measured in
-- square degrees and scaled by the radii of curvature of WGS 84 at the shape's
-- latitude: m2 per square degree = M(lat) * N(lat) * cos(lat) * (pi/180)^2, with
-- M = a(1-e2)/w^3, N = a/w, w = sqrt(1 - e2 sin^2 lat).
WITH given AS (
    SELECT i, ST_Force2D(ST_GeomFromEWKB(b)) AS geom
    FROM unnest($1::bytea[]) WITH ORDINALITY AS u(b, i)
), judged AS (
    SELECT i, geom, v.valid, v.reason,
           coalesce(v.location, ST_PointN(ST_ExteriorRing(ST_GeometryN(geom, 1)), 1)) AS place
    FROM given CROSS JOIN LATERAL ST_IsValidDetail(geom) AS v
), readings AS (
    SELECT i,
           ST_CollectionExtract(ST_MakeValid(geom, 'method=linework'), 3) AS linework,
           ST_CollectionExtract(ST_MakeValid(geom, 'method=structure keepcollapsed=false'), 3) AS structure
    FROM judged WHERE NOT valid
), measured AS (
    SELECT i, structure, ST_Area(structure) * m2 AS area_m2,
           ST_Area(ST_SymDifference(linework, structure)) * m2 AS apart_m2
    FROM readings
    CROSS JOIN LATERAL (SELECT radians((ST_YMin(linework) + ST_YMax(linework)) / 2) AS lat) AS l
    CROSS JOIN LATERAL (SELECT 1 - 0.00669437999014 * sin(lat) ^ 2 AS w2) AS w
    CROSS JOIN LATERAL (SELECT 6378137.0 ^ 2 * (1 - 0.00669437999014) / w2 ^ 2 * cos(lat) * radians(1) ^ 2 AS m2) AS s
)
SELECT j.valid, coalesce(j.reason, ''),
       coalesce(ST_X(j.place), 0), coalesce(ST_Y(j.place), 0),
       coalesce(m.area_m2, 0), coalesce(m.apart_m2, 0),
       CASE WHEN NOT ST_IsEmpty(m.structure) THEN ST_AsEWKB(ST_Multi(m.structure)) END
FROM judged AS j LEFT JOIN measured AS m USING (i)
ORDER BY i
