-- What has gone for good stays in the latest tables, where the indexes on geometry
-- hold present features only: a map of the past walked through all of it. It is
-- little beside what is there, so one index serves all layers of a table.
CREATE INDEX area_closed_geom_idx      ON area USING gist (geom) WHERE NOT upper_inf(valid);
CREATE INDEX household_closed_geom_idx ON household USING gist (geom) WHERE NOT upper_inf(valid);
CREATE INDEX head_closed_geom_idx      ON head USING gist (geom) WHERE NOT upper_inf(valid);
CREATE INDEX unit_closed_geom_idx      ON unit USING gist (geom) WHERE NOT upper_inf(valid);
CREATE INDEX base_closed_geom_idx      ON base USING gist (geom) WHERE NOT upper_inf(valid);

---- create above / drop below ----

DROP INDEX area_closed_geom_idx, household_closed_geom_idx, head_closed_geom_idx, unit_closed_geom_idx, base_closed_geom_idx;
