-- Holes that the staged areas leave between them, with the parameters and columns
-- of overlaps.sql. A hole of one area that no other fills is one as well.
WITH whole AS MATERIALIZED (
    SELECT (ST_Dump(ST_Union(geom))).geom FROM stage_coverage
), holes AS MATERIALIZED (
    SELECT ST_BuildArea(r.geom) AS geom FROM whole, ST_DumpRings(whole.geom) r WHERE r.path[1] > 0
), sized AS MATERIALIZED (
    SELECT *, ST_Area(geom::geography) AS m2, ST_Perimeter(geom::geography) AS m FROM holes
), biggest AS (
    SELECT *, count(*) FILTER (WHERE seen) OVER () AS all_seen, count(*) OVER () AS counted
    FROM (SELECT *, m2 >= $1 AND 2 * m2 / m >= $2 AS seen FROM sized WHERE m2 >= $3) judged
    ORDER BY seen DESC, m2 DESC, geom LIMIT $4
)
SELECT m2, ST_X(place), ST_Y(place), seen, all_seen, counted
FROM biggest, ST_PointOnSurface(geom) place
ORDER BY seen DESC, m2 DESC, place
