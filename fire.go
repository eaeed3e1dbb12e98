package lintu

import "slices"

// mostFires bounds what one case can have due at once: two warnings, being late, a
// nudge or the end of a wait, and a step up the ladder. More would be a mistake in
// the table.
const mostFires = 10

// Fire lets the system do all that is due on the case by now, what was due first
// at first. It returns the case as it is then, and no events if nothing was due. With
// an error, which the table should not allow, it returns what was done before.
func (o *Office) Fire(c *Case) (*Case, []Event, error) {
	var events []Event
	for range mostFires {
		t, ok := o.firstDue(c)
		if !ok {
			return c, events, nil
		}
		next, more, err := o.Decide(c, Action{ID: NewID(), Act: t.Act}, System)
		if err != nil {
			return c, events, err
		}
		c, events = next, append(events, more...)
	}
	return c, events, Errorf(CodeConflict, "案卷 %s 的计时器不停地到期。", "The timers of case %s never end.", c.Number)
}

func (o *Office) firstDue(c *Case) (Timer, bool) {
	timers := o.Timers(c)
	if len(timers) == 0 {
		return Timer{}, false
	}
	first := slices.MinFunc(timers, func(a, b Timer) int { return a.At.Compare(b.At) })
	return first, !first.At.After(o.Now)
}
