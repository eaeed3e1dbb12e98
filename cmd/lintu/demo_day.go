package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/town"
)

// day plays a day of the town on the live server, again and again: the steps of
// demoDay, and some of what else is reported on a day. A minute of it lasts a minute
// divided by speed; what happens is stamped with the present, as everything is.
type day struct {
	*cast
	seed    uint64
	speed   float64
	past    *town.Past
	log     *slog.Logger
	story   map[string]lintu.ID
	meeting map[string]lintu.Meeting
	at      lintu.Place // where the stories of this round are
}

// The day begins and ends at these minutes, and between two that pause lies.
const (
	dayBegins = 7*60 + 30
	dayEnds   = 18 * 60
	dayPause  = 30 // minutes
)

// reportsOfDay is how many other cases a day brings. Each ends before the next day, so
// that what waits does not grow from day to day.
const reportsOfDay = 24

// start plays until it is stopped.
func (d *day) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			d.round(ctx)
		}
	}()
	return func() { cancel(); <-done }
}

// round plays one day. What fails is logged and ends its own story only.
func (d *day) round(ctx context.Context) {
	r := rand.New(rand.NewPCG(d.seed, uint64(time.Now().UnixNano())))
	d.story, d.meeting = map[string]lintu.ID{}, map[string]lintu.Meeting{}
	home := d.past.Homes[r.IntN(len(d.past.Homes))]
	d.at = lintu.Place{Lon: home[0], Lat: home[1], Placed: lintu.ByMap}
	steps := append(script(), d.background(r)...)
	failed := map[string]bool{}
	for minute := dayBegins; minute <= dayEnds+dayPause; minute++ {
		for _, s := range steps {
			if s.minute != minute || failed[s.story] {
				continue
			}
			if err := s.do(ctx, d); err != nil && ctx.Err() == nil {
				failed[s.story] = true
				d.log.Warn("the demo's day", "story", s.story, "minute", minute, "error", err)
			}
		}
		if !sleep(ctx, time.Duration(float64(time.Minute)/d.speed)) {
			return
		}
	}
}

// step is something that happens at a minute of the day.
type step struct {
	minute int
	story  string
	do     func(ctx context.Context, d *day) error
}

// background are the other reports of a day, each with all that is done to it until it
// is evaluated or declined.
func (d *day) background(r *rand.Rand) (steps []step) {
	for range reportsOfDay {
		life := d.past.Case(r.IntN(town.PastCases))
		life.Report.ID, life.Report.At = lintu.NewID(), time.Time{}
		name := life.Report.ID.String()
		begin := dayBegins + r.IntN(dayEnds-dayBegins-200)
		steps = append(steps, step{begin, name, func(ctx context.Context, d *day) error {
			_, _, err := d.place.db.Report(ctx, d.tenant, life.Report, life.By)
			return err
		}})
		for k := range 8 { // enough for the longest way there is without clocks
			minute := begin + 5 + k*(10+r.IntN(15))
			steps = append(steps, step{minute, name, func(ctx context.Context, d *day) error { return d.onward(ctx, life) }})
		}
	}
	return steps
}

// onward does what comes next in a life.
func (d *day) onward(ctx context.Context, l lintu.Life) error {
	c, err := d.place.db.Case(ctx, d.checker, l.Report.ID)
	if err != nil {
		return err
	}
	deed, more := l.Next(&c.Case)
	if !more {
		return nil
	}
	deed.ID = lintu.NewID()
	if len(deed.Photos) > 0 {
		deed.Photos = []lintu.ID{deed.ID}
		if err := d.bring(ctx, deed.ID, deed.By, 0, 0); err != nil {
			return err
		}
	}
	_, err = d.place.db.Act(ctx, d.tenant, c.ID, deed.Action, deed.By)
	return err
}

// begin plays the demo's day until the place is closed.
func (c *demoCmd) begin(ctx context.Context, a *app, p *place, cast *cast) error {
	past, err := c.past(ctx, a, p, cast)
	if err != nil {
		return err
	}
	d := &day{cast: cast, seed: c.Seed, speed: c.Day, past: past, log: a.log}
	p.stopDay = d.start(ctx)
	return nil
}
