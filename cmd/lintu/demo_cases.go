package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/town"
)

// livesAtOnce is how many cases one transaction brings about, and livesBeside how many
// transactions do it at the same time.
const (
	livesAtOnce = 40
	livesBeside = 3
)

// placesMost is how many homes and roads are looked at for places of cases.
const placesMost = 20000

// remember brings about the cases of the demo's last year that are not there, so that a
// start that was interrupted goes on where it stopped.
func (c *demoCmd) remember(ctx context.Context, a *app, p *place, cast *cast) error {
	var missing []int
	ids := make([]lintu.ID, town.PastCases+c.Open)
	for n := range ids {
		ids[n] = town.CaseID(c.Seed, n)
	}
	there, err := p.db.HasCases(ctx, a.cfg.Tenant, ids)
	if err != nil {
		return err
	}
	for n, id := range ids {
		if !there[id] {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	past, err := c.past(ctx, a, p, cast)
	if err != nil {
		return err
	}
	lives := make([]lintu.Life, len(missing))
	for i, n := range missing {
		lives[i] = past.Case(n)
	}
	slices.SortStableFunc(lives, func(x, y lintu.Life) int { return x.Report.At.Compare(y.Report.At) })
	progress := newMeter(a.stderr, a.cfg.Lang, false)
	defer progress.end()
	return relive(ctx, cast, lives, past.Until, progress.show)
}

// past says what the cases are made from.
func (c *demoCmd) past(ctx context.Context, a *app, p *place, cast *cast) (*town.Past, error) {
	calendar, err := p.db.Calendar(ctx, a.cfg.Tenant)
	if err != nil {
		return nil, err
	}
	past := &town.Past{Seed: c.Seed, Until: time.Now(), Calendar: calendar, Hand: cast.hand, Unit: cast.unit,
		Patrol: lintu.Asker{Viewer: cast.patrol}, Dispatcher: lintu.Asker{Viewer: cast.dispatcher}, Checker: lintu.Asker{Viewer: cast.checker}}
	if past.Homes, err = placesOf(ctx, p, a.cfg.Tenant, lintu.Heads); err != nil {
		return nil, err
	}
	past.Roads, err = placesOf(ctx, p, a.cfg.Tenant, lintu.Roads)
	return past, err
}

// relive brings about lives, the earliest first.
func relive(ctx context.Context, cast *cast, lives []lintu.Life, until time.Time, progress lintu.Progress) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total, done := int64(len(lives)), int64(0)
	var mu sync.Mutex
	tell := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		done += int64(n)
		progress(lintu.Text{ZH: "回放一年的案卷", EN: "reliving a year of cases"}, done, total)
	}
	tell(0)
	work := make(chan []lintu.Life)
	var workers sync.WaitGroup
	for range livesBeside {
		workers.Go(func() {
			for some := range work {
				if err := cast.relive(ctx, some, until); err != nil {
					cancel(err)
				}
				tell(len(some))
			}
		})
	}
	for some := range slices.Chunk(lives, livesAtOnce) {
		select {
		case work <- some:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// relive brings about some lives at once. The pictures that their handlers bring are
// stored as they come.
func (c *cast) relive(ctx context.Context, lives []lintu.Life, until time.Time) error {
	var failed error
	brought := map[lintu.ID]bool{}
	some := slices.Clone(lives)
	for i, l := range some {
		some[i].Next = func(x *lintu.Case) (lintu.Deed, bool) {
			d, more := l.Next(x)
			for _, id := range d.Photos {
				if failed == nil && !brought[id] && d.At.Before(until) {
					failed = c.bring(ctx, id, d.By, 0, 0)
					brought[id] = true
				}
			}
			return d, more && failed == nil
		}
	}
	_, err := c.place.db.Relive(ctx, c.tenant, some, until, lintu.Actor{Name: demoActor})
	return errors.Join(err, failed)
}

// placesOf are points on the features of a layer.
func placesOf(ctx context.Context, p *place, tenant int32, layer lintu.Layer) (at [][2]float64, err error) {
	info, _ := lintu.LayerByName(layer)
	q := lintu.FeatureQuery{Tenant: tenant, Layer: info, Within: lintu.Jurisdiction, Limit: placesMost}
	err = sql.NewReader(p.db).EachFeature(ctx, q, func(f lintu.Feature, _ string) error {
		g, err := geojson.UnmarshalGeometry(f.Geometry)
		if err == nil {
			at = append(at, pointOn(g.Geometry()))
		}
		return err
	})
	return at, err
}

// pointOn is a place on a line, or the middle of anything else.
func pointOn(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.LineString:
		return g[len(g)/2]
	case orb.MultiLineString:
		return g[0][len(g[0])/2]
	}
	return g.Bound().Center()
}
