-- Covers the town with parcels that share their borders, $1 households to each. Corner
-- x, y of the lattice of corners, seven on each side of a parcel, stands a little
-- aside, always the same way.
INSERT INTO base (tenant_id, id, version, valid, layer, code, name, class, floors, geom)
WITH ground AS MATERIALIZED (
	SELECT ST_ConvexHull(ST_Collect(geom)) AS hull, min(ST_X(geom)) AS west, min(ST_Y(geom)) AS south, max(ST_X(geom)) AS east, max(ST_Y(geom)) AS north FROM head
), measured AS MATERIALIZED (
	SELECT *, sqrt(ST_Area(hull::geography) * $1 / (SELECT count(*) FROM household)) / 111000 AS side FROM ground
), lattice AS MATERIALIZED (
	SELECT *, side / 7 AS high, side / 7 / cos(radians((south + north) / 2)) AS wide FROM measured
), cell AS MATERIALIZED (
	SELECT l.*, x, y FROM lattice l, generate_series(0, ((l.east - l.west) / l.wide / 7)::int) x, generate_series(0, ((l.north - l.south) / l.high / 7)::int) y
	WHERE ST_Intersects(l.hull, ST_Point(l.west + l.wide * 7 * (x + 0.5), l.south + l.high * 7 * (y + 0.5), 4326))
)
SELECT 1, md5('parcel ' || c.x || ' ' || c.y)::uuid, 1, '[2026-01-01,)', 'buildings', 'P' || lpad(c.x::text, 5, '0') || lpad(c.y::text, 5, '0'),
	'第' || c.x || '-' || c.y || '宗地', (ARRAY['residential', 'office', 'school', 'shop', 'factory'])[1 + (c.x * 7 + c.y) % 5], (c.x + c.y) % 30,
	ST_Multi(ST_MakePolygon(ST_MakeLine(ARRAY(SELECT ST_Point(
			c.west + c.wide * (p.x + aside * (hashint8(p.x * 1000003 + p.y) & 65535)),
			c.south + c.high * (p.y + aside * (hashint8(p.y * 1000003 + p.x) & 65535)), 4326)
		FROM (SELECT c.x * 7::bigint + CASE k / 7 WHEN 0 THEN k WHEN 1 THEN 7 WHEN 2 THEN 21 - k ELSE 0 END AS x,
				c.y * 7::bigint + CASE k / 7 WHEN 1 THEN k - 7 WHEN 2 THEN 7 WHEN 3 THEN 28 - k ELSE 0 END AS y
			FROM generate_series(0, 28) k OFFSET 0) p))))
FROM cell c, (VALUES (0.6::float8 / 65536)) a (aside);
VACUUM ANALYZE base;
