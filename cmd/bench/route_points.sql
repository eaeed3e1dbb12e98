-- $1 pins over the town, of categories $2 on rungs $3: six in ten anywhere in a box
-- that is a little wider than the town, three at a home or within some 60 m of one, one
-- exactly on a corner or in the middle of an edge of an area.
WITH homes AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY code) AS n, geom FROM household
), rings AS (
    SELECT (ST_DumpRings((ST_Dump(geom)).geom)).geom AS g, code FROM area
), corners AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY code, ST_X(geom), ST_Y(geom)) AS n, geom FROM (
        SELECT code, ST_PointN(ST_ExteriorRing(g), i) AS geom FROM rings, generate_series(1, ST_NPoints(g) - 1) i
        UNION ALL
        SELECT code, ST_LineInterpolatePoint(ST_MakeLine(ST_PointN(ST_ExteriorRing(g), i), ST_PointN(ST_ExteriorRing(g), i + 1)), 0.5)
        FROM rings, generate_series(1, ST_NPoints(g) - 1) i) x
), chance AS MATERIALIZED (
    SELECT i, random() AS x, random() AS y, random() AS near, random() AS how_far, random() AS what, random() AS up, random() AS sure
    FROM generate_series(1, $1::int) i ORDER BY i
), town AS MATERIALIZED (
    SELECT ST_XMin(e) AS w, ST_YMin(e) AS s, ST_XMax(e) - ST_XMin(e) AS wide, ST_YMax(e) - ST_YMin(e) AS high,
        (SELECT count(*) FROM homes) AS homes, (SELECT count(*) FROM corners) AS corners
    FROM (SELECT ST_Extent(geom) AS e FROM area) x
)
INSERT INTO bench_pin (i, lon, lat, accuracy, category, rung)
SELECT c.i,
    CASE WHEN c.i % 10 < 6 THEN town.w + town.wide * (1.1 * c.x - 0.05) WHEN c.i % 10 < 9 THEN ST_X(h.geom) + CASE WHEN how_far < 0.1 THEN 0 ELSE 0.001 * (c.x - 0.5) END ELSE ST_X(k.geom) END,
    CASE WHEN c.i % 10 < 6 THEN town.s + town.high * (1.1 * c.y - 0.05) WHEN c.i % 10 < 9 THEN ST_Y(h.geom) + CASE WHEN how_far < 0.1 THEN 0 ELSE 0.001 * (c.y - 0.5) END ELSE ST_Y(k.geom) END,
    ('{0,0,0,0,0,5,8,12,20,30,65,200,500,3000}'::float8[])[1 + floor(sure * 14)::int],
    ($2::text[])[1 + floor(what * cardinality($2::text[]))::int], ($3::text[])[1 + floor(up * cardinality($3::text[]))::int]
FROM town, chance c
LEFT JOIN homes h ON c.i % 10 BETWEEN 6 AND 8 AND h.n = 1 + floor(c.near * (SELECT homes FROM town))::int
LEFT JOIN corners k ON c.i % 10 = 9 AND k.n = 1 + floor(c.near * (SELECT corners FROM town))::int
