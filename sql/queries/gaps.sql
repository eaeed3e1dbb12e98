-- Holes that the staged areas leave between them: size in square metres and a
-- place inside, the largest first. Parameters and last columns as in overlaps.sql.
-- A hole of one area that no other fills is one as well.
WITH whole AS MATERIALIZED (
    SELECT (ST_Dump(ST_Union(geom))).geom FROM stage_coverage
), holes AS MATERIALIZED (
    SELECT ST_BuildArea(r.geom) AS geom FROM whole, ST_DumpRings(whole.geom) r WHERE r.path[1] > 0
), sized AS MATERIALIZED (
    SELECT *, ST_Area(geom::geography) AS m2 FROM holes
), biggest AS (
    SELECT *, count(*) FILTER (WHERE m2 >= $1) OVER () AS seen, count(*) OVER () AS counted
    FROM sized WHERE m2 >= $2
    ORDER BY m2 DESC, geom LIMIT $3
)
SELECT m2, ST_X(place), ST_Y(place), seen, counted
FROM biggest, ST_PointOnSurface(geom) place
ORDER BY m2 DESC, place
