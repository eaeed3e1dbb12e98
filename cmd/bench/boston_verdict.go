package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lintu-map/lintu"
)

// tally counts by reason.
type tally map[string]int

// print lists the reasons, the most frequent first.
func (t tally) print(indent string) {
	reasons := slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		if t[a] != t[b] {
			return t[b] - t[a]
		}
		return min(1, max(-1, len(a)-len(b)))
	})
	for _, reason := range reasons {
		fmt.Printf("%s%7d  %s\n", indent, t[reason], reason)
	}
}

// verdicts compares our on-time verdict with the city's flag twice: with each
// request's clock set to its own target time, and with the usual limit of its
// type counted by our calendar.
func verdicts(calendar *lintu.Calendar, all []request, limits map[string]lintu.Limit) error {
	asOf := time.Time{}
	for _, r := range all {
		if r.done.After(asOf) {
			asOf = r.done
		}
	}
	left, own, usual := tally{}, tally{}, tally{}
	var targets, met int
	for _, r := range all {
		switch {
		case r.target.IsZero():
			left["no target time: the city calls all of these on time"]++
			continue
		case !r.judged:
			left["a target time, but no flag of the city"]++
			continue
		}
		verdict, err := ownTarget(calendar, r, asOf)
		if err != nil {
			return fmt.Errorf("request %s: %w", r.id, err)
		}
		own[verdict]++
		limit := limits[r.kind]
		targets++
		if meets(calendar, r, limit) {
			met++
		}
		if verdict, err = usualLimit(calendar, r, limit, asOf); err != nil {
			return fmt.Errorf("request %s: %w", r.id, err)
		}
		usual[verdict]++
	}
	fmt.Printf("\non time or late, %d requests compared; not compared:\n", targets)
	left.print("  ")
	fmt.Println("clocks set to the city's own target times:")
	own.print("  ")
	fmt.Printf("clocks set by the usual limit of each type and the calendar, which give %d of these target times (%.1f %%):\n", met, percent(met, targets))
	usual.print("  ")
	if own[otherwise] > 0 {
		return errors.New("clocks set to the city's own target times judge otherwise than the city")
	}
	return nil
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

const (
	agrees    = "the same verdict as the city"
	otherwise = "another verdict than the city"
)

// ownTarget judges the request by the city's own target time.
func ownTarget(calendar *lintu.Calendar, r request, asOf time.Time) (string, error) {
	l, err := begin(calendar, r, lintu.Limit{N: 1, Unit: lintu.InHours})
	if err != nil {
		return "", err
	}
	switch {
	case !r.target.After(l.c.Clock.Due):
		return "not judged: the target is less than an hour after the request, and no extension is that short", nil
	case r.target.After(r.open.AddDate(2, 0, 0)):
		return "not judged: the target is more than two years after the request, and no extension is that long", nil
	}
	if err := l.dueAt(r.target); err != nil {
		return "", err
	}
	late, err := l.end(r, asOf)
	if err != nil || late == r.late {
		return agrees, err
	}
	return otherwise, nil
}

// usualLimit judges the request by the limit of its type, and explains a
// difference.
func usualLimit(calendar *lintu.Calendar, r request, limit lintu.Limit, asOf time.Time) (string, error) {
	if limit.N == 0 {
		return "not judged: no target time of this type can be explained", nil
	}
	l, err := begin(calendar, r, limit)
	if err != nil {
		return "", err
	}
	late, err := l.end(r, asOf)
	switch {
	case err != nil || late == r.late:
		return agrees, err
	case meets(calendar, r, limit) && limit.Unit.Working():
		return "due at the same working moment, closed in the hours off between ours and the city's", nil
	case meets(calendar, r, limit):
		return "closed within the hour by which clocks changed, or the seconds by which the city misses whole days", nil
	case limit.Unit.Working() && !calendar.IsWorkday(r.open):
		return "reported on a day off: the city begins at the same hour of the next working day, we at its first", nil
	default:
		return "the city gave this one another limit than its type's usual one", nil
	}
}
