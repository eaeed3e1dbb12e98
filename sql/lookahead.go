package sql

import (
	"context"
	"slices"
	"strings"

	"github.com/lintu-map/lintu"
)

// lookahead are rows of which the first ones have been read and kept, to see
// whether they are many.
type lookahead struct {
	lintu.Rows
	kept  []lintu.Row
	next  int
	ended bool
}

// lookAhead reads up to n rows.
func lookAhead(ctx context.Context, rows lintu.Rows, n int) *lookahead {
	l := &lookahead{Rows: rows}
	for len(l.kept) < n {
		if !rows.Next(ctx) {
			l.ended = true
			break
		}
		r := *rows.Row()
		r.Values = slices.Clone(r.Values)
		for i, v := range r.Values {
			r.Values[i] = strings.Clone(v)
		}
		r.Geometry = slices.Clone(r.Geometry)
		l.kept = append(l.kept, r)
	}
	return l
}

func (l *lookahead) Next(ctx context.Context) bool {
	if l.next < len(l.kept) {
		l.next++
		return true
	}
	if l.kept != nil {
		l.kept, l.next = nil, 0
	}
	return !l.ended && l.Rows.Next(ctx)
}

func (l *lookahead) Row() *lintu.Row {
	if l.kept != nil {
		return &l.kept[l.next-1]
	}
	return l.Rows.Row()
}

// someHave reports whether one of the rows that were read ahead has a value in
// the column.
func (l *lookahead) someHave(column int) bool {
	return slices.ContainsFunc(l.kept, func(r lintu.Row) bool { return column < len(r.Values) && r.Values[column] != "" })
}
