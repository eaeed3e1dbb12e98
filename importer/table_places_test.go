package importer

import (
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

func TestPlacesInTables(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"degrees":      {"编号,经度,纬度\n1,113.63,28.16\n2,,\n3,113.64,\n4,东,西\n5,113.6,28.1\n6,113.6,28.1\n7,113.6,28.1\n8,113.6,28.1\n9,113.6,28.1\n10,113.6,28.1\n11,113.6,28.1\n12,113.6,28.1\n", "POINT(113.63 28.16)||coordinate-invalid|coordinate-invalid"},
		"words around": {"编号,GPS经度,GPS纬度\n1,113.63,28.16\n", "POINT(113.63 28.16)"},
		"confused":     {"编号,经度,纬度\n1,28.16,113.63\n", "POINT(113.63 28.16)"},
		"two pairs":    {"编号,百度经度,百度纬度,经度,纬度\n1,1,2,113.63,28.16\n", "POINT(113.63 28.16)"},
		"projected":    {"编号,横坐标,纵坐标\n1,463659.87,3116228.44\n", "POINT(463659.87 3.11622844e+06)"},
		"surveyors'":   {"编号,X,Y\n1,3116228.44,38463659.87\n", "POINT(3.846365987e+07 3.11622844e+06)"},
		"no numbers":   {"编号,经度,纬度\n1,113°37′,28°09′\n", ""},
		"streets":      {"编号,JD,WD\n1,430181002,9\n", ""},
		"none":         {"编号,地址\n1,a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := openTable(t, c.text)
			r, err := d.Read(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for len(got) < 4 && r.Next() {
				text := wktOf(r.Record().Geometry)
				for _, i := range r.Record().Issues {
					text += i.Rule
				}
				got = append(got, text)
			}
			if strings.Join(got, "|") != c.want || r.Placed() != (c.want != "") {
				t.Errorf("places %q, placed %v", got, r.Placed())
			}
		})
	}
}

// TestTableWithPlaces: the system of a table's coordinates is asked for.
func TestTableWithPlaces(t *testing.T) {
	w := newTown(t)
	path := file(t, "户.csv", "户编号,户主,X,Y\nH1,李小明,3116228.44,463659.87\nH2,王大海,,\n")
	b, err := w.do(t, path, lintu.Answers{})
	if lintu.CodeOf(err) != lintu.CodeConflict || len(b.Parts[0].Report.Questions) != 1 || b.Parts[0].Report.Questions[0].Key != "crs" {
		t.Fatalf("%+v, %v", b.Parts[0].Report.Questions, err)
	}
	b = w.must(t, path, lintu.Answers{CRS: "EPSG:4547"})
	if c := b.Parts[0].Report.Comparison; c.New != 2 || c.Persons != 2 {
		t.Errorf("comparison %+v", c)
	}
	if n := w.count(t, `SELECT count(*) FROM household WHERE tenant_id = $1 AND ST_DWithin(geom, ST_SetSRID(ST_MakePoint(113.63, 28.16), 4326), 1e-6)`, tenant); n != 1 {
		t.Errorf("%d households at the place", n)
	}
}
