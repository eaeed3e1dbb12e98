package sql_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func search(t testing.TB, r *sql.Reader, text string, limit int) []lintu.Hit {
	t.Helper()
	hits, err := r.Search(context.Background(), everyone(), text, limit)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return hits
}

func names(hits []lintu.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Name)
	}
	return strings.Join(out, "|")
}

func TestSearchRanks(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 1500)
	mustExec(t, db, `INSERT INTO household (tenant_id, id, version, valid, code, name, geom) VALUES
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'X-1', '平水路9号A座402', 'SRID=4326;POINT(113.52 28.03)'),
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'X-2', '平水路9号B座402', 'SRID=4326;POINT(113.62 28.13)'),
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'X-3', '无处', NULL),
		($1, gen_random_uuid(), 1, '[2026-01-01,2026-02-01)', 'X-4', '从前', 'SRID=4326;POINT(113.52 28.03)')`, tenant)
	for _, c := range []struct{ text, want string }{
		{"平水社区", "平水社区"},             // exact before all that have it in their names
		{"平水", "平水社区|平水桥社区"},         // prefix: the shorter name, the wider area first
		{"430181001", "集里街道|禧和村"},    // a code, then codes that begin with it
		{"H0000007", ""},             // a household by its code
		{"a座402", "平水路9号A座402"},      // Latin letters in either case
		{"平水路 402 B座", "平水路9号B座402"}, // all words, in any order
		{"平水路　４０２ Ｂ座", "平水路9号B座402"}, // full width, as input methods type it
		{"神仙坳 A座 402", "平水路9号A座402"}, // the first word names the area around
		{"百合 A座", ""},                // which must be the right one
		{"100%", "100%物业公司"},         // signs of patterns mean themselves
		{"第1网格", "第1网格"}, {"_", ""}, {"%%", ""}, {`\`, ""}, {"无处", ""}, {"从前", ""}, {"  ", ""}, {"没有这样的地方", ""},
	} {
		got := names(search(t, r, c.text, 20))
		if c.text == "H0000007" {
			if hits := search(t, r, c.text, 5); len(hits) != 1 || hits[0].Layer != lintu.Households {
				t.Errorf("%q finds %+v", c.text, hits)
			}
			continue
		}
		if got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want+"|")) {
			t.Errorf("%q finds %.120s, want %s", c.text, got, c.want)
		}
	}
	h := search(t, r, "平水路9号A座402", 1)[0]
	if !strings.HasPrefix(h.Within, "浏阳市 集里街道 神仙坳社区 第") {
		t.Errorf("within %q", h.Within)
	}
	if h.BBox != nil || search(t, r, "神仙坳社区", 1)[0].BBox == nil {
		t.Error("areas have a box, others have none")
	}
	if n := len(search(t, r, "栋", 7)); n != 7 {
		t.Errorf("%d hits, limit 7", n)
	}
}

func TestCards(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 500)
	card := func(name lintu.Layer, text string) *lintu.Card {
		t.Helper()
		for _, h := range search(t, r, text, 50) {
			if h.Layer == name {
				id, err := lintu.ParseID(h.ID)
				if err != nil {
					t.Fatal(err)
				}
				c, err := r.Card(context.Background(), everyone(), layer(t, name), id)
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
		}
		t.Fatalf("no %s is called %s", name, text)
		return nil
	}
	street := card(lintu.Streets, "集里街道")
	if street.Counts["communities"] != 15 || street.Counts["grids"] != 160 || street.Counts["units"] != 3 || street.BBox == nil || street.AreaM2 < 6e8 || len(street.Within) != 1 {
		t.Errorf("street: %+v", street)
	}
	household := card(lintu.Households, "H0000020")
	if household.Head == nil || household.Head.Code != "L000001" || household.Since == nil || household.Properties["head"] != "L000001" || len(household.Within) != 4 {
		t.Errorf("household: %+v", household)
	}
	if head := card(lintu.Heads, "L000001"); head.Counts["households"] != 13 || head.Lon == nil {
		t.Errorf("head: %+v", head)
	}
	if _, err := r.Card(context.Background(), everyone(), layer(t, lintu.Heads), lintu.NewID()); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("unknown id: %v", err)
	}
}

// BenchmarkSearch measures words of different lengths and frequencies in a town
// of 47,000 households, or of LINTU_BENCH_HOUSEHOLDS.
func BenchmarkSearch(b *testing.B) {
	households := 47000
	if s := os.Getenv("LINTU_BENCH_HOUSEHOLDS"); s != "" {
		var err error
		if households, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	_, r := seeded(b, households)
	for _, text := range []string{"神仙坳社区", "坳", "栋", "402", "神仙坳 3栋 402", "H0012345", "L000012", "没有这样的地方", "集里 7栋 101"} {
		b.Run(fmt.Sprintf("%d/%s", households, text), func(b *testing.B) {
			for b.Loop() {
				search(b, r, text, 10)
			}
		})
	}
}
