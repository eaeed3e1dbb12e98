package main

import (
	"fmt"
	"time"

	"github.com/lintu-map/lintu"
)

// life plays a request through the functions that decide about every case, at
// the city's times: reported, verified, accepted, and reported done and closed
// when the city closed it, with the timers in between.
type life struct {
	office *lintu.Office
	c      *lintu.Case
}

var (
	bostonUnit = lintu.Handler{Kind: lintu.UnitHandles, ID: lintu.ID{2}, Code: "unit", Name: "unit"}
	dispatcher = bostonAsker(10, lintu.RoleDispatcher, lintu.Scope{Kind: lintu.Everywhere})
	member     = bostonAsker(11, lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: bostonUnit.ID})
	checker    = bostonAsker(12, lintu.RoleChecker, lintu.Scope{Kind: lintu.Everywhere})
)

func bostonAsker(account byte, role lintu.Role, scope lintu.Scope) lintu.Asker {
	return lintu.Asker{Viewer: &lintu.Viewer{Account: lintu.ID{account}, Name: fmt.Sprint("user:", account),
		Grants: []lintu.Grant{{Role: role, Scope: scope}}}}
}

// begin reports a request whose category has that limit and lets the unit accept it.
func begin(calendar *lintu.Calendar, r request, limit lintu.Limit) (*life, error) {
	area := lintu.AreaVersion{AreaRef: lintu.AreaRef{Layer: lintu.Communities, ID: lintu.ID{1}.String(), Code: r.district}, Version: 1}
	l := &life{office: &lintu.Office{Now: r.open, Calendar: calendar, Limits: lintu.DefaultLimits,
		Categories: lintu.Categories{bostonCategory("request", "", limit)},
		Route: func(lintu.Place, string, lintu.Rung) (*lintu.Routed, error) {
			return &lintu.Routed{Areas: []lintu.AreaVersion{area}, Handler: &bostonUnit}, nil
		},
		Handler: func(h lintu.Handler) (*lintu.Handler, error) { return &h, nil }}}
	var err error
	l.c, _, err = l.office.Open(lintu.NewCase{ID: lintu.NewID(), Category: "request", At: r.open, Source: lintu.FromHotline,
		Place: lintu.Place{Lon: r.lon, Lat: r.lat, Placed: lintu.ByMap}}, r.id, dispatcher)
	if err != nil {
		return nil, err
	}
	if err := l.act(lintu.Action{Act: lintu.ActVerify}, dispatcher); err != nil {
		return nil, err
	}
	return l, l.act(lintu.Action{Act: lintu.ActAccept}, member)
}

// bostonCategory stands on the rung of the street: nothing climbs by itself.
func bostonCategory(code, title string, limit lintu.Limit) lintu.Category {
	return lintu.Category{Code: code, Class: lintu.Happening, Icon: "utility", Title: lintu.Text{ZH: title, EN: title}, Urgency: lintu.Hard,
		Rung: lintu.RungStreet, Mode: lintu.Led, Visibility: lintu.Internal, Limit: limit}
}

func (l *life) act(a lintu.Action, by lintu.Asker) (err error) {
	a.ID = lintu.NewID()
	l.c, _, err = l.office.Decide(l.c, a, by)
	return err
}

// dueAt moves the case's due time there, by an extension.
func (l *life) dueAt(due time.Time) error {
	if err := l.act(lintu.Action{Act: lintu.ActAskExtension, Until: &due, Note: "the city's target"}, member); err != nil {
		return err
	}
	return l.act(lintu.Action{Act: lintu.ActApprove}, dispatcher)
}

// until lets the timers fire that are due by then.
func (l *life) until(now time.Time) (err error) {
	l.office.Now = now
	l.c, _, err = l.office.Fire(l.c)
	return err
}

// end ends the life as the city did, or leaves it open as of the file's last
// moment, and returns whether it is late.
func (l *life) end(r request, asOf time.Time) (late bool, err error) {
	if r.done.IsZero() {
		err = l.until(asOf)
		return l.c.Clock.LateAt != nil, err
	}
	if err := l.until(r.done); err != nil {
		return false, err
	}
	if err := l.act(lintu.Action{Act: lintu.ActReportDone, Note: "closed", Photos: []lintu.ID{lintu.NewID()}}, member); err != nil {
		return false, err
	}
	if err := l.act(lintu.Action{Act: lintu.ActClose}, checker); err != nil {
		return false, err
	}
	return !*l.c.OnTime, nil
}
