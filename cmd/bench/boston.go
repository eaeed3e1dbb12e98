package main

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// request is one of the city's service requests.
type request struct {
	id       string
	kind     string // the city's type
	district string // police district, as the city has it; "" where it has none
	located  bool   // the city knew an address
	lon, lat float64

	open         time.Time
	target, done time.Time // zero where there is none
	late, judged bool      // the city's flag; it is not on every row
}

// bostonZone is where the file's times, which name none, are local.
const bostonZone = "America/New_York"

// readBoston reads the requests from the zip in dir.
func readBoston(dir string) ([]request, error) {
	zone, err := time.LoadLocation(bostonZone)
	if err != nil {
		return nil, err
	}
	z, err := zip.OpenReader(filepath.Join(dir, "311_service_requests_2011.zip"))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if len(z.File) != 1 {
		return nil, fmt.Errorf("%d files in the zip", len(z.File))
	}
	f, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows := csv.NewReader(f)
	header, err := rows.Read()
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimPrefix(name, "\ufeff")] = i
	}
	var all []request
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		r, err := readRequest(func(name string) string { return strings.TrimSpace(row[column[name]]) }, zone)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", len(all)+2, err)
		}
		all = append(all, r)
	}
}

func readRequest(cell func(string) string, zone *time.Location) (request, error) {
	r := request{id: cell("case_enquiry_id"), kind: cell("type"), district: cell("police_district"), located: cell("location") != "",
		late: cell("ontime") == "OVERDUE", judged: cell("ontime") != ""}
	var err error
	if r.lon, err = strconv.ParseFloat(cell("longitude"), 64); err != nil {
		return r, err
	}
	if r.lat, err = strconv.ParseFloat(cell("latitude"), 64); err != nil {
		return r, err
	}
	for name, to := range map[string]*time.Time{"open_dt": &r.open, "target_dt": &r.target, "closed_dt": &r.done} {
		text := cell(name)
		if text == "" {
			continue
		}
		if *to, err = time.ParseInLocation(time.DateTime, text, zone); err != nil {
			return r, err
		}
	}
	if r.open.IsZero() {
		return r, fmt.Errorf("no time of opening")
	}
	return r, nil
}

// bostonCalendar is the one by which most of the city's target times can be
// explained: Monday to Friday, and what comes after 17:00 begins at 8:30.
func bostonCalendar() (*lintu.Calendar, error) {
	zone, err := time.LoadLocation(bostonZone)
	if err != nil {
		return nil, err
	}
	return &lintu.Calendar{Zone: zone, Hours: []lintu.Span{{From: 8*60 + 30, To: 17 * 60}},
		Weekdays: [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}, Through: 2012}, nil
}

// bostonLimits finds each type's usual time limit from its target times: so many
// working days or so many plain days, whichever explains more of them. A type
// without targets has none.
func bostonLimits(c *lintu.Calendar, all []request) map[string]lintu.Limit {
	day := c.Between(time.Date(2011, 7, 5, 0, 0, 0, 0, c.Zone), time.Date(2011, 7, 6, 0, 0, 0, 0, c.Zone))
	votes := map[string]map[lintu.Limit]int{}
	for _, r := range all {
		if !r.target.After(r.open) {
			continue
		}
		if votes[r.kind] == nil {
			votes[r.kind] = map[lintu.Limit]int{}
		}
		for _, l := range []lintu.Limit{
			{N: rounded(c.Between(r.open, r.target), day), Unit: lintu.InWorkingDays},
			{N: rounded(r.target.Sub(r.open), 24*time.Hour), Unit: lintu.InDays},
		} {
			if l.Check() == nil && meets(c, r, l) {
				votes[r.kind][l]++
			}
		}
	}
	limits := map[string]lintu.Limit{}
	for kind, of := range votes {
		best := lintu.Limit{}
		for l, n := range of {
			if n > of[best] || n == of[best] && (l.Unit < best.Unit || l.Unit == best.Unit && l.N < best.N) {
				best = l
			}
		}
		if best.N > 0 {
			limits[kind] = best
		}
	}
	return limits
}

func rounded(d, unit time.Duration) int { return int((d + unit/2) / unit) }

// slack is by how much the city's target times miss whole days.
const slack = 2 * time.Minute

// meets reports whether the limit gives the city's target time: to slack, in
// working time for working days, and by the clock for others, since the city's
// days are not of 24 hours when clocks change.
func meets(c *lintu.Calendar, r request, l lintu.Limit) bool {
	due := c.Due(r.open, l)
	if l.Unit.Working() {
		return c.Between(due, r.target).Abs() <= slack
	}
	_, before := r.open.Zone()
	_, after := due.Zone()
	return (r.target.Sub(due) - time.Duration(before-after)*time.Second).Abs() <= slack
}
