package sql

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// caseSight is lintu.Case.Sight as conditions over rows r of case_file. A test
// compares the two.
type caseSight struct{ whole, outline string }

// caseSelection builds a statement over the cases r of a viewer's tenant, which is $1.
type caseSelection struct {
	selection
	v     *lintu.Viewer
	sight caseSight
}

func newCaseSelection(v *lintu.Viewer) *caseSelection {
	s := &caseSelection{selection: selection{from: "SELECT * FROM case_file WHERE tenant_id = $1", args: []any{v.Tenant}}, v: v}
	s.sight = sightOf(v.CaseTerritory(), s.arg)
	return s
}

// sightOf writes what is shown of a territory; arg adds a parameter and names it.
func sightOf(t lintu.CaseTerritory, arg func(any) string) caseSight {
	whole := []string{handledBy(t, arg),
		"r.visibility <> 'restricted' AND " + inTerritory(t.Seen, arg),
		"r.visibility = 'restricted' AND " + inTerritory(t.Restricted, arg)}
	if !t.Own.IsZero() {
		whole = append(whole, "r.reporter_id = "+arg(t.Own)+"::uuid")
	}
	if t.Outside {
		whole = append(whole, "cardinality(r.area_ids) = 0")
	}
	outline := "false"
	if t.Public {
		outline = "r.visibility = 'public'"
	}
	return caseSight{either(whole...), outline}
}

// any is the condition to be shown something of a case.
func (s caseSight) any() string { return either(s.whole, s.outline) }

// either joins conditions by OR, without those that never hold.
func either(conditions ...string) string {
	conditions = slices.DeleteFunc(conditions, func(c string) bool { return strings.HasSuffix(c, "false") })
	if len(conditions) == 0 {
		return "false"
	}
	return "(" + strings.Join(conditions, " OR ") + ")"
}

// inTerritory is lintu.Case.isIn.
func inTerritory(t lintu.Territory, arg func(any) string) string {
	if t.Everywhere {
		return "true"
	}
	var in []string
	if len(t.Areas) > 0 {
		in = append(in, "r.area_ids && "+arg(t.Areas)+"::uuid[]")
	}
	if len(t.Heads) > 0 {
		in = append(in, "r.head_id = ANY ("+arg(t.Heads)+"::uuid[])")
	}
	return either(in...)
}

// handledBy is lintu.Case.isWith: to be of those who handle the case or help.
func handledBy(t lintu.CaseTerritory, arg func(any) string) string {
	var of []string
	if len(t.Handled.Units) > 0 {
		of = append(of, "r.unit_ids && "+arg(t.Handled.Units)+"::uuid[]")
	}
	if len(t.Handled.Heads) > 0 {
		of = append(of, "r.post_ids && "+arg(t.Handled.Heads)+"::uuid[]")
	}
	if !t.Handler.IsZero() {
		of = append(of, "r.worker_ids && "+arg([]lintu.ID{t.Handler})+"::uuid[]")
	}
	return either(of...)
}

// waitsFor is the condition that the viewer has to act on the case, or has reported it
// and it is open.
func waitsFor(v *lintu.Viewer, arg func(any) string) string {
	account := arg(v.Account)
	waits := func(party lintu.Party, also string) string {
		return "r.waits_for = '" + string(party) + "' AND " + also
	}
	worker := inTerritory(v.Territory(lintu.VerifyCases), arg)
	dispatcher := inTerritory(v.Territory(lintu.DispatchCases), arg)
	if v.May(lintu.DispatchCases) {
		dispatcher = either(dispatcher, "cardinality(r.area_ids) = 0")
	}
	checker := inTerritory(v.Territory(lintu.CheckCases), arg)
	if v.May(lintu.CheckCases) && v.May(lintu.DispatchCases) {
		checker = either(checker, "cardinality(r.area_ids) = 0")
	}
	orphans := "false"
	if dispatcher != "false" {
		orphans = isUnanswered(arg) + " AND " + dispatcher
	}
	if checker != "false" {
		checker += " AND NOT " + handledBy(v.Works(), arg) + " AND NOT coalesce(r.doc->'hands', '[]') ? " + account + "::uuid::text"
	}
	return isOpen("r") + " AND " + either(
		waits(lintu.AsWorker, worker), waits(lintu.AsDispatcher, dispatcher), waits(lintu.AsChecker, checker), orphans,
		waits(lintu.AsHandler, handledBy(v.CaseTerritory(), arg)), "r.reporter_id = "+account+"::uuid")
}

// where adds what the query asks for. Who sees an outline cannot ask about what is
// not in it.
func (s *caseSelection) where(q lintu.CaseQuery, cs lintu.Categories) {
	shown := s.sight.any()
	if q.Mine || q.Unit != nil || q.Head != nil || q.Urgency != "" || q.Rung != "" || q.Source != "" {
		shown = s.sight.whole
	}
	s.add(shown)
	if q.Open {
		s.add(isOpen("r"))
	}
	if q.Mine {
		s.add("(" + waitsFor(s.v, s.arg) + ")")
	}
	if len(q.States) > 0 {
		s.add("r.state = ANY (" + s.arg(q.States) + "::text[])")
	}
	if q.Category != "" {
		s.add("r.category = ANY (" + s.arg(below(cs, storable(q.Category))) + "::text[])")
	}
	if q.Area != nil {
		s.add("r.area_ids && " + s.arg([]lintu.ID{*q.Area}) + "::uuid[]")
	}
	if q.Unit != nil {
		s.add("r.unit_ids && " + s.arg([]lintu.ID{*q.Unit}) + "::uuid[]")
	}
	if q.Head != nil {
		s.add("(r.head_id = " + s.arg(*q.Head) + "::uuid OR r.post_ids && " + s.arg([]lintu.ID{*q.Head}) + "::uuid[])")
	}
	for _, f := range []struct{ column, value string }{{"urgency", string(q.Urgency)}, {"rung", string(q.Rung)}, {"source", string(q.Source)}} {
		if f.value != "" {
			s.add("r." + f.column + " = " + s.arg(storable(f.value)) + "::text")
		}
	}
	s.whereTime(q)
	if q.Text != "" {
		pattern := s.arg(like(storable(q.Text), "%", "%")) + "::text"
		s.add("(r.number LIKE " + pattern + " OR r.doc->>'note' ILIKE " + pattern + " AND " + s.sight.whole + ")")
	}
}

func (s *caseSelection) whereTime(q lintu.CaseQuery) {
	if q.Late {
		s.add("(r.late_at IS NOT NULL AND " + s.sight.whole + " OR r.due_at < now())")
	}
	if q.BBox != nil {
		s.add(s.inBBox(*q.BBox))
	}
	if q.From != nil {
		s.add("r.reported_at >= " + s.arg(*q.From) + "::timestamptz")
	}
	if q.To != nil {
		s.add("r.reported_at < " + s.arg(*q.To) + "::timestamptz")
	}
}

// caseOrder is how cases are sorted: by the columns, and in which direction.
type caseOrder struct{ by, direction, beyond string }

func orderOf(q lintu.CaseQuery) caseOrder {
	if q.ByDue {
		return caseOrder{"coalesce(r.due_at, 'infinity')", "", ">"}
	}
	return caseOrder{"r.reported_at", " DESC", "<"}
}

// CountCases implements lintu.CaseStore.
func (db *DB) CountCases(ctx context.Context, v *lintu.Viewer, q lintu.CaseQuery) (n int64, err error) {
	c, err := db.choices(ctx, db.pool, v.Tenant)
	if err != nil {
		return 0, toError(err)
	}
	s := newCaseSelection(v)
	s.where(q, c.categories)
	err = db.pool.QueryRow(ctx, s.sql("count(*)"), s.args...).Scan(&n)
	return n, toError(err)
}

// casePage is how many cases are read at once: a reader that takes long over them
// holds memory and no connection.
const casePage = 500

// EachCase implements lintu.CaseStore. yield's error ends it and is returned as it is.
func (db *DB) EachCase(ctx context.Context, v *lintu.Viewer, q lintu.CaseQuery, yield func(c *lintu.CaseView, cursor string) error) error {
	o, err := db.office(ctx, db.pool, v.Tenant, db.now())
	if err != nil {
		return toError(err)
	}
	for left := q.Limit; ; {
		size := casePage
		if q.Limit > 0 {
			size = min(size, left)
		}
		page, err := db.casePage(ctx, v, q, o.Categories, size)
		if err != nil {
			return err
		}
		views := make([]*lintu.CaseView, len(page))
		for i := range page {
			views[i] = viewOf(o, &page[i].Case, lintu.Asker{Viewer: v})
		}
		if err := db.finishViews(ctx, v, views...); err != nil {
			return err
		}
		for i, x := range page {
			if err := yield(views[i], x.cursor); err != nil {
				return err
			}
			q.After = x.cursor
		}
		if left -= len(page); len(page) < size || left == 0 {
			return nil
		}
	}
}

// caseRow is a case and the cursor after it.
type caseRow struct {
	lintu.Case
	cursor string
}

func (db *DB) casePage(ctx context.Context, v *lintu.Viewer, q lintu.CaseQuery, cs lintu.Categories, size int) ([]caseRow, error) {
	s, order := newCaseSelection(v), orderOf(q)
	s.where(q, cs)
	if q.After != "" {
		at, id, err := parseCaseCursor(q.After)
		if err != nil {
			return nil, err
		}
		s.add(fmt.Sprintf("(%s, r.id) %s (%s::timestamptz, %s::uuid)", order.by, order.beyond, s.arg(at), s.arg(id)))
	}
	sql := s.sql("r.doc, "+order.by+"::text") + fmt.Sprintf(" ORDER BY %[1]s%[2]s, r.id%[2]s LIMIT %[3]d", order.by, order.direction, size)
	rows, err := db.pool.Query(ctx, sql, s.args...)
	if err != nil {
		return nil, toError(err)
	}
	page, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x caseRow, err error) {
		var doc []byte
		var at string
		if err = row.Scan(&doc, &at); err == nil {
			err = json.Unmarshal(doc, &x.Case)
		}
		x.cursor = base64.RawURLEncoding.EncodeToString([]byte(at + "|" + x.ID.String()))
		return x, err
	})
	return page, toError(err)
}

// parseCaseCursor reads what is sorted by, as PostgreSQL writes it, and the id.
func parseCaseCursor(s string) (at string, id lintu.ID, err error) {
	bad := lintu.Errorf(lintu.CodeInvalid, "参数 after 无效；它只能取自上一页。", "Parameter after is not valid; it can only come from a page before.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return "", id, bad
	}
	at, rest, _ := strings.Cut(string(b), "|")
	if id, err = lintu.ParseID(rest); err != nil {
		return "", id, bad
	}
	if at == "infinity" {
		return at, id, nil
	}
	if _, err := time.Parse("2006-01-02 15:04:05.999999-07", at); err != nil {
		return "", id, bad
	}
	return at, id, nil
}
