-- Pairs of staged areas whose interiors meet: rows, codes, size in square metres,
-- a place inside, whether it is more than a sliver, and the numbers of pairs that
-- are and of all; the largest first, at most $4. A sliver is smaller than $1
-- square metres or narrower than $2 metres; what is under $3 square metres does
-- not count at all. The mean width of a strip is twice its area by its perimeter.
WITH pairs AS MATERIALIZED (
    SELECT a.number AS row_a, a.code AS code_a, b.number AS row_b, b.code AS code_b,
           ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom
    FROM stage_coverage a JOIN stage_coverage b ON a.geom && b.geom AND a.number < b.number
), sized AS MATERIALIZED (
    SELECT *, ST_Area(geom::geography) AS m2, ST_Perimeter(geom::geography) AS m FROM pairs WHERE NOT ST_IsEmpty(geom)
), biggest AS (
    SELECT *, count(*) FILTER (WHERE seen) OVER () AS all_seen, count(*) OVER () AS counted
    FROM (SELECT *, m2 >= $1 AND 2 * m2 / m >= $2 AS seen FROM sized WHERE m2 >= $3) judged
    ORDER BY seen DESC, m2 DESC, row_a, row_b LIMIT $4
)
SELECT row_a, code_a, row_b, code_b, m2, ST_X(place), ST_Y(place), seen, all_seen, counted
FROM biggest, ST_PointOnSurface(geom) place
ORDER BY seen DESC, m2 DESC, row_a, row_b
