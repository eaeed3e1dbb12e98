package sql

import (
	"context"
	"slices"
	"strings"

	"github.com/lintu-map/lintu"
)

// lookahead are rows of which the first ones have been read and kept, to see
// whether they are many and what they bring.
type lookahead struct {
	lintu.Rows
	kept  []lintu.Row
	next  int
	ended bool
}

// glance is how many rows are read ahead where nothing is to be learned from
// them but that there are some.
const glance = 1

// lookAheadFor reads up to loadMany rows ahead, and only a glance if the file says
// that they are more and it is of no concern what they bring.
func lookAheadFor(ctx context.Context, s *stage, rows lintu.Rows) *lookahead {
	told, ok := rows.(interface{ Expected() int64 })
	if ok && told.Expected() >= loadMany && s.head() < 0 {
		return lookAhead(ctx, rows, glance)
	}
	return lookAhead(ctx, rows, loadMany)
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
		r.Person = clonePerson(r.Person)
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

// somePlaced reports whether one of the rows that were read ahead has a geometry.
func (l *lookahead) somePlaced() bool {
	return slices.ContainsFunc(l.kept, func(r lintu.Row) bool { return r.Geometry != nil })
}

// somePerson reports whether one of the rows that were read ahead brings personal
// data.
func (l *lookahead) somePerson() bool {
	return slices.ContainsFunc(l.kept, func(r lintu.Row) bool { return r.Person != nil })
}
