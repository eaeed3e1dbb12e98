package sql_test

import (
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// BenchmarkPlaceCases replaces the two communities around 50,000 open cases: how long
// the import takes, and how long until all of them are in the new ones.
func BenchmarkPlaceCases(b *testing.B) {
	const open = 50000
	d := benchDesk(b)
	d.allPlaced()
	c := d.report(pin(), by(d.worker))
	mustExec(b, d.DB, `INSERT INTO case_file SELECT (jsonb_populate_record(f, jsonb_build_object('id', x.id, 'number', x.n::text,
			'reported_at', f.reported_at - x.n * interval '1 minute', 'doc', f.doc || jsonb_build_object('id', x.id, 'number', x.n::text,
			'place', f.doc->'place' || jsonb_build_object('lon', x.lon, 'lat', x.lat)), 'geom', ST_AsGeoJSON(ST_SetSRID(ST_Point(x.lon, x.lat), 4326))::jsonb))).*
		FROM case_file f, (SELECT n, gen_random_uuid() AS id, round((113.01 + 0.98 * random())::numeric, 7)::float8 AS lon, round((28.01 + 0.98 * random())::numeric, 7)::float8 AS lat
			FROM generate_series(2, $2::int) n) x WHERE f.id = $1`, c.ID, open)
	mustExec(b, d.DB, `ANALYZE`)
	codes := [][2]string{{"430181001011", "430181001012"}, {"430181001021", "430181001022"}}
	var imported, followed time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		d.apply(part{lintu.Communities, true, []lintu.Row{row(1, rect(113, 28, 113.5, 29), codes[i%2][0], "新社区", ""), row(2, rect(113.5, 28, 114, 29), codes[i%2][1], "另一社区", "")}})
		imported += time.Since(begin)
		begin = time.Now()
		d.allPlaced()
		followed += time.Since(begin)
	}
	if left := d.strings(`SELECT count(*)::text FROM case_file WHERE cardinality(area_ids) < 2`); left[0] != "0" {
		b.Errorf("%s cases are in no community", left[0])
	}
	b.ReportMetric(imported.Seconds()/float64(b.N), "s/import")
	b.ReportMetric(followed.Seconds()/float64(b.N), "s/follow")
}
