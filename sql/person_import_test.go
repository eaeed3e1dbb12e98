package sql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// canary is somebody whose name and number occur nowhere else.
var canary = lintu.Person{Name: "欧阳金丝雀", Phone: "138 7319 4407", Members: 3, Needs: []string{"独居老人"}, Note: "爱吃辣"}

// with is a row that brings a person.
func with(r lintu.Row, p lintu.Person) lintu.Row {
	r.Person = &p
	return r
}

// onlyPerson is a row of a file that has nothing but a code and personal data.
func onlyPerson(number int64, code string, p lintu.Person) lintu.Row {
	return with(row(number, nil, code, "", "", ""), p)
}

// peopled is the town, with persons in its households H1 to H3 and its head N1.
func peopled(t testing.TB) place {
	t.Helper()
	p := newPlace(t)
	parts := town()
	parts[3].rows[0] = with(parts[3].rows[0], lintu.Person{Name: "邻长一", Phone: "13900000001"})
	for i, x := range []lintu.Person{canary, {Name: "李四", Phone: "13800000002"}, {Name: "王五", Phone: "13800000003", Members: 5}} {
		parts[4].rows[i] = with(parts[4].rows[i], x)
	}
	p.apply(parts...)
	return p
}

// crowded has that many households, with a person in each.
func crowded(t testing.TB, n int64) place {
	t.Helper()
	p := newPlace(t)
	source := newMany(n)
	source.persons = 1
	err := p.ApplyBatch(t.Context(), p.tenant, newBatch(p), everywhere, func(tx lintu.BatchTx) error {
		_, err := tx.Stage(t.Context(), layerNamed(lintu.Households), source)
		if err == nil {
			_, err = tx.Merge(t.Context(), layerNamed(lintu.Households), false)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asOwner runs work as the owner with the session context of the whole tenant.
func (p place) asOwner(work func(pgx.Tx)) {
	p.t.Helper()
	err := pgx.BeginFunc(p.t.Context(), p.Owner(), func(tx pgx.Tx) error {
		_, err := tx.Exec(p.t.Context(), `SELECT set_config('lintu.tenant', $1::int::text, true), set_config('lintu.everywhere', 'on', true)`, p.tenant)
		if err == nil {
			work(tx)
		}
		return err
	})
	must(p.t.(*testing.T), err)
}

// persons describes the present person rows: code, and who is there.
func (p place) persons() []string {
	p.t.Helper()
	var got []string
	for _, layer := range []lintu.Layer{lintu.Households, lintu.Heads} {
		for _, code := range p.strings(`SELECT code FROM household WHERE tenant_id = $1 AND $2 = 'households' AND upper_inf(valid)
			UNION ALL SELECT code FROM head WHERE tenant_id = $1 AND $2 = 'heads' AND upper_inf(valid) ORDER BY 1`, p.tenant, layer) {
			if x := p.known(layer, code); x != nil {
				got = append(got, fmt.Sprintf("%s %s %s %d %s %s", code, x.Name, x.Phone, x.Members, strings.Join(x.Needs, "+"), x.Note))
			}
		}
	}
	return got
}

// known is what is presently known in a household or of a head; nil for nothing.
func (p place) known(layer lintu.Layer, code string) *lintu.Person {
	p.t.Helper()
	s, err := p.SubjectOf(p.t.Context(), p.tenant, layerNamed(layer), code)
	if lintu.CodeOf(err) == lintu.CodeNotFound {
		return nil
	}
	if err != nil {
		p.t.Fatal(err)
	}
	d, err := p.ExportPerson(p.t.Context(), p.tenant, *s, everywhere)
	if err != nil {
		p.t.Fatal(err)
	}
	if last := d.Versions[len(d.Versions)-1]; last.To == nil {
		return &last.Person
	}
	return nil
}

func TestPersonsImport(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	first := []string{
		"H1 欧阳金丝雀 138 7319 4407 3 独居老人 爱吃辣", "H2 李四 13800000002 0  ", "H3 王五 13800000003 5  ", "N1 邻长一 13900000001 0  "}
	equal(t, "imported", p.persons(), first)

	// The same again changes nothing, whatever the nonces are.
	parts := town()
	parts[4].rows[0] = with(parts[4].rows[0], canary)
	parts[4].rows[1] = with(parts[4].rows[1], lintu.Person{Name: "李四", Phone: "13800000002"})
	parts[4].rows[2] = with(parts[4].rows[2], lintu.Person{Name: "王五", Phone: "13800000003", Members: 5})
	_, done := p.apply(parts[4])
	if c := done[0]; c.Persons != 0 || c.Unchanged != 3 {
		t.Errorf("the same again: %+v", c)
	}
	before := p.state("now()")

	// A file of personal data alone: a new number, one cleared, and what it does
	// not bring stays. The map does not change.
	b, done := p.apply(part{lintu.Households, false, []lintu.Row{
		onlyPerson(1, "H1", lintu.Person{Phone: "13873190000"}), row(2, nil, "H2", "", "", ""),
		onlyPerson(3, "H3", lintu.Person{Phone: "13800000003"})}})
	if c := done[0]; c.Persons != 2 || c.New+c.Changed != 0 || c.Unchanged != 3 {
		t.Errorf("numbers alone: %+v", c)
	}
	equal(t, "changed", p.persons(), []string{"H1 欧阳金丝雀 13873190000 3 独居老人 爱吃辣", "H2 李四  0  ", first[2], first[3]})
	equal(t, "map", p.state("now()"), before)
	if v := p.strings(`SELECT max(version)::text FROM household`); v[0] != "1" {
		t.Error("households have new versions")
	}

	must(t, p.UndoBatch(t.Context(), p.tenant, b.ID, everywhere))
	equal(t, "undone", p.persons(), first)
	p.sound()
}

// A dry run counts what applying would do, and writes nothing.
func TestPersonsDryRun(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	before := p.persons()
	var done []lintu.Comparison
	must(t, p.TryBatch(t.Context(), p.tenant, everywhere, load(t.Context(), &done, []part{{lintu.Households, false, []lintu.Row{
		with(row(1, point(113.15, 28.16), "H1", "1号", "B1", ""), lintu.Person{Name: "换人"}),
		with(row(2, point(113.15, 28.16), "H9", "9号", "B1", ""), lintu.Person{Name: "新人"})}}})))
	if done[0].Persons != 2 || done[0].New != 1 {
		t.Errorf("dry: %+v", done[0])
	}
	equal(t, "after a dry run", p.persons(), before)
}

func TestPersonsEndWithTheirHousehold(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	before := p.persons()
	b, _ := p.apply(part{lintu.Households, true, []lintu.Row{row(1, point(113.15, 28.16), "H1", "1号", "B1", "")}})
	equal(t, "closed", p.persons(), []string{before[0], before[3]})
	must(t, p.UndoBatch(t.Context(), p.tenant, b.ID, everywhere))
	equal(t, "back", p.persons(), before)
}

// A batch cannot be taken back while somebody's later word on the same persons, or
// on persons of its households, stands.
func TestPersonsStandOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	places, _ := p.apply(town()...)
	one, _ := p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", canary)}})
	two, _ := p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", lintu.Person{Name: "二"})}})
	undo := func(b *lintu.Batch) error { return p.UndoBatch(t.Context(), p.tenant, b.ID, everywhere) }
	wantCode(t, undo(one), lintu.CodeConflict, "H1")
	wantCode(t, undo(places), lintu.CodeConflict, "H1")
	must(t, undo(two))
	must(t, undo(one))
	if x := p.known(lintu.Households, "H1"); x != nil {
		t.Errorf("left: %+v", x)
	}
	must(t, undo(places))
}

func TestPersonsAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	_, _, err := p.try(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", canary), onlyPerson(7, "H7", canary)}})
	wantCode(t, err, lintu.CodeInvalid, "7")
	if strings.Contains(err.Error(), canary.Name) {
		t.Error("the error names a person")
	}
	_, _, err = p.try(part{lintu.Households, true, []lintu.Row{onlyPerson(1, "H1", canary)}})
	wantCode(t, err, lintu.CodeInvalid, "--close-missing")
}

// Two parts of one batch: the second has the last word, and leaves one row.
func TestPersonsTwiceInABatch(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	b, _ := p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", canary)}},
		part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", lintu.Person{Phone: "13800000009"})}})
	equal(t, "both", p.persons(), []string{"H1 欧阳金丝雀 13800000009 3 独居老人 爱吃辣"})
	must(t, p.UndoBatch(t.Context(), p.tenant, b.ID, everywhere))
	equal(t, "undone", p.persons(), nil)
}

// Thousands of households fill an unused table without a stage; persons that come
// only after them are kept all the same.
func TestPersonsLate(t *testing.T) {
	t.Parallel()
	for _, from := range []int64{1, 25_000} { // staged; late
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			source := newMany(30_000)
			source.persons = from
			var c lintu.Comparison
			must(t, p.ApplyBatch(t.Context(), p.tenant, newBatch(p), everywhere, func(tx lintu.BatchTx) error {
				_, err := tx.Stage(t.Context(), layerNamed(lintu.Households), source)
				if err == nil {
					c, err = tx.Merge(t.Context(), layerNamed(lintu.Households), false)
				}
				return err
			}))
			if want := 30_000 - from + 1; c.Persons != want || c.New != 30_000 {
				t.Errorf("%+v, want %d persons", c, want)
			}
			if x := p.known(lintu.Households, "430181001000030000"); x == nil || x.Phone != "13800030000" {
				t.Errorf("the last: %+v", x)
			}
			p.sound()
		})
	}
}

// The counts of a dry run tell whether what a file says of a person is right, so
// that somebody asked stands in the audit; that of the map alone does not.
func TestComparingPersonsIsAudited(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	by := lintu.Actor{Name: "user:guesser", From: "198.51.100.7", Within: lintu.Jurisdiction}
	try := func(rows ...lintu.Row) {
		var counts []lintu.Comparison
		must(t, p.TryBatch(t.Context(), p.tenant, by, load(t.Context(), &counts, []part{{lintu.Households, false, rows}})))
	}
	try(row(1, nil, "H1", "1号", "", ""))
	entries := func() []string {
		return p.strings(`SELECT concat_ws(' ', actor, from_addr, kind, detail) FROM audit WHERE act = 'compare_persons' ORDER BY seq`)
	}
	if got := entries(); len(got) != 0 {
		t.Errorf("a file of the map: %v", got)
	}
	try(onlyPerson(1, "H1", lintu.Person{Phone: "13873194407"}), onlyPerson(2, "H2", lintu.Person{Phone: "13800000000"}))
	equal(t, "entries", entries(), []string{`user:guesser 198.51.100.7 person {"compared": 2}`})
	p.sound()
}
