package sql

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// open is the condition that somebody still has to act, as the partial indexes of
// case_file have it.
const open = "state NOT IN ('closed', 'evaluated', 'declined', 'merged')"

// caseColumn is a column of case_file and where it is taken from.
type caseColumn struct {
	name string
	of   func(c *lintu.Case) any
}

// caseColumns is the one place where the columns of case_file come from, besides
// tenant, id, doc and geom.
var caseColumns = []caseColumn{
	{"number", func(c *lintu.Case) any { return c.Number }},
	{"seq", func(c *lintu.Case) any { return c.Seq }},
	{"state", func(c *lintu.Case) any { return c.State }},
	{"category", func(c *lintu.Case) any { return c.Category }},
	{"urgency", func(c *lintu.Case) any { return c.Urgency }},
	{"rung", func(c *lintu.Case) any { return c.Rung }},
	{"source", func(c *lintu.Case) any { return c.Source }},
	{"visibility", func(c *lintu.Case) any { return c.Visibility }},
	{"area_ids", func(c *lintu.Case) any { return areaIDs(c) }},
	{"head_id", func(c *lintu.Case) any { return headID(c) }},
	{"unit_ids", func(c *lintu.Case) any { return workersOf(c, lintu.UnitHandles) }},
	{"post_ids", func(c *lintu.Case) any { return workersOf(c, lintu.HeadHandles) }},
	{"worker_ids", func(c *lintu.Case) any { return workersOf(c, lintu.WorkerHandles) }},
	{"handler_kind", func(c *lintu.Case) any {
		if c.Handler == nil {
			return nil
		}
		return c.Handler.Kind
	}},
	{"handler_id", func(c *lintu.Case) any {
		if c.Handler == nil {
			return nil
		}
		return c.Handler.ID
	}},
	{"reporter_id", func(c *lintu.Case) any { return c.Reporter }},
	{"meeting_id", func(c *lintu.Case) any { return c.Meeting }},
	{"waits_for", func(c *lintu.Case) any {
		if c.WaitsFor == "" {
			return nil
		}
		return c.WaitsFor
	}},
	{"wait_until", func(c *lintu.Case) any { return c.WaitUntil }},
	{"reported_at", func(c *lintu.Case) any { return c.ReportedAt }},
	{"since", func(c *lintu.Case) any { return c.Since }},
	{"changed_at", func(c *lintu.Case) any { return c.ChangedAt }},
	{"due_at", func(c *lintu.Case) any { return dueAt(c) }},
	{"late_at", func(c *lintu.Case) any { return c.Clock.LateAt }},
	{"done_at", func(c *lintu.Case) any { return c.DoneAt }},
	{"closed_at", func(c *lintu.Case) any { return c.ClosedAt }},
	{"on_time", func(c *lintu.Case) any { return c.OnTime }},
	{"satisfaction", func(c *lintu.Case) any {
		if c.Satisfaction == 0 {
			return nil
		}
		return c.Satisfaction
	}},
}

func areaIDs(c *lintu.Case) []lintu.ID {
	ids := []lintu.ID{}
	for _, a := range c.Areas {
		if id, err := lintu.ParseID(a.ID); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func headID(c *lintu.Case) any {
	if c.Head != nil {
		if id, err := lintu.ParseID(c.Head.ID); err == nil {
			return id
		}
	}
	return nil
}

func workersOf(c *lintu.Case, kind lintu.HandlerKind) []lintu.ID {
	ids := []lintu.ID{}
	for _, h := range c.Workers() {
		if h.Kind == kind {
			ids = append(ids, h.ID)
		}
	}
	return ids
}

func dueAt(c *lintu.Case) *time.Time {
	if c.Clock.State != lintu.Running {
		return nil
	}
	return &c.Clock.Due
}

// putCase stores a case as it is now, a new one or the row that is there; a row that
// is the same already is left as it is. Parameters: $1 tenant, $2 id, $3 doc, $4 $5
// lon and lat, then caseColumns.
var putCase = func() string {
	var names, values, sets, old, new []string
	for i, c := range caseColumns {
		names, values = append(names, c.name), append(values, "$"+strconv.Itoa(i+6))
	}
	for _, name := range append([]string{"doc", "geom"}, names...) {
		sets = append(sets, name+" = excluded."+name)
		old, new = append(old, "f."+name), append(new, "excluded."+name)
	}
	return "INSERT INTO case_file AS f (tenant_id, id, doc, geom, " + strings.Join(names, ", ") + ")" +
		" VALUES ($1, $2, $3, ST_SetSRID(ST_Point($4::float8, $5::float8), 4326), " + strings.Join(values, ", ") + ")" +
		" ON CONFLICT (tenant_id, id) DO UPDATE SET " + strings.Join(sets, ", ") +
		" WHERE (" + strings.Join(old, ", ") + ") IS DISTINCT FROM (" + strings.Join(new, ", ") + ")"
}()

// putCaseArgs are the values of putCase.
func putCaseArgs(tenant int32, c *lintu.Case) ([]any, error) {
	doc, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	args := []any{tenant, c.ID, doc, c.Place.Lon, c.Place.Lat}
	for _, column := range caseColumns {
		args = append(args, column.of(c))
	}
	return args, nil
}

// keepFile queues the case as it is now.
func (t *caseTx) keepFile(c *lintu.Case) error {
	args, err := putCaseArgs(t.tenant, c)
	if err == nil {
		t.writes.Queue(putCase, args...)
	}
	return err
}
