package importer

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// table makes the profiles of a table given as a header and rows.
func table(header string, rows ...string) []profile {
	var columns []SourceColumn
	for _, h := range strings.Split(header, "|") {
		columns = append(columns, SourceColumn{Name: h, Type: "string"})
	}
	var values [][]string
	for _, r := range rows {
		values = append(values, strings.Split(r, "|"))
	}
	return profileColumns(columns, values)
}

func info(t testing.TB, name lintu.Layer) lintu.LayerInfo {
	t.Helper()
	l, ok := lintu.LayerByName(name)
	if !ok {
		t.Fatalf("no layer %s", name)
	}
	return l
}

// mapped shows a mapping as field=column.
func mapped(m mapping, ps []profile) string {
	var out []string
	for i, f := range m.fields {
		switch c := m.column[i]; {
		case c >= 0:
			out = append(out, f.Name+"="+ps[c].name)
		case c == fromRow:
			out = append(out, f.Name+"=@row")
		case c == fromShape:
			out = append(out, f.Name+"=@shape")
		}
	}
	return strings.Join(out, " ")
}

func TestGuessMapping(t *testing.T) {
	community := []string{"430181001001|集里社区|430181001000", "430181001002|神仙坳社区|430181001000", "430181001201|西湖潭村|430181001000"}
	for _, tc := range []struct {
		layer  lintu.Layer
		header string
		rows   []string
		want   string
	}{
		{lintu.Communities, "QH_DM|QH_MC|SJ_DM", community, "code=QH_DM name=QH_MC parent=SJ_DM"},
		{lintu.Communities, "区划代码|名称|上级代码", community, "code=区划代码 name=名称 parent=上级代码"},
		{lintu.Communities, "SQDM|SQMC|JDDM", community, "code=SQDM name=SQMC parent=JDDM"},
		{lintu.Communities, "编码|社区|街道代码", community, "code=编码 name=社区 parent=街道代码"},
		{lintu.Communities, "SHEQUDAIMA|MINGCHENG|SHANGJIDAI", community, "code=SHEQUDAIMA name=MINGCHENG parent=SHANGJIDAI"},
		{lintu.Communities, "COMMUNITYC|COMMUNITYN|PARENT_COD", community, "code=COMMUNITYC name=COMMUNITYN parent=PARENT_COD"},
		{lintu.Communities, "行政区划代|社区名称|所属区划代", community, "code=行政区划代 name=社区名称 parent=所属区划代"},
		{lintu.Communities, "a1|b2|c3", community, ""},
		{lintu.Counties, "NAME|PYNAME|ADMINCODE", []string{"宝山区|bsq|310113", "杨浦区|ypq|310110"}, "code=ADMINCODE name=NAME"},
		{lintu.Counties, "name|adcode|ctname|ctadcode", []string{"岳麓区|430104|长沙市|430100", "开福区|430105|长沙市|430100"}, "code=adcode name=name"},
		{lintu.Households, "户编号|门牌地址|楼栋号|邻长编号|户主|电话", []string{"1001|集里路1号101|B1|L1|张三丰|13812345678", "1002|集里路1号102|B1|L1|李四光|13912345678"},
			"code=户编号 name=门牌地址 building=楼栋号 head=邻长编号"},
		{lintu.Households, "HBH|DZ|LDBH|LZBH", []string{"1001|集里路1号101|B1|L1", "1002|集里路1号102|B1|L1"}, "code=HBH name=DZ building=LDBH head=LZBH"},
		{lintu.Heads, "LZBH|LM|XM", []string{"L1|向阳邻|王小明", "L2|幸福邻|李大海"}, "code=LZBH"},
		{lintu.Units, "DWBM|DWMC|LX|RZFS", []string{"U1|集里派出所|派出所|常驻", "U2|司法所|司法所|轮驻"}, "code=DWBM name=DWMC class=LX stationing=RZFS"},
		{lintu.Buildings, "BH|CS|MC", []string{"B1|6|一号楼", "B2|18|二号楼"}, "code=BH name=MC floors=CS"},
		{lintu.Buildings, "OBJECTID|层数", []string{"1|6", "2|18"}, "code=@shape floors=层数"},
		{lintu.Roads, "fclass|name", []string{"primary|人民路", "primary|北正路"}, "code=@shape name=name class=fclass"},
	} {
		ps := table(tc.header, tc.rows...)
		m, _, err := guessMapping(info(t, tc.layer), aboutPeople(info(t, tc.layer), true), ps, nil)
		if err != nil {
			t.Errorf("%s: %v", tc.header, err)
			continue
		}
		if got := mapped(m, ps); got != tc.want {
			t.Errorf("%s %s: got %q, want %q", tc.layer, tc.header, got, tc.want)
		}
	}
}

func TestGuessMappingAsks(t *testing.T) {
	ps := table("qh|OBJECTID", "罗湖|1", "福田|2", "盐田|3")
	_, qs, err := guessMapping(info(t, lintu.Counties), false, ps, nil)
	if err != nil || len(qs) != 1 || qs[0].Key != "map.code" {
		t.Fatalf("got %v, %v; want the question map.code", qs, err)
	}
	values := map[string]bool{}
	for _, c := range qs[0].Candidates {
		values[c.Value] = true
		if c.Set["map.code"] != c.Value {
			t.Errorf("candidate %s sets %v", c.Value, c.Set)
		}
	}
	if !values[SourceRow] || !values[SourceShape] {
		t.Errorf("candidates %v lack the row and the shape", values)
	}
}

func TestRepeatedValuesAreNoCode(t *testing.T) {
	ps := table("VILLAGE|VILLAGE_ID|VILLCODE|OBJECTID_1|TOWN_ID",
		"內角里|022|A6703-022-00|1|67000030", "蓮潭里|017|A6703-017-00|2|67000030", "大竹里|022|A6704-022-00|3|67000040")
	m, qs, err := guessMapping(info(t, lintu.Communities), false, ps, nil)
	if err != nil || len(qs) > 0 {
		t.Fatal(qs, err)
	}
	if got, want := mapped(m, ps), "code=VILLCODE name=VILLAGE parent=TOWN_ID"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSaidMapping(t *testing.T) {
	ps := table("a|b|手机", "1|甲|13812345678", "2|乙|13912345678")
	communities := info(t, lintu.Communities)
	m, qs, err := guessMapping(communities, false, ps, map[string]string{"code": "a", "name": "B"})
	if err != nil || len(qs) > 0 || mapped(m, ps) != "code=a name=b" {
		t.Errorf("got %q, %v, %v", mapped(m, ps), qs, err)
	}
	m, _, err = guessMapping(communities, false, ps, map[string]string{"code": "@row", "name": "b"})
	if err != nil || mapped(m, ps) != "code=@row name=b" {
		t.Errorf("got %q, %v", mapped(m, ps), err)
	}
	for said, want := range map[string]string{"code=zzz": "zzz", "nope=a": "nope", "name=@row": "code", "code=手机": "personal"} {
		field, column, _ := strings.Cut(said, "=")
		_, _, err := guessMapping(communities, false, ps, map[string]string{field: column})
		if lintu.CodeOf(err) != lintu.CodeInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error naming %q", said, err, want)
		}
	}
}

// TestFieldLeftEmpty: a person can say that no column is meant.
func TestFieldLeftEmpty(t *testing.T) {
	ps := table("QH_DM|QH_MC|SJ_DM", "430181001001|集里社区|430181001000", "430181001002|神仙坳社区|430181001000")
	m, qs, err := guessMapping(info(t, lintu.Communities), false, ps, map[string]string{"parent": ""})
	if got, want := mapped(m, ps), "code=QH_DM name=QH_MC"; err != nil || len(qs) > 0 || got != want {
		t.Errorf("got %q, %v, %v; want %q", got, qs, err, want)
	}
	for layer, field := range map[lintu.Layer]string{lintu.Communities: "name", lintu.Counties: "code", lintu.Buildings: "code"} {
		if _, _, err := guessMapping(info(t, layer), false, ps, map[string]string{field: ""}); lintu.CodeOf(err) != lintu.CodeInvalid || !strings.Contains(err.Error(), field) {
			t.Errorf("%s without %s: %v", layer, field, err)
		}
	}
}

func TestAboutPeople(t *testing.T) {
	for _, l := range lintu.Layers {
		place := l.Kind == lintu.KindArea || l.Kind == lintu.KindBase
		if !aboutPeople(l, false) || aboutPeople(l, true) == place {
			t.Errorf("%s: %v while undecided, %v then", l.Name, aboutPeople(l, false), aboutPeople(l, true))
		}
	}
}

func TestPersonalColumns(t *testing.T) {
	ps := table("code|a|b|c|lxdh|id18",
		"1|张三 13812345678|集里路1号|王小明|x|11010519491231002X", "2|李四 13912345678|集里路2号|李大海|y|440524188001010014")
	cols := columnsOf(mapping{layer: info(t, lintu.Households), people: true}, ps)
	for i, want := range []bool{false, true, false, true, true, true} {
		if cols[i].Personal != want {
			t.Errorf("column %s: personal %v, want %v", cols[i].Name, cols[i].Personal, want)
		}
		if cols[i].Personal && len(cols[i].Samples) > 0 {
			t.Errorf("column %s shows samples", cols[i].Name)
		}
	}
	// A place that begins with a surname is no person.
	places := table("VILLAGE", "白河里", "黄金村")
	if places[0].isPersonal(false) || places[0].isPersonal(true) {
		t.Error("names of places were taken for persons")
	}
}

func TestCitizenNumber(t *testing.T) {
	for v, want := range map[string]bool{"11010519491231002X": true, "11010519491231002x": true, "110105194912310021": false,
		"no 11010519491231002X.": true, "911010519491231002X": false, "": false, "430181001001": false} {
		if got := holdsCitizenNumber(v); got != want {
			t.Errorf("%q: got %v", v, got)
		}
	}
}

func TestUnitWords(t *testing.T) {
	units := info(t, lintu.Units)
	class, _ := units.Field("class")
	stationing, _ := units.Field("stationing")
	for v, want := range map[string]string{"派出所": "police", "集里司法所": "judicial", "县人民法院": "court", "检察院": "procuratorate",
		"律师事务所": "law_firm", "物业公司": "property", "社区": "community", "职能部门": "department", "党建联盟单位": "alliance", "临时机构": "temporary",
		"Law Firm": "law_firm", "police": "police"} {
		if got, ok := fieldValue(class, units, v); !ok || got != want {
			t.Errorf("class %q: got %q, %v", v, got, ok)
		}
	}
	for v, want := range map[string]string{"常驻": "permanent", "轮驻": "rotating", "按需入驻": "on_demand", "on-demand": "on_demand"} {
		if got, ok := fieldValue(stationing, units, v); !ok || got != want {
			t.Errorf("stationing %q: got %q, %v", v, got, ok)
		}
	}
	if _, ok := fieldValue(class, units, "qwerty"); ok {
		t.Error("nonsense was taken for a class")
	}
}

func TestPlainNumber(t *testing.T) {
	for v, want := range map[string]string{"430181.000": "430181", "4.30181E+05": "430181", "007": "007", "1.5": "1.5", "A.0": "A.0", "": "", "-3.00": "-3.00"} {
		if got := plainNumber(v); got != want {
			t.Errorf("%q: got %q, want %q", v, got, want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, h := range []string{"QH_DM", "区划代码", "SHAPE_Leng", "ＸＺＱＤＭ", ""} {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, h string) {
		for _, l := range lintu.Layers {
			for _, field := range l.ImportFields() {
				if s := headerScore(h, field.Name, l.Name); s < 0 || s > 1 {
					t.Fatalf("%q scores %g for %s", h, s, field.Name)
				}
			}
		}
	})
}

func TestCodeSetFindsEveryTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOf(rapid.StringMatching(`[a-c]{0,3}`)).Draw(t, "codes")
		set, first := newCodeSet(0), map[string]uint32{}
		for i, c := range codes {
			row := uint32(i + 1)
			if got := set.add(c, row); got != first[c] {
				t.Fatalf("code %q at row %d: got %d, want %d", c, row, got, first[c])
			}
			if first[c] == 0 {
				first[c] = row
			}
		}
	})
}

func TestCodeSetGrows(t *testing.T) {
	set := newCodeSet(0)
	for i := range uint32(50_000) {
		if got := set.add(fmt.Sprint("code ", i), i+1); got != 0 {
			t.Fatalf("code %d was taken for that of row %d", i, got)
		}
	}
	if got := set.add("code 777", 1<<31); got != 778 {
		t.Fatalf("got row %d, want 778", got)
	}
}
