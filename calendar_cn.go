package lintu

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// calendarCN holds China's public holidays and make-up workdays, year by year
// as the General Office of the State Council announced them; each year names
// its notice. Weekends inside a holiday are listed too.
//
//go:embed calendar_cn.json
var calendarCN []byte

// notice is what one year's notice says. Off holds dates and "first/last".
type notice struct {
	Year   int      `json:"year"`
	Source string   `json:"source"`
	Off    []string `json:"off"`
	Work   []string `json:"work"`
}

type calendarFile struct {
	Zone     string   `json:"zone"`
	Hours    []Span   `json:"hours"`
	Weekdays [7]bool  `json:"weekdays"`
	Notices  []notice `json:"notices"`
}

// DefaultCalendar returns a new copy of the calendar that is shipped: Asia/Shanghai,
// Monday to Friday 8:30–12:00 and 14:00–17:30, China's public holidays.
func DefaultCalendar() *Calendar {
	c := *shippedCalendar()
	c.Hours, c.Days = slices.Clone(c.Hours), maps.Clone(c.Days)
	return &c
}

var shippedCalendar = sync.OnceValue(func() *Calendar {
	c, err := readCalendar(calendarCN)
	if err != nil {
		panic(fmt.Sprintf("calendar_cn.json: %v", err))
	}
	return c
})

func readCalendar(data []byte) (*Calendar, error) {
	var file calendarFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	zone, err := loadZone(file.Zone)
	if err != nil {
		return nil, err
	}
	c := &Calendar{Zone: zone, Hours: file.Hours, Weekdays: file.Weekdays, Days: map[string]bool{}}
	for _, n := range file.Notices {
		for _, period := range n.Off {
			if err := eachDate(period, func(date string) { c.Days[date] = false }); err != nil {
				return nil, err
			}
		}
		for _, date := range n.Work {
			c.Days[date] = true
		}
		c.Through = max(c.Through, n.Year)
	}
	return c, c.Check()
}

// eachDate calls do with every date of "2026-10-01" or "2026-10-01/2026-10-07".
func eachDate(period string, do func(date string)) error {
	first, last, ranged := strings.Cut(period, "/")
	if !ranged {
		last = first
	}
	from, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return err
	}
	to, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return err
	}
	for ; !from.After(to); from = from.AddDate(0, 0, 1) {
		do(from.Format(time.DateOnly))
	}
	return nil
}
