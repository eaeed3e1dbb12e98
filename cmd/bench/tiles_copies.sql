-- Sets copies of the imported town beside it. Parameters: how many metres east and how many
-- north of it each copy stands. What only keeps edits safe is left out, as are indexes that
-- no tile uses: they would take most of the time.
ALTER TABLE assignment DROP CONSTRAINT assignment_one_head_excl, DROP CONSTRAINT assignment_household_fkey, DROP CONSTRAINT assignment_head_fkey, DROP CONSTRAINT assignment_pkey;
DROP INDEX assignment_head_idx, assignment_present_idx, household_geom_idx, head_geom_idx;
ALTER TABLE household DROP CONSTRAINT household_code_key, DROP CONSTRAINT household_pkey CASCADE;
ALTER TABLE head DROP CONSTRAINT head_code_key, DROP CONSTRAINT head_pkey CASCADE;

CREATE UNLOGGED TABLE bench_copy AS SELECT n, east, north FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY c (east, north, n);

INSERT INTO head (tenant_id, id, version, valid, code, name, geom)
SELECT h.tenant_id, md5(h.id::text || c.n)::uuid, 1, h.valid, '430181' || 399 + c.n || substr(h.code, 10), h.name,
	ST_Transform(ST_Translate(h.metres, c.east, c.north), 4326)
FROM bench_copy c CROSS JOIN (SELECT *, ST_Transform(geom, 4547) AS metres FROM head OFFSET 0) h;

INSERT INTO household (tenant_id, id, version, valid, code, name, building, geom)
SELECT h.tenant_id, md5(h.id::text || c.n)::uuid, 1, h.valid, '430181' || 399 + c.n || substr(h.code, 10), h.name, '430181' || 399 + c.n || substr(h.building, 10),
	ST_Transform(ST_Translate(h.metres, c.east, c.north), 4326)
FROM bench_copy c CROSS JOIN (SELECT *, ST_Transform(geom, 4547) AS metres FROM household OFFSET 0) h;

INSERT INTO assignment (tenant_id, household_id, version, head_id, valid)
SELECT a.tenant_id, md5(a.household_id::text || c.n)::uuid, 1, md5(a.head_id::text || c.n)::uuid, a.valid
FROM bench_copy c CROSS JOIN (SELECT * FROM assignment OFFSET 0) a;

CREATE INDEX household_geom_idx ON household USING gist (geom) WHERE upper_inf(valid);
CREATE INDEX head_geom_idx ON head USING gist (geom) WHERE upper_inf(valid);
ALTER TABLE household ADD CONSTRAINT household_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE head ADD CONSTRAINT head_pkey PRIMARY KEY (tenant_id, id);
CREATE UNIQUE INDEX assignment_present_idx ON assignment (tenant_id, household_id) INCLUDE (head_id) WHERE upper_inf(valid);
