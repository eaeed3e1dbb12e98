-- Pairs of staged areas whose interiors meet: rows, codes, size in square metres
-- and a place inside, the largest first. $1 is the size from which a pair counts
-- as more than noise of a shared border, $2 the least that counts at all. The
-- last two columns are the numbers of pairs from $1 and from $2.
WITH pairs AS MATERIALIZED (
    SELECT a.number AS row_a, a.code AS code_a, b.number AS row_b, b.code AS code_b,
           ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom
    FROM stage_coverage a JOIN stage_coverage b ON a.geom && b.geom AND a.number < b.number
), sized AS MATERIALIZED (
    SELECT *, ST_Area(geom::geography) AS m2 FROM pairs WHERE NOT ST_IsEmpty(geom)
), biggest AS (
    SELECT *, count(*) FILTER (WHERE m2 >= $1) OVER () AS seen, count(*) OVER () AS counted
    FROM sized WHERE m2 >= $2
    ORDER BY m2 DESC, row_a, row_b LIMIT $3
)
SELECT row_a, code_a, row_b, code_b, m2, ST_X(place), ST_Y(place), seen, counted
FROM biggest, ST_PointOnSurface(geom) place
ORDER BY m2 DESC, row_a, row_b
