package lintu

import "time"

// Days are counted from 1970-01-01, and the working time of a day is the real
// time between the instants at which its clocks first show the ends of its
// spans. So a day on which clocks are put forward or back inside working hours
// is shorter or longer, and no instant is counted twice.

const (
	minutesOfDay = 24 * 60
	secondsOfDay = 24 * 60 * 60
)

// dayOf returns the day that t's clock shows.
func dayOf(t time.Time) int {
	_, offset := t.Zone()
	s := t.Unix() + int64(offset)
	day := s / secondsOfDay
	if s%secondsOfDay < 0 {
		day--
	}
	return int(day)
}

func dateOf(day int) time.Time { return time.Unix(int64(day)*secondsOfDay, 0).UTC() }

func (c *Calendar) workday(day int) bool {
	var buf [16]byte
	if differs, ok := c.Days[string(dateOf(day).AppendFormat(buf[:0], time.DateOnly))]; ok {
		return differs
	}
	return c.Weekdays[weekday(day)]
}

// weekday returns the time.Weekday of a day: 1970-01-01 was a Thursday.
func weekday(day int) int { return ((day+4)%7 + 7) % 7 }

// instant returns the first moment at which clocks show that minute of the day,
// or a later one where they skip it.
func (c *Calendar) instant(day, minute int) time.Time {
	wall := int64(day)*secondsOfDay + int64(minute)*60
	t := time.Unix(wall-secondsOfDay, 0).In(c.Zone) // before any zone's clock can show it
	for {
		_, offset := t.Zone()
		end := nextChange(t)
		at := time.Unix(wall-int64(offset), 0).In(c.Zone)
		if at.Before(t) {
			return t // the clocks have just jumped over it
		}
		if end.IsZero() || at.Before(end) {
			return at
		}
		t = end
	}
}

// nextChange returns when t's clock is put forward or back next, or an earlier
// moment after t; zero for never.
func nextChange(t time.Time) time.Time {
	_, end := t.ZoneBounds()
	if end.IsZero() || end.After(t) {
		return end
	}
	return t.Add(24 * time.Hour) // ZoneBounds ends too early on the last day of leap years after 2037
}

// day returns the last day whose beginning is not after t.
func (c *Calendar) day(t time.Time) int {
	day := dayOf(t.In(c.Zone))
	if !c.instant(day+1, 0).After(t) { // clocks put back over midnight show yesterday again
		return day + 1
	}
	return day
}

// fullDay is the working time of a working day whose clocks are not changed.
func (c *Calendar) fullDay() time.Duration {
	minutes := 0
	for _, h := range c.Hours {
		minutes += h.To - h.From
	}
	return time.Duration(minutes) * time.Minute
}

// worked returns the working time of the day before t; of the whole day for a
// t after it.
func (c *Calendar) worked(day int, t time.Time) time.Duration {
	if !c.workday(day) {
		return 0
	}
	var sum time.Duration
	for _, h := range c.Hours {
		from, to := c.instant(day, h.From), c.instant(day, h.To)
		if t.Before(to) {
			to = t
		}
		if to.After(from) {
			sum += to.Sub(from)
		}
	}
	return sum
}

// workdays counts the working days from a to b, b exclusive.
func (c *Calendar) workdays(a, b int) int {
	n := 0
	if weeks := (b - a) / 7; weeks > len(c.Days)/7 {
		for day := a; day < a+7; day++ {
			if c.Weekdays[weekday(day)] {
				n += weeks
			}
		}
		n += c.differing(a, a+weeks*7)
		a += weeks * 7
	}
	for ; a < b; a++ {
		if c.workday(a) {
			n++
		}
	}
	return n
}

// differing returns how many more days from a to b are working days than the
// weekdays alone would say.
func (c *Calendar) differing(a, b int) int {
	n := 0
	for date, works := range c.Days {
		t, err := time.Parse(time.DateOnly, date)
		if err != nil {
			continue
		}
		if day := dayOf(t); day < a || day >= b || works == c.Weekdays[weekday(day)] {
			continue
		}
		if works {
			n++
		} else {
			n--
		}
	}
	return n
}

// span returns the working time of the days from a to b, b exclusive.
func (c *Calendar) span(a, b int) time.Duration {
	full := c.fullDay()
	sum := time.Duration(c.workdays(a, b)) * full
	end, checked := c.instant(b, 0), a
	for t := c.instant(a-1, 0); ; {
		next := nextChange(t)
		if next.IsZero() || !next.Before(end) {
			return sum
		}
		// Clocks changed at midnight touch the day before it or the one after.
		for last := c.day(next); checked <= last && checked < b; checked++ {
			if checked >= last-1 && c.workday(checked) {
				sum += c.worked(checked, c.instant(checked+1, 0)) - full
			}
		}
		t = next
	}
}

// Between returns the working time from a to b, negative where b is before a.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	from, to := c.day(a), c.day(b)
	return c.span(from, to) - c.worked(from, a) + c.worked(to, b)
}

// Add returns the earliest moment at which that much working time has passed
// since start: start itself for none or less. By a calendar that Check refuses,
// plain time passes.
func (c *Calendar) Add(start time.Time, working time.Duration) time.Time {
	full := c.fullDay()
	if working <= 0 {
		return start
	}
	if full <= 0 || c.Weekdays == [7]bool{} {
		return start.Add(working)
	}
	day := c.day(start)
	rest := working + c.worked(day, start)
	for {
		// So many days hold no more than the rest; a long way is made in few leaps.
		if leap := int(rest/full) - 1; leap > 7 {
			if passed := c.span(day, day+leap); passed < rest {
				day, rest = day+leap, rest-passed
				continue
			}
		}
		if c.workday(day) {
			t, left := c.within(day, rest)
			if left == 0 {
				return t
			}
			rest = left
		}
		day++
	}
}

// within returns the moment of a working day at which so much of it has been
// worked, or what is left of rest at its end.
func (c *Calendar) within(day int, rest time.Duration) (time.Time, time.Duration) {
	for _, h := range c.Hours {
		from, to := c.instant(day, h.From), c.instant(day, h.To)
		if length := to.Sub(from); length < rest {
			rest -= length
			continue
		}
		return from.Add(rest), 0
	}
	return time.Time{}, rest
}
