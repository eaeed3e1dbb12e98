package sql

import (
	"fmt"
	"strings"
)

// caseEnd is when a case was over; null for an open one.
const caseEnd = "CASE WHEN r.state IN ('closed', 'evaluated') THEN r.closed_at WHEN r.state IN ('declined', 'merged') THEN r.since END"

// caseRelation gives the cases of the layer: now the open ones, and of the past those
// that were reported and not over, as they are now. Of a case of which only the
// outline is shown, what is no part of it is null.
func caseRelation(w when, in inside) string {
	valid := "tstzrange(r.reported_at, " + caseEnd + ", '[]')"
	shown, limit := "true", ""
	if in.limited {
		shown, limit = in.cases.whole, " AND "+in.cases.any()
	}
	there := isOpen("r")
	if w != present {
		there = validity(w, valid)
	}
	columns := []string{"r.tenant_id", "r.id", "r.number AS code", valid + " AS valid", "r.geom", "r.category", "r.state"}
	for _, name := range []string{"urgency", "rung", "source"} {
		columns = append(columns, fmt.Sprintf("CASE WHEN %s THEN r.%s END AS %s", shown, name, name))
	}
	columns = append(columns, instantText("r.reported_at")+" AS reported_at", instantText("r.due_at")+" AS due")
	return "SELECT " + strings.Join(columns, ", ") + " FROM case_file r WHERE r.tenant_id = $1 AND " + there + limit
}

// instantText writes an instant as RFC 3339, in UTC.
func instantText(column string) string {
	return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
}
