package sql_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// place is one jurisdiction of a database.
type place struct {
	*sql.DB
	t      testing.TB
	tenant int32
}

func newPlace(t testing.TB) place {
	t.Helper()
	return place{sqltest.New(t), t, tenant}.open()
}

// beside is another jurisdiction of the same database.
func (p place) beside(n int32) place {
	p.t.Helper()
	p.tenant += n
	return p.open()
}

func (p place) open() place {
	p.t.Helper()
	if err := p.EnsureTenant(p.t.Context(), p.tenant, "浏阳市"); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// rows are a file's rows in memory.
type rows struct {
	list []lintu.Row
	next int
	err  error
}

func (r *rows) Next(context.Context) bool { r.next++; return r.next <= len(r.list) }
func (r *rows) Row() *lintu.Row           { return &r.list[r.next-1] }
func (r *rows) Err() error                { return r.err }

// row makes one row; geometry nil for none.
func row(number int64, geometry []byte, values ...string) lintu.Row {
	return lintu.Row{Number: number, ID: lintu.NewID(), Values: values, Geometry: geometry}
}

// point is EWKB of a point.
func point(lon, lat float64) []byte {
	b := append([]byte{1}, 1, 0, 0, 0x20, 0xe6, 0x10, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lon))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(lat))
}

// rect is EWKB of a polygon with sides along the axes.
func rect(w, s, e, n float64) []byte {
	return ring([][2]float64{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}})
}

func ring(lonLats [][2]float64) []byte {
	b := append([]byte{1}, 3, 0, 0, 0x20, 0xe6, 0x10, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(lonLats)))
	for _, p := range lonLats {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

func line(lonLats ...[2]float64) []byte {
	b := append([]byte{1}, 2, 0, 0, 0x20, 0xe6, 0x10, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(lonLats)))
	for _, p := range lonLats {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

func layerNamed(name lintu.Layer) lintu.LayerInfo {
	l, ok := lintu.LayerByName(name)
	if !ok {
		panic(name)
	}
	return l
}

// part is what a test imports into one layer.
type part struct {
	layer lintu.Layer
	close bool
	rows  []lintu.Row
}

func newBatch(p place) *lintu.Batch {
	p.t.Helper()
	b := &lintu.Batch{ID: lintu.NewID(), File: "数据.zip", SHA256: strings.Repeat("0", 64), Bytes: 1, Actor: "planner"}
	if err := p.CreateBatch(p.t.Context(), p.tenant, b); err != nil {
		p.t.Fatal(err)
	}
	return b
}

func load(ctx context.Context, done *[]lintu.Comparison, parts []part) func(lintu.BatchTx) error {
	return func(tx lintu.BatchTx) error {
		for _, x := range parts {
			n, err := tx.Stage(ctx, layerNamed(x.layer), &rows{list: x.rows})
			if err != nil {
				return err
			}
			if n != int64(len(x.rows)) {
				return fmt.Errorf("staged %d of %d rows", n, len(x.rows))
			}
			c, err := tx.Merge(ctx, layerNamed(x.layer), x.close)
			if err != nil {
				return err
			}
			*done = append(*done, c)
		}
		return nil
	}
}

// try applies a batch of parts.
func (p place) try(parts ...part) (*lintu.Batch, []lintu.Comparison, error) {
	p.t.Helper()
	b := newBatch(p)
	var done []lintu.Comparison
	err := p.ApplyBatch(p.t.Context(), p.tenant, b, everywhere, load(p.t.Context(), &done, parts))
	return b, done, err
}

func (p place) apply(parts ...part) (*lintu.Batch, []lintu.Comparison) {
	p.t.Helper()
	b, done, err := p.try(parts...)
	if err != nil {
		p.t.Fatal(err)
	}
	return b, done
}

// strings returns the only column of a query.
func (p place) strings(query string, args ...any) []string {
	p.t.Helper()
	rs, err := p.Owner().Query(p.t.Context(), query, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := pgx.CollectRows(rs, pgx.RowTo[string])
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// sound fails the test if stored rows contradict each other.
func (p place) sound() {
	p.t.Helper()
	faults, err := p.Check(p.t.Context(), p.tenant)
	if err != nil {
		p.t.Fatal(err)
	}
	if len(faults) > 0 {
		p.t.Errorf("faults: %+v", faults)
	}
	if _, err := p.VerifyAudit(p.t.Context(), p.tenant, nil); err != nil {
		p.t.Error(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func wantCode(t testing.TB, err error, code lintu.ErrorCode, words ...string) {
	t.Helper()
	if lintu.CodeOf(err) != code {
		t.Fatalf("error %v, want code %s", err, code)
	}
	e := lintu.AsError(err)
	for _, w := range words {
		if !strings.Contains(e.Text.ZH, w) || !strings.Contains(e.Text.EN, w) {
			t.Errorf("%q / %q do not say %q", e.Text.ZH, e.Text.EN, w)
		}
	}
}

// town is a street of two communities with a grid, two heads, three households.
func town() []part {
	return []part{
		{lintu.Streets, false, []lintu.Row{row(1, rect(113, 28, 114, 29), "430181001000", "集里街道", "")}},
		{lintu.Communities, false, []lintu.Row{
			row(1, rect(113, 28, 113.5, 29), "430181001001", "神仙坳社区", ""),
			row(2, rect(113.5, 28, 114, 29), "430181001002", "唐家洲社区", "")}},
		{lintu.Grids, false, []lintu.Row{row(1, rect(113.1, 28.1, 113.2, 28.2), "G1", "", "")}},
		{lintu.Heads, false, []lintu.Row{
			row(1, point(113.15, 28.15), "N1", "一邻"), row(2, point(113.7, 28.5), "N2", "二邻")}},
		{lintu.Households, false, []lintu.Row{
			row(1, point(113.15, 28.16), "H1", "1号", "B1", "N1"),
			row(2, point(113.16, 28.15), "H2", "2号", "B1", "N1"),
			row(3, point(113.71, 28.5), "H3", "3号", "B2", "N2")}},
		{lintu.Buildings, false, []lintu.Row{row(1, rect(113.15, 28.15, 113.151, 28.151), "B1", "一栋", "住宅", "6")}},
		{lintu.Roads, false, []lintu.Row{row(1, line([2]float64{113, 28}, [2]float64{113.1, 28.1}), "R1", "集里路", "主路")}},
		{lintu.Units, false, []lintu.Row{row(1, nil, "U1", "派出所", "police", "permanent")}},
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b, done := p.apply(town()...)
	equal(t, "comparisons", done, []lintu.Comparison{{New: 1}, {New: 2}, {New: 1}, {New: 2}, {New: 3}, {New: 1}, {New: 1}, {New: 1}})
	if b.State != lintu.BatchApplied || b.AppliedAt == nil {
		t.Errorf("batch %+v", b)
	}
	equal(t, "areas", p.strings(`SELECT concat_ws(' ', level, code, 'in', parent, 'v' || version, households, heads, round(area_m2 / 1e6)) FROM area ORDER BY level, code`), []string{
		"community 430181001001 in 430181001000 v1 2 1 5425", "community 430181001002 in 430181001000 v1 1 1 5425",
		"grid G1 in 430181001001 v1 2 1 109", "street 430181001000 in  v1 3 2 10850"})
	equal(t, "assignments", p.strings(`SELECT h.code || ' ' || n.code FROM assignment a JOIN household h ON h.id = household_id JOIN head n ON n.id = head_id ORDER BY 1`),
		[]string{"H1 N1", "H2 N1", "H3 N2"})
	equal(t, "base", p.strings(`SELECT concat_ws(' ', layer, code, name, class, floors, GeometryType(geom)) FROM base ORDER BY 1`),
		[]string{"buildings B1 一栋 住宅 6 MULTIPOLYGON", "roads R1 集里路 主路 MULTILINESTRING"})
	p.sound()

	_, again := p.apply(town()...)
	equal(t, "the same again", again, []lintu.Comparison{{Unchanged: 1}, {Unchanged: 2}, {Unchanged: 1}, {Unchanged: 2}, {Unchanged: 3}, {Unchanged: 1}, {Unchanged: 1}, {Unchanged: 1}})
	equal(t, "history", p.strings(`SELECT code FROM area_history UNION ALL SELECT code FROM household_history`), nil)
	p.sound()
}

func TestMergeChanges(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first, _ := p.apply(town()...)
	_, done := p.apply(part{lintu.Households, true, []lintu.Row{
		row(1, point(113.15, 28.16), "H1", "1号", "B1", "N1"),
		row(2, point(113.72, 28.5), "H2", "2号", "B1", "N1"), // moved
		row(4, point(113.7, 28.4), "H4", "4号", "B1", "N2")}})
	equal(t, "comparison", done, []lintu.Comparison{{New: 1, Changed: 1, Unchanged: 1, Missing: 1, Closed: 1}})
	equal(t, "households", p.strings(`SELECT concat_ws(' ', code, 'v' || version, upper_inf(valid)) FROM household ORDER BY code`),
		[]string{"H1 v1 t", "H2 v2 t", "H3 v1 f", "H4 v1 t"})
	equal(t, "counts", p.strings(`SELECT concat_ws(' ', code, 'v' || version, households, heads) FROM area ORDER BY code`),
		[]string{"430181001000 v1 3 2", "430181001001 v2 1 1", "430181001002 v2 2 1", "G1 v2 1 1"})
	equal(t, "counts as of the first batch", p.strings(`SELECT concat_ws(' ', code, households) FROM area_version WHERE valid @> $1::timestamptz ORDER BY code`, first.AppliedAt),
		[]string{"430181001000 3", "430181001001 2", "430181001002 1", "G1 2"})
	equal(t, "open assignments", p.strings(`SELECT h.code FROM assignment a JOIN household h ON h.id = household_id WHERE upper_inf(a.valid) ORDER BY 1`),
		[]string{"H1", "H2", "H4"})

	// Only heads and codes: what the file does not bring stays.
	_, done = p.apply(part{lintu.Households, false, []lintu.Row{row(1, nil, "H1", "", "", "N2"), row(2, nil, "H3", "", "", "N2")}})
	equal(t, "comparison", done, []lintu.Comparison{{New: 1, Changed: 1, Missing: 2}})
	equal(t, "households", p.strings(`SELECT concat_ws(' ', code, name, ST_X(geom)) FROM household WHERE upper_inf(valid) ORDER BY code`),
		[]string{"H1 1号 113.15", "H2 2号 113.72", "H3 3号 113.71", "H4 4号 113.7"})
	p.sound()
}

func TestStageRefuses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	before := p.strings(`SELECT code FROM household ORDER BY code`)
	for name, x := range map[string]struct {
		part  part
		words []string
	}{
		"twins":        {part{lintu.Units, false, []lintu.Row{row(1, nil, "U2", "a", "", ""), row(2, nil, "U1", "b", "", ""), row(7, nil, "U2", "c", "", "")}}, []string{"U2", "1", "7"}},
		"unknown head": {part{lintu.Households, false, []lintu.Row{row(1, nil, "X1", "", "", "N1"), row(5, nil, "X2", "", "", "N9")}}, []string{"N9", "5"}},
		"no code":      {part{lintu.Heads, false, []lintu.Row{row(3, nil, "", "x")}}, []string{"3"}},
		"no shape":     {part{lintu.Grids, false, []lintu.Row{row(4, nil, "G2", "", "")}}, []string{"4"}},
		"wrong shape":  {part{lintu.Grids, false, []lintu.Row{row(5, point(1, 2), "G2", "", "")}}, []string{"5"}},
		"not a number": {part{lintu.Buildings, false, []lintu.Row{row(6, rect(1, 1, 2, 2), "B", "", "", "六")}}, []string{"6"}},
		"bad text":     {part{lintu.Heads, false, []lintu.Row{row(8, nil, "N3", "\xb4\xf3")}}, []string{"8", "UTF-8"}},
	} {
		_, _, err := p.try(part{lintu.Households, true, []lintu.Row{row(1, nil, "Z", "", "", "")}}, x.part)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantCode(t, err, lintu.CodeInvalid, x.words...)
	}
	equal(t, "households", p.strings(`SELECT code FROM household WHERE upper_inf(valid) ORDER BY code`), before)
	p.sound()
}

func TestRowsFail(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	broken := lintu.Errorf(lintu.CodeInvalid, "文件在第 2 行处截断。", "The file is cut off at row 2.")
	b := newBatch(p)
	err := p.ApplyBatch(t.Context(), p.tenant, b, everywhere, func(tx lintu.BatchTx) error {
		_, err := tx.Stage(t.Context(), layerNamed(lintu.Heads), &rows{list: []lintu.Row{row(1, nil, "N1", "")}, err: broken})
		return err
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	got, err := p.Batch(t.Context(), p.tenant, b.ID)
	if err != nil || got.State != lintu.BatchDraft {
		t.Errorf("batch %+v, %v", got, err)
	}
}

func TestTryLeavesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var done []lintu.Comparison
	if err := p.TryBatch(t.Context(), p.tenant, everywhere, load(t.Context(), &done, town())); err != nil {
		t.Fatal(err)
	}
	equal(t, "comparisons", done, []lintu.Comparison{{New: 1}, {New: 2}, {New: 1}, {New: 2}, {New: 3}, {New: 1}, {New: 1}, {New: 1}})
	equal(t, "left", p.strings(`SELECT code FROM area UNION ALL SELECT code FROM household UNION ALL SELECT kind FROM change UNION ALL SELECT act FROM audit`), nil)

	p.apply(town()...)
	changed := []part{{lintu.Buildings, true, []lintu.Row{row(1, rect(113.15, 28.15, 113.152, 28.151), "B1", "一栋", "住宅", "6"), row(2, rect(1, 1, 2, 2), "B2", "", "", "")}},
		{lintu.Households, true, []lintu.Row{row(1, point(113.15, 28.16), "H1", "甲", "B1", ""), row(2, nil, "H9", "", "", "")}}}
	want := []lintu.Comparison{{New: 1, Changed: 1}, {New: 1, Changed: 1, Missing: 2, Closed: 2}}
	done = nil
	if err := p.TryBatch(t.Context(), p.tenant, everywhere, load(t.Context(), &done, changed)); err != nil {
		t.Fatal(err)
	}
	equal(t, "dry", done, want)
	_, done = p.apply(changed...)
	equal(t, "wet", done, want)
	p.sound()
}

func TestUndo(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b1, _ := p.apply(town()...)
	before := p.state("now()")
	b2, _ := p.apply(part{lintu.Households, true, []lintu.Row{
		row(1, point(113.9, 28.9), "H1", "甲", "B9", "N2"), row(2, point(113.3, 28.3), "H5", "乙", "", "N1")}},
		part{lintu.Communities, true, []lintu.Row{row(1, rect(113, 28, 113.6, 29), "430181001001", "神仙坳社区", "")}})
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, b1.ID, everywhere), lintu.CodeConflict)
	if err := p.UndoBatch(t.Context(), p.tenant, b2.ID, everywhere); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", p.state("now()"), before)
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, b2.ID, everywhere), lintu.CodeConflict)
	p.sound()

	if err := p.Assign(t.Context(), p.tenant, "H1", "N2", everywhere); err != nil {
		t.Fatal(err)
	}
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, b1.ID, everywhere), lintu.CodeConflict, "H1")
	if err := p.Assign(t.Context(), p.tenant, "H1", "N1", everywhere); err != nil {
		t.Fatal(err)
	}
	if err := p.UndoBatch(t.Context(), p.tenant, b1.ID, everywhere); err != nil {
		t.Fatal(err)
	}
	equal(t, "state", p.state("now()"), nil)
	p.sound()
	_, done := p.apply(town()...)
	equal(t, "again", done[:2], []lintu.Comparison{{New: 1}, {New: 2}})
	equal(t, "state", p.state("now()"), before)
	p.sound()
}

func TestAssign(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	wantCode(t, p.Assign(t.Context(), p.tenant, "H9", "N1", everywhere), lintu.CodeNotFound, "H9")
	wantCode(t, p.Assign(t.Context(), p.tenant, "H1", "N9", everywhere), lintu.CodeNotFound, "N9")
	for range 2 {
		if err := p.Assign(t.Context(), p.tenant, "H1", "N2", everywhere); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "assignments", p.strings(`SELECT concat_ws(' ', n.code, a.version, upper_inf(a.valid)) FROM assignment a JOIN household h ON h.id = household_id JOIN head n ON n.id = head_id WHERE h.code = 'H1' ORDER BY a.version`),
		[]string{"N1 1 f", "N2 2 t"})
	p.sound()
}

func TestBatches(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	a, b := newBatch(p), newBatch(p)
	if err := p.CreateBatch(t.Context(), p.tenant, a); err != nil {
		t.Errorf("the same again: %v", err)
	}
	list, err := p.Batches(t.Context(), p.tenant, nil, 10)
	if err != nil || len(list) != 2 || list[0].ID != b.ID {
		t.Errorf("batches %v, %v", list, err)
	}
	parts := []lintu.Part{{Dataset: "社区", Answers: lintu.Answers{Layer: lintu.Communities}}}
	if err := p.SaveParts(t.Context(), p.tenant, a.ID, parts); err != nil {
		t.Fatal(err)
	}
	got, err := p.Batch(t.Context(), p.tenant, a.ID)
	if err != nil || len(got.Parts) != 1 || got.Parts[0].Dataset != "社区" || got.State != lintu.BatchDraft {
		t.Errorf("batch %+v, %v", got, err)
	}
	for range 2 {
		if err := p.DiscardBatch(t.Context(), p.tenant, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, p.SaveParts(t.Context(), p.tenant, a.ID, nil), lintu.CodeConflict)
	wantCode(t, p.ApplyBatch(t.Context(), p.tenant, a, everywhere, func(lintu.BatchTx) error { return io.EOF }), lintu.CodeConflict)
	wantCode(t, p.DiscardBatch(t.Context(), p.tenant, lintu.NewID()), lintu.CodeNotFound)
	_, err = p.Batch(t.Context(), p.tenant+1, a.ID)
	wantCode(t, err, lintu.CodeNotFound)
	wantCode(t, p.TryBatch(t.Context(), p.tenant+1, everywhere, func(lintu.BatchTx) error { return nil }), lintu.CodeNotFound)
}
