package main

import (
	"context"
	"fmt"
	"time"

	"github.com/lintu-map/lintu"
)

// caseWriter reports cases on a ground and acts on them.
type caseWriter struct {
	*pen
	category string
	report   func(context.Context, lintu.NewCase) (*lintu.Case, error)
	act      func(context.Context, lintu.ID, lintu.Action) (*lintu.Case, error)
}

// casesMost is how many open cases gather on one ground.
const casesMost = 40

// change reports a case, or moves, amends, declines or merges one.
func (w *caseWriter) change(ctx context.Context) error {
	old, ok := anyThing(w.things, lintu.Cases, false, w.random)
	open := 0
	for at, t := range w.things {
		if at.layer == lintu.Cases && !t.gone {
			open++
		}
	}
	var c *lintu.Case
	var err error
	if !ok || open < casesMost && w.random.IntN(3) == 0 {
		lon, lat := w.place(w.random)
		old = thing{}
		c, err = w.report(ctx, lintu.NewCase{ID: lintu.NewID(), Category: w.category, At: time.Now(), Source: lintu.FromPatrol, Note: "路灯不亮",
			Place: lintu.Place{Lon: lon, Lat: lat, Placed: lintu.ByMap}})
	} else {
		c, err = w.act(ctx, old.id, w.draw(old))
	}
	if err != nil { // from now on the case is left alone, since it may have changed or not
		delete(w.things, spot{old.layer, old.code})
		return err
	}
	w.done.Add(1)
	w.tally("reports of cases and acts on them", 1)
	is := thing{layer: lintu.Cases, code: c.Number, id: c.ID, lon: c.Place.Lon, lat: c.Place.Lat, gone: c.State == lintu.Declined || c.State == lintu.Merged,
		values: map[string]string{"state": string(c.State), "urgency": string(c.Urgency), "category": c.Category}}
	w.things[spot{is.layer, is.code}] = is
	return w.look(ctx, "case", []moved{{old, is}})
}

// draw draws an act.
func (w *caseWriter) draw(t thing) lintu.Action {
	a := lintu.Action{ID: lintu.NewID(), Note: "核对"}
	switch w.random.IntN(6) {
	case 0:
		a.Act = lintu.ActDecline
	case 1:
		if other, ok := anyThing(w.things, lintu.Cases, false, w.random); ok && other.id != t.id {
			a.Act, a.Case = lintu.ActMerge, &other.id
			return a
		}
		a.Act = lintu.ActDecline
	case 2, 3:
		lon, lat := w.place(w.random)
		a.Act, a.Place = lintu.ActLocate, &lintu.Place{Lon: lon, Lat: lat, Placed: lintu.ByMap}
	default:
		urgency := lintu.Urgencies[w.random.IntN(len(lintu.Urgencies))].Urgency
		a.Act, a.Urgency = lintu.ActAmend, &urgency
	}
	return a
}

// byStores reports and acts through the stores.
func (w *caseWriter) byStores() {
	by := lintu.Asker{Viewer: &lintu.Viewer{Tenant: scribbleTenant, Account: lintu.NewID(), Name: "bench",
		Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}}
	w.report = func(ctx context.Context, n lintu.NewCase) (*lintu.Case, error) {
		v, _, err := w.db.Report(ctx, scribbleTenant, n, by)
		if err != nil {
			return nil, err
		}
		return &v.Case, nil
	}
	w.act = func(ctx context.Context, id lintu.ID, a lintu.Action) (*lintu.Case, error) {
		v, err := w.db.Act(ctx, scribbleTenant, id, a, by)
		if err != nil {
			return nil, err
		}
		return &v.Case, nil
	}
}

// byHTTP reports and acts as a page does.
func (w *caseWriter) byHTTP(post func(ctx context.Context, path string, body, into any) error) {
	send := func(ctx context.Context, path string, body any) (*lintu.Case, error) {
		var said struct{ Case lintu.Case }
		err := post(ctx, path, body, &said)
		return &said.Case, err
	}
	w.report = func(ctx context.Context, n lintu.NewCase) (*lintu.Case, error) { return send(ctx, "/api/v1/cases", n) }
	w.act = func(ctx context.Context, id lintu.ID, a lintu.Action) (*lintu.Case, error) {
		return send(ctx, fmt.Sprintf("/api/v1/cases/%s/acts", id), a)
	}
}
