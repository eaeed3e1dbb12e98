package lintu

import "time"

// Limit is a time limit: so many working hours, working days, calendar hours or
// days, or the end of the same day. N is 0 for the same day.
type Limit struct {
	N    int       `json:"n"`
	Unit LimitUnit `json:"unit"`
}

// LimitUnit says what a Limit counts.
type LimitUnit string

// The units of time limits.
const (
	InWorkingHours LimitUnit = "working_hours"
	InWorkingDays  LimitUnit = "working_days"
	InHours        LimitUnit = "hours"
	InDays         LimitUnit = "days"     // of 24 hours each
	SameDay        LimitUnit = "same_day" // 当日事当日毕
)

// LimitUnits declares every unit with its title, in the order in which they are
// shown.
var LimitUnits = []struct {
	Unit  LimitUnit `json:"unit"`
	Title Text      `json:"title"`
}{
	{InWorkingHours, Text{"工作小时", "working hours"}},
	{InWorkingDays, Text{"工作日", "working days"}},
	{InHours, Text{"小时", "hours"}},
	{InDays, Text{"天", "days"}},
	{SameDay, Text{"当日", "the same day"}},
}

// maxLimit bounds N: ten years of hours.
const maxLimit = 10 * 366 * 24

// Working reports whether the unit counts working time only.
func (u LimitUnit) Working() bool { return u == InWorkingHours || u == InWorkingDays }

// Check refuses a unit that there is not and an N out of bounds: CodeInvalid.
func (l Limit) Check() error {
	for _, u := range LimitUnits {
		if u.Unit != l.Unit {
			continue
		}
		if l.Unit == SameDay && l.N == 0 || l.Unit != SameDay && l.N >= 1 && l.N <= maxLimit {
			return nil
		}
		return Errorf(CodeInvalid, "时限的数 %[1]d 不对：“当日” 写 0，其他写 1 至 %[2]d。",
			"The limit's number %[1]d is wrong: 0 for the same day, else 1 to %[2]d.", l.N, maxLimit)
	}
	return Errorf(CodeInvalid, "没有时限单位 “%[1]s”。可用：working_hours、working_days、hours、days、same_day。",
		"There is no unit of time limits %[1]q. There are: working_hours, working_days, hours, days, same_day.", l.Unit)
}

// Say words the limit: "3 个工作日", "3 working days".
func (l Limit) Say() Text {
	switch l.Unit {
	case SameDay:
		return Text{"当日", "the same day"}
	case InWorkingHours:
		return Say("%d 个工作小时", plural(l.N, "%d working hour"), l.N)
	case InWorkingDays:
		return Say("%d 个工作日", plural(l.N, "%d working day"), l.N)
	case InHours:
		return Say("%d 小时", plural(l.N, "%d hour"), l.N)
	default:
		return Say("%d 天", plural(l.N, "%d day"), l.N)
	}
}

func plural(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}

// Due returns when a limit that starts at start is over.
//
// A working day is the working time of one full day: what comes at 10:00 on a
// working day and has three working days is due at 10:00 of the third working
// day after it, and what comes on a day off counts from the next working day's
// first hour and is due at the end of the third. The same day ends at midnight,
// on days off too.
func (c *Calendar) Due(start time.Time, l Limit) time.Time {
	switch l.Unit {
	case InWorkingHours:
		return c.Add(start, time.Duration(l.N)*time.Hour)
	case InWorkingDays:
		return c.Add(start, time.Duration(l.N)*c.fullDay())
	case InHours:
		return start.Add(time.Duration(l.N) * time.Hour)
	case InDays:
		return start.Add(time.Duration(l.N) * 24 * time.Hour)
	default:
		return c.instant(c.day(start)+1, 0)
	}
}

// At returns the moment at which that share (0 to 1) of the way from start to
// due is over: of its working time where the unit counts that, else of plain time;
// to the microsecond, as the database keeps it.
func (c *Calendar) At(start, due time.Time, unit LimitUnit, share float64) time.Time {
	if unit.Working() {
		return c.Add(start, time.Duration(share*float64(c.Between(start, due))).Truncate(time.Microsecond))
	}
	return start.Add(time.Duration(share * float64(due.Sub(start))).Truncate(time.Microsecond))
}
