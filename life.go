package lintu

import "time"

// Deed is something that somebody does to a case at an instant.
type Deed struct {
	At time.Time
	By Asker
	Action
}

// Life is a case of the past with all that is done to it.
type Life struct {
	Report NewCase // at Report.At
	By     Asker
	// Next is what is done next to the case as it is; false where nobody does anything
	// more. It is asked again after everything that happens, the system's acts included.
	Next func(c *Case) (Deed, bool)
}

// mostDeeds bounds what can happen in one life. More would be a mistake of its Next.
const mostDeeds = 500

// Live lets a life pass until an instant: people do what they do when they do it, and
// the system acts in between when its time has come. Who decides is the Office, as
// always, with the clock of the past.
func (o *Office) Live(l Life, number string, until time.Time) (*Case, []Event, error) {
	then := *o
	then.Now = l.Report.At
	c, events, err := then.Open(l.Report, number, l.By)
	for err == nil && len(events) < mostDeeds {
		deed, more := l.Next(c)
		to := until
		if more && deed.At.Before(until) {
			to = deed.At
		}
		then.Now = later(to, c.ChangedAt)
		var happened []Event
		if t, due := then.firstDue(c); due {
			then.Now = later(t.At, c.ChangedAt)
			c, happened, err = then.Fire(c)
		} else if more && deed.At.Before(until) {
			c, happened, err = then.Decide(c, deed.Action, deed.By)
		} else {
			return c, events, nil
		}
		events = append(events, happened...)
	}
	if err == nil {
		err = Errorf(CodeInternal, "案卷 %s 的经历没有尽头。", "The life of case %s never ends.", number)
	}
	return nil, nil, err
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
