package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lintu-map/lintu"
)

// caught keeps the persons that pass into the database.
type caught struct {
	lintu.BatchStore
	persons map[int64]lintu.Person
	err     error // of TryBatch
}

func (c *caught) TryBatch(ctx context.Context, tenant int32, by lintu.Actor, load func(lintu.BatchTx) error) error {
	err := c.BatchStore.TryBatch(ctx, tenant, by, func(tx lintu.BatchTx) error { return load(&caughtTx{tx, c}) })
	if err == nil {
		err = c.err
	}
	return err
}

type caughtTx struct {
	lintu.BatchTx
	by *caught
}

func (tx *caughtTx) Stage(ctx context.Context, layer lintu.LayerInfo, rows lintu.Rows) (int64, error) {
	return tx.BatchTx.Stage(ctx, layer, &caughtRows{rows, tx.by})
}

type caughtRows struct {
	lintu.Rows
	by *caught
}

func (r *caughtRows) Next(ctx context.Context) bool {
	more := r.Rows.Next(ctx)
	if more && r.Row().Person != nil {
		r.by.persons[r.Row().Number] = *r.Row().Person
	}
	return more
}

// catching is a service that shows what persons it reads.
func catching(t *testing.T) (*town, *caught) {
	w := newTown(t)
	c := &caught{BatchStore: w.store, persons: map[int64]lintu.Person{}}
	w.store = c
	return w, c
}

func file(t testing.TB, name string, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// homes puts households on the map.
func homes(t *testing.T, w *town, codes ...string) {
	t.Helper()
	var fs []string
	for _, c := range codes {
		fs = append(fs, placeFeature("113.601", "28.101", `{"户编号":"`+c+`","地址":"神仙坳社区`+c+`号"}`))
	}
	w.must(t, geojson(t, "户.geojson", fs...), lintu.Answers{Layer: lintu.Households})
}

const household = "户编号,户主,联系电话,家庭人数,特殊需求,备注,身份证号\n" +
	"H1,李小明,13812345678.0,3人,独居老人、行动不便；无,老李家,430181195001011234\n" +
	"H2,欧阳大海,0731-8361234,,,,\n"

func TestPersonsOfATable(t *testing.T) {
	w, c := catching(t)
	homes(t, w, "H1", "H2")
	b := w.upload(t, file(t, "户.csv", encoded(t, simplifiedchinese.GBK, household)))
	r := b.Parts[0].Report
	if len(r.Questions) > 0 || r.Accepted != 2 || r.Comparison.Unchanged != 2 || r.CRS.Value != "none" {
		t.Errorf("report %+v", r)
	}
	want := map[int64]lintu.Person{
		2: {Name: "李小明", Phone: "13812345678", Members: 3, Needs: []string{"独居老人", "行动不便"}, Note: "老李家"},
		3: {Name: "欧阳大海", Phone: "0731-8361234"},
	}
	if !reflect.DeepEqual(c.persons, want) {
		t.Errorf("persons %+v", c.persons)
	}
	fields := map[string]string{}
	for _, col := range r.Columns {
		if col.Name != "户编号" && (!col.Personal || len(col.Samples) > 0) {
			t.Errorf("column %+v", col)
		}
		fields[col.Name] = col.Field
	}
	if fields["户主"] != "person" || fields["联系电话"] != "phone" || fields["家庭人数"] != "members" || fields["特殊需求"] != "needs" || fields["备注"] != "note" || fields["身份证号"] != "" {
		t.Errorf("fields %v", fields)
	}
	if text, err := json.Marshal(r.Notes); err != nil || !strings.Contains(string(text), "户主 (person)") || !strings.Contains(string(text), "不会存储：身份证号") {
		t.Errorf("notes %s", text)
	}
	if _, err := w.Apply(t.Context(), tenant, b.ID, everywhere, nil); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, `SELECT count(*) FROM household WHERE tenant_id = $1 AND geom IS NOT NULL AND name LIKE '神仙坳%'`, tenant); n != 2 {
		t.Errorf("%d households kept their place and address", n)
	}
}

// TestTableOfUnknownCodes: a table without places adds no households.
func TestTableOfUnknownCodes(t *testing.T) {
	w := newTown(t)
	homes(t, w, "H1")
	b := w.upload(t, file(t, "户.csv", household))
	r := b.Parts[0].Report
	if sums(r.Refusals) != "code-unknown:1" || r.Refusals.List[0].Row != 3 || r.Accepted != 1 || r.Questions[0].Key != "refused" {
		t.Errorf("refusals %+v, accepted %d", r.Refusals, r.Accepted)
	}
	w.must(t, file(t, "户.csv", household), lintu.Answers{SkipRefused: true})
	if n := w.count(t, `SELECT count(*) FROM household WHERE tenant_id = $1`, tenant); n != 1 {
		t.Errorf("%d households", n)
	}
}

func TestMappedPersons(t *testing.T) {
	for name, c := range map[string]struct {
		layer  lintu.Layer
		text   string
		said   map[string]string
		person lintu.Person
	}{
		"said":          {lintu.Households, "编号,甲,乙\nH1,李小明,x\n", map[string]string{"person": "乙"}, lintu.Person{Name: "x"}},
		"left out":      {lintu.Households, "编号,户主,电话\nH1,李小明,5\n", map[string]string{"person": "", "phone": ""}, lintu.Person{}},
		"by content":    {lintu.Households, "编号,甲,乙\nH1,李小明,13812345678\n", nil, lintu.Person{Name: "李小明", Phone: "13812345678"}},
		"two names":     {lintu.Households, "编号,甲,乙\nH1,李小明,王大海\n", nil, lintu.Person{}},
		"other's":       {lintu.Households, "编号,邻长姓名,邻长电话\nH1,李小明,13812345678\n", nil, lintu.Person{}},
		"other's in it": {lintu.Households, "编号,姓名,邻长姓名\nH1,王大海,李小明\n", nil, lintu.Person{Name: "王大海"}},
		"head":          {lintu.Heads, "邻长编号,邻长姓名,手机\nH1,李小明,13812345678\n", nil, lintu.Person{Name: "李小明", Phone: "13812345678"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, caught := catching(t)
			heads := geojson(t, "邻长.geojson", placeFeature("113.601", "28.101", `{"编号":"H1"}`))
			w.must(t, heads, lintu.Answers{Layer: c.layer})
			_, err := w.ImportFile(t.Context(), tenant, file(t, "a.csv", c.text), everywhere,
				map[string]lintu.Answers{"": {Layer: c.layer, Map: c.said}}, true, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(caught.persons[2], c.person) {
				t.Errorf("person %+v", caught.persons[2])
			}
		})
	}
}

// TestTerritoryInTheReport: what the actor may not change is said, not failed.
func TestTerritoryInTheReport(t *testing.T) {
	w, c := catching(t)
	c.err = lintu.Errorf(lintu.CodeForbidden, "超出您的辖区。", "It lies outside of your territory.")
	b := w.upload(t, geojson(t, "户.geojson", placeFeature("113.601", "28.101", `{"户编号":"H1"}`)))
	r := b.Parts[0].Report
	if len(r.Questions) != 1 || r.Questions[0].Key != "forbidden" || r.Questions[0].Text.EN != "It lies outside of your territory." {
		t.Errorf("questions %+v", r.Questions)
	}
	if _, err := w.Apply(t.Context(), tenant, b.ID, everywhere, nil); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("applied: %v", err)
	}
}

// The canary that must not be found.
const (
	canaryName  = "龚雀鸣"
	canaryPhone = "15912345678"
)

// TestCanary plants a name and a number wherever a file can have them, and looks
// for them in everything that the importer says.
func TestCanary(t *testing.T) {
	both := canaryName + " " + canaryPhone
	header := "户编号,地址,户主,电话,人数,需求,备注,身份证号,网格员姓名,其他,甲,邻长,经度,纬度\n"
	good := "H1,神仙坳1号," + canaryName + "," + canaryPhone + ",2," + canaryName + "," + both + "," + canaryPhone + "," + canaryName + "," + both + "," + canaryName + ",,113.6,28.1\n"
	bad := "H2,神仙坳 " + canaryPhone + "," + canaryName + "," + canaryPhone + "," + canaryPhone + ",,,,,,,,113.6,28.1\n" +
		canaryName + ",,,,,,,,,,,,113.6,28.1\n" + "H3,,,,,,,,,,," + canaryName + ",113.6,28.1\n" + "H4,,,," + canaryName + ",,,,,,,," + canaryPhone + "," + canaryName + "\n" +
		"H5," + both + "\nH1,,,,,,,,,,,,113.6,28.1\n"
	members := "户编号,户主,人数\nH1," + canaryName + "," + canaryPhone + "\n"
	feature := placeFeature("113.6", "28.1", `{"户编号":"H9","户主":"`+canaryName+`","电话":"`+canaryPhone+`","人数":"`+canaryName+`","备注":"`+both+`","`+canaryPhone+`":"1"}`)
	collection := `{"type":"FeatureCollection","features":[` + feature + `]}`
	layers := []lintu.Layer{"", lintu.Households, lintu.Heads, lintu.Units}
	files := map[string]string{
		"户.csv":                 header + good + bad,
		"x.csv":                 header + good,
		"gbk.csv":               encoded(t, simplifiedchinese.GBK, header+good+bad),
		"headers.csv":           "编号," + canaryName + ",乙\n1,2,3\n",
		"no headers.csv":        canaryName + "," + canaryPhone + "\n" + canaryName + "," + canaryPhone + "\n",
		"members.csv":           members,
		both + ".csv":           members,
		canaryName + ".xls":     "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
		canaryName + ".bin":     "nothing",
		"户.geojson":             collection,
		"book.xlsx":             string(book(t, map[string][][]any{canaryName: {{"户编号", "户主", "电话", "人数"}, {"H1", canaryName, canaryPhone, canaryPhone}}, canaryPhone: {{"户编号", "地址"}, {canaryName, both}}})),
		"zip.zip":               string(zipOf(t, nil, [2]string{both + "/" + canaryName + ".csv", header + good + bad}, [2]string{canaryPhone + ".geojson", collection}, [2]string{both + ".pdf", "x"})),
		"archive in " + "a.zip": string(zipOf(t, nil, [2]string{both + ".rar", "x"})),
		"twice.zip":             string(zipOf(t, nil, [2]string{canaryName + ".shp", "x"}, [2]string{strings.ToLower(canaryName) + ".SHP", "x"})),
		"broken.csv":            header + good + "H7,\"" + strings.Repeat(both, 20000),
		"dbf.zip":               string(zipOf(t, nil, [2]string{"h.shp", string(shpFile{1, [][]byte{pointRecord(113.6, 28.1), pointRecord(113.7, 28.1)}}.shp())}, [2]string{"h.dbf", string(dbfFile(0, []dbfColumn{{"BH", 'C', 4, 0}, {"HZ", 'C', 12, 0}, {"RS", 'C', 12, 0}, {"BZ", 'C', 40, 0}}, " H1  "+gbk(t, canaryName, 12)+gbk(t, canaryPhone, 12)+gbk(t, both, 40), " H2  "+gbk(t, canaryName, 12)+gbk(t, "3", 12)+gbk(t, both, 40)))})),
	}
	w := newTown(t)
	homes(t, w, "H1")
	for name, text := range files {
		t.Run(strings.ToValidUTF8(strings.NewReplacer(canaryName, "N", canaryPhone, "P").Replace(name), ""), func(t *testing.T) {
			var said bytes.Buffer
			for _, layer := range layers {
				w.sayAll(t, &said, name, text, lintu.Answers{Layer: layer})
				w.sayAll(t, &said, name, text, lintu.Answers{Layer: layer, CRS: "EPSG:4490", SkipRefused: true, Encoding: "gbk"})
				w.sayAll(t, &said, name, text, lintu.Answers{Layer: layer, Map: map[string]string{"code": canaryName, "person": both}})
			}
			for _, canary := range []string{canaryName, canaryPhone} {
				if i := strings.Index(said.String(), canary); i >= 0 {
					t.Errorf("%q is in …%s…", canary, said.String()[max(0, i-200):min(said.Len(), i+100)])
				}
			}
			if said.Len() == 0 {
				t.Error("nothing was said at all")
			}
		})
	}
}

// gbk fills a DBF field.
func gbk(t testing.TB, text string, width int) string {
	s := encoded(t, simplifiedchinese.GBK, text)
	return s + strings.Repeat(" ", width-len(s))
}

// sayAll writes everything that the importer says about an upload.
func (w *town) sayAll(t *testing.T, out *bytes.Buffer, name, text string, a lintu.Answers) {
	t.Helper()
	say := func(b *lintu.Batch, err error) {
		if b != nil {
			for _, p := range b.Parts {
				p.Answers = lintu.Answers{} // what the person said is not ours
				_ = json.NewEncoder(out).Encode(p)
			}
			_ = json.NewEncoder(out).Encode(b.File)
		}
		if err != nil {
			e := lintu.AsError(err)
			_, _ = out.WriteString(e.Text.ZH + e.Text.EN + err.Error() + "\n")
		}
	}
	b, err := w.Receive(t.Context(), tenant, name, everywhere, strings.NewReader(text))
	say(b, err)
	if err != nil {
		return
	}
	answers := map[string]lintu.Answers{}
	for _, p := range b.Parts {
		answers[p.Dataset] = a
	}
	x, err := w.Explain(t.Context(), tenant, b.ID, everywhere, answers, func(step lintu.Text, _, _ int64) { _, _ = out.WriteString(step.ZH + step.EN) })
	say(x, err)
	say(nil, w.Preview(t.Context(), tenant, b.ID, 100000, out))
	y, err := w.Apply(t.Context(), tenant, b.ID, everywhere, nil)
	say(y, err)
	say(nil, w.Discard(t.Context(), tenant, b.ID, everywhere))
	z, err := w.store.Batches(t.Context(), tenant, nil, 100)
	for _, one := range z {
		say(one, err)
	}
}
