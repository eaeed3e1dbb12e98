package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// leaning is how far the demo's wall leans before it is repaired, in degrees.
const leaning = 9

// play does what a line of the script says.
func (d *day) play(ctx context.Context, l line) error {
	if l.act == lintu.ActReport {
		return d.raise(ctx, l)
	}
	c, err := d.place.db.Case(ctx, d.checker, d.story[l.story])
	if err != nil {
		return err
	}
	by, err := d.who(ctx, l, &c.Case)
	if err != nil {
		return err
	}
	a := l.with
	a.ID, a.Act, a.Note = lintu.NewID(), l.act, l.say
	a.Helpers, a.Phases = slices.Clone(a.Helpers), slices.Clone(a.Phases)
	for i, h := range a.Helpers {
		a.Helpers[i].Code = d.units[h.Name]
	}
	for i, x := range a.Phases {
		if x.Unit != nil {
			a.Phases[i].Unit = &lintu.Handler{Kind: x.Unit.Kind, Code: d.units[x.Unit.Name]}
		}
	}
	switch {
	case l.act == lintu.ActComment: // seen on the spot
		a.Photos = []lintu.ID{a.ID}
		err = d.bring(ctx, a.ID, by, leaning, 3)
	case l.act == lintu.ActReportDone && c.Visibility != lintu.Restricted:
		a.Photos = []lintu.ID{a.ID}
		err = d.bring(ctx, a.ID, by, 0, 0)
	}
	if err != nil {
		return err
	}
	_, err = d.place.db.Act(ctx, d.tenant, c.ID, a, by)
	return err
}

// who finds who acts in a line. A unit that is to accept a case that another has, is given
// it by the dispatcher before.
func (d *day) who(ctx context.Context, l line, c *lintu.Case) (lintu.Asker, error) {
	switch l.who {
	case "patrol":
		return lintu.Asker{Viewer: d.patrol}, nil
	case "dispatcher":
		return lintu.Asker{Viewer: d.dispatcher}, nil
	case "checker":
		return lintu.Asker{Viewer: d.checker}, nil
	case "resident":
		return lintu.Asker{Resident: true}, nil
	}
	if l.act == lintu.ActAccept && (c.Handler == nil || c.Handler.Name != l.who) {
		given, err := d.place.db.Act(ctx, d.tenant, c.ID, lintu.Action{ID: lintu.NewID(), Act: lintu.ActDispatch,
			Handler: &lintu.Handler{Kind: lintu.UnitHandles, Code: d.units[l.who]}}, lintu.Asker{Viewer: d.dispatcher})
		if err != nil {
			return lintu.Asker{}, err
		}
		c = &given.Case
	}
	for _, h := range c.Workers() {
		if h.Name == l.who {
			return d.hand(h), nil
		}
	}
	return lintu.Asker{}, lintu.Errorf(lintu.CodeNotFound, "演示脚本里的 %s 不办理这件案卷。", "%s of the demo's script does not work on this case.", l.who)
}

// raise begins a story: on patrol, or as a row of a bench meeting's ledger, where a
// line has an urgency.
func (d *day) raise(ctx context.Context, l line) error {
	category, text, _ := strings.Cut(l.say, " ")
	by := lintu.Asker{Viewer: d.patrol}
	if l.with.Urgency == nil {
		n := lintu.NewCase{ID: lintu.NewID(), Category: category, Place: d.at, Note: text, Source: lintu.FromPatrol}
		d.story[l.story] = n.ID
		_, _, err := d.place.db.Report(ctx, d.tenant, n, by)
		return err
	}
	row := lintu.LedgerRow{ID: lintu.NewID(), At: time.Now(), Urgency: *l.with.Urgency, Text: text, Category: category}
	if l.story == "停车" {
		row.Options = parkingOptions
	}
	m, err := d.place.db.SaveMeeting(ctx, d.patrol, d.bench(row))
	if err != nil {
		return err
	}
	d.meeting[l.story], d.story[l.story] = *m, row.ID
	_, err = d.place.db.RowToCase(ctx, d.patrol, m.ID, row.ID)
	return err
}

// bench is a meeting under a tree near the day's stories.
func (d *day) bench(rows ...lintu.LedgerRow) lintu.Meeting {
	return lintu.Meeting{ID: lintu.NewID(), Title: "小板凳议事会（演示）", Lon: d.at.Lon, Lat: d.at.Lat, Venue: "香樟树下", StartsAt: time.Now(),
		Host: "网格员", Attendees: 17, Units: []string{"社区居民委员会"}, Rows: rows}
}

// readOut lets a later meeting hear what has become of the parking, and say what it
// thinks of it.
func readOut(ctx context.Context, d *day) error {
	before := d.meeting["停车"].Rows
	if len(before) == 0 {
		return nil // the story has failed
	}
	m := d.bench(lintu.LedgerRow{ID: lintu.NewID(), At: time.Now(), Urgency: lintu.Hard, Text: before[0].Text, From: &before[0].ID, Feedback: "居民认可，晚上有处停车了"})
	_, err := d.place.db.SaveMeeting(ctx, d.patrol, m)
	return err
}
