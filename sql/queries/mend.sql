-- Judges polygons that are not plainly valid, in their order.
-- $1 bytea[]: EWKB in EPSG:4326. $2: the tolerance in m2, $3: as a share of the area.
--
-- An invalid polygon is read in two ways: as shells united less holes united
-- (structure) and by crossing parity of all its lines (linework). The area of the
-- symmetric difference says how far the readings are apart.
--
-- Parity is slow. But area and centroid of the rings as they were drawn count a
-- face as often as the ring winds around it; where both are those of the
-- structure, every face was counted once and there is nothing to differ about.
-- Most faults, rings that touch themselves, end there.
--
-- Areas are measured in square degrees and scaled by the radii of curvature of
-- WGS 84 at the shape's latitude: m2 per square degree =
-- M(lat) * N(lat) * cos(lat) * (pi/180)^2, with M = a(1-e2)/w^3, N = a/w,
-- w = sqrt(1 - e2 sin^2 lat).
--
-- MATERIALIZED, or each mention of a column would compute it again.
WITH given AS MATERIALIZED (
    SELECT i, ST_Force2D(ST_GeomFromEWKB(b)) AS geom
    FROM unnest($1::bytea[]) WITH ORDINALITY AS u(b, i)
), judged AS MATERIALIZED (
    SELECT i, geom, v.valid, v.reason,
           coalesce(v.location, ST_PointN(ST_ExteriorRing(ST_GeometryN(geom, 1)), 1)) AS place
    FROM given CROSS JOIN LATERAL ST_IsValidDetail(geom) AS v
), mended AS MATERIALIZED (
    SELECT i, geom, m2, ST_CollectionExtract(ST_MakeValid(geom, 'method=structure keepcollapsed=false'), 3) AS structure
    FROM judged
    CROSS JOIN LATERAL (SELECT radians((ST_YMin(geom) + ST_YMax(geom)) / 2) AS lat) AS l
    CROSS JOIN LATERAL (SELECT 1 - 0.00669437999014 * sin(lat) ^ 2 AS w2) AS w
    CROSS JOIN LATERAL (SELECT 6378137.0 ^ 2 * (1 - 0.00669437999014) / w2 ^ 2 * cos(lat) * radians(1) ^ 2 AS m2) AS s
    WHERE NOT valid
), sized AS MATERIALIZED (
    SELECT *, ST_Area(structure) AS area, greatest($2::float8 / m2, $3::float8 * ST_Area(structure)) AS tolerance
    FROM mended
), measured AS MATERIALIZED (
    SELECT i, structure, tolerance * m2 AS tolerance_m2,
           CASE WHEN area > 0 AND abs(ST_Area(geom) - area) <= tolerance
                 AND ST_Distance(ST_Centroid(geom), ST_Centroid(structure)) * area
                     <= tolerance * ST_Distance(ST_Point(ST_XMin(geom), ST_YMin(geom)), ST_Point(ST_XMax(geom), ST_YMax(geom)))
                THEN 0
                ELSE ST_Area(ST_SymDifference(structure,
                         ST_CollectionExtract(ST_MakeValid(geom, 'method=linework'), 3))) * m2
           END AS apart_m2
    FROM sized
)
SELECT j.valid, coalesce(j.reason, ''),
       coalesce(ST_X(j.place), 0), coalesce(ST_Y(j.place), 0),
       coalesce(m.tolerance_m2, 0), coalesce(m.apart_m2, 0),
       CASE WHEN NOT ST_IsEmpty(m.structure) THEN ST_AsEWKB(ST_Multi(m.structure)) END
FROM judged AS j LEFT JOIN measured AS m USING (i)
ORDER BY i
