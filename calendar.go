package lintu

import (
	"encoding/json"
	"time"
	_ "time/tzdata" // a calendar names its zone, and a machine may have no zoneinfo
)

// Calendar says when a tenant works: hours of each weekday, and the days that
// differ. It is read by many at once and not changed after Check.
type Calendar struct {
	// Zone is where the days begin and end; an IANA name in JSON.
	Zone *time.Location
	// Hours are those of every working day, ascending.
	Hours []Span
	// Weekdays are the working days of an ordinary week, by time.Weekday.
	Weekdays [7]bool
	// Days are the days that differ from their weekday: false a public holiday,
	// true a make-up workday. Keys are dates like "2026-10-01".
	Days map[string]bool
	// Through is the last year whose public holidays are known.
	Through int
}

// Span is a part of a day in minutes from midnight, From inclusive to To
// exclusive. To is 1440 at most.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

type calendarJSON struct {
	Zone     string          `json:"zone"`
	Hours    []Span          `json:"hours"`
	Weekdays [7]bool         `json:"weekdays"`
	Days     map[string]bool `json:"days"`
	Through  int             `json:"through"`
}

// MarshalJSON writes the zone as its IANA name.
func (c Calendar) MarshalJSON() ([]byte, error) {
	out := calendarJSON{Hours: c.Hours, Weekdays: c.Weekdays, Days: c.Days, Through: c.Through}
	if c.Zone != nil {
		out.Zone = c.Zone.String()
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote; a zone that there is not is
// CodeInvalid. It does not Check.
func (c *Calendar) UnmarshalJSON(data []byte) error {
	var in calendarJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	zone, err := loadZone(in.Zone)
	if err != nil {
		return err
	}
	*c = Calendar{Zone: zone, Hours: in.Hours, Weekdays: in.Weekdays, Days: in.Days, Through: in.Through}
	return nil
}

// loadZone refuses "" and "Local" too: they mean another zone on every machine.
func loadZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, Errorf(CodeInvalid, "工作日历的时区 “%[1]s” 不存在；请用 IANA 名称，例如 Asia/Shanghai。",
		"The calendar's zone %[1]q does not exist; use an IANA name such as Asia/Shanghai.", name)
}

// Check refuses a calendar by which no working time would ever pass, or that can
// be read in two ways: CodeInvalid.
func (c *Calendar) Check() error {
	if c.Zone == nil || c.Zone.String() == "Local" {
		return Errorf(CodeInvalid, "工作日历没有时区；请用 IANA 名称，例如 Asia/Shanghai。",
			"The calendar has no zone; use an IANA name such as Asia/Shanghai.")
	}
	if c.Weekdays == [7]bool{} {
		return Errorf(CodeInvalid, "工作日历里一周没有一个工作日；请至少选一天。",
			"The calendar has no working day in the week; choose one at least.")
	}
	if err := checkHours(c.Hours); err != nil {
		return err
	}
	return checkDays(c.Days)
}

func checkHours(hours []Span) error {
	if len(hours) == 0 {
		return Errorf(CodeInvalid, "工作日历没有工作时间；请至少写一段，例如 8:30–12:00。",
			"The calendar has no working hours; give one span at least, such as 8:30–12:00.")
	}
	end := 0
	for i, h := range hours {
		if h.From < end || h.To <= h.From || h.To > minutesOfDay {
			return Errorf(CodeInvalid, "工作日历的第 %[1]d 段工作时间（%[2]d 至 %[3]d 分钟）不对：各段从早到晚、互不重叠、在 0 至 1440 分钟之内。",
				"The calendar's span %[1]d of working hours (minutes %[2]d to %[3]d) is wrong: spans ascend, do not overlap and lie within minutes 0 to 1440.", i+1, h.From, h.To)
		}
		end = h.To
	}
	return nil
}

// maxDays bounds the days that differ: more than a century of public holidays.
const maxDays = 5000

func checkDays(days map[string]bool) error {
	if len(days) > maxDays {
		return Errorf(CodeInvalid, "工作日历有 %[1]d 个特殊日子，最多 %[2]d 个。",
			"The calendar has %[1]d days that differ; %[2]d at most.", len(days), maxDays)
	}
	for date := range days {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return Errorf(CodeInvalid, "工作日历里的日期 “%[1]s” 不对；请写成 2026-10-01 的样子。",
				"The calendar's date %[1]q is wrong; write it like 2026-10-01.", date)
		}
	}
	return nil
}

// IsWorkday reports whether day's date in the calendar's zone is a working day.
func (c *Calendar) IsWorkday(day time.Time) bool { return c.workday(dayOf(day.In(c.Zone))) }

// Warn says that t lies past the last year whose public holidays are known, so
// that a limit which reaches it counts holidays as ordinary days. It is empty
// for every other t.
func (c *Calendar) Warn(t time.Time) Text {
	year := t.In(c.Zone).Year()
	if year <= c.Through {
		return Text{}
	}
	return Say("工作日历只有到 %[1]d 年的节假日；%[2]d 年的时限按普通周计算。请按国务院办公厅的通知补上这一年。",
		"The calendar knows public holidays through %[1]d; limits in %[2]d count ordinary weeks. Add that year from the State Council's notice.", c.Through, year)
}

// WarnAhead says so of the time limits of cases that come now; it is empty where the
// longest of them ends within the years that are known.
func (c *Calendar) WarnAhead(now time.Time, cs Categories) Text {
	last := now
	for _, x := range cs {
		if due := c.Due(now, x.Limit); !x.Retired && due.After(last) {
			last = due
		}
	}
	return c.Warn(last)
}
