-- What the comparison needs beside the town: gone with the database.
CREATE UNLOGGED TABLE bench_pin (i int PRIMARY KEY, lon float8 NOT NULL, lat float8 NOT NULL, accuracy float8 NOT NULL, category text NOT NULL, rung text NOT NULL);
CREATE UNLOGGED TABLE bench_path (category text, ancestor text, depth int);
CREATE UNLOGGED TABLE bench_got (i int, areas text, doubt text, head text, handler text, rule int);
