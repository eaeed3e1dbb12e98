package sql_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// drawCase makes a case of a world so small that viewers and cases meet.
func drawCase(rt *rapid.T, ids []lintu.ID) lintu.Case {
	id := func(what string) lintu.ID { return rapid.SampledFrom(ids).Draw(rt, what) }
	c := lintu.Case{ID: lintu.NewID(), Seq: 1, Category: wallCategory, Source: lintu.FromPatrol, Urgency: lintu.Hard, Rung: lintu.RungGroup, Mode: lintu.Led,
		State:      rapid.SampledFrom([]lintu.State{lintu.Reported, lintu.Filed, lintu.InProgress, lintu.Closed, lintu.Merged}).Draw(rt, "state"),
		Visibility: rapid.SampledFrom([]lintu.Visibility{lintu.Public, lintu.Internal, lintu.Restricted}).Draw(rt, "visibility"),
		Place:      lintu.Place{Lon: 113.15, Lat: 28.15, Placed: lintu.ByMap}}
	c.Number = c.ID.String()
	for range rapid.IntRange(0, 2).Draw(rt, "areas") {
		c.Areas = append(c.Areas, lintu.AreaVersion{AreaRef: lintu.AreaRef{Layer: lintu.Grids, ID: id("area").String()}, Version: 1})
	}
	if rapid.Bool().Draw(rt, "has head") {
		c.Head = &lintu.HeadRef{ID: id("head").String()}
	}
	if rapid.Bool().Draw(rt, "has reporter") {
		reporter := id("reporter")
		c.Reporter = &reporter
	}
	handler := func() lintu.Handler {
		kind := rapid.SampledFrom([]lintu.HandlerKind{lintu.UnitHandles, lintu.HeadHandles, lintu.WorkerHandles}).Draw(rt, "kind")
		return lintu.Handler{Kind: kind, ID: id("handler")}
	}
	if rapid.Bool().Draw(rt, "has handler") {
		h := handler()
		c.Handler = &h
	}
	if rapid.Bool().Draw(rt, "has helper") {
		c.Helpers = []lintu.Handler{handler()}
	}
	if rapid.Bool().Draw(rt, "has phase") {
		h := handler()
		c.Phases = []lintu.Phase{{Title: "勘查", Unit: &h}, {Title: "修缮"}}
	}
	return c
}

func drawViewer(rt *rapid.T, tenant int32, ids []lintu.ID) *lintu.Viewer {
	v := &lintu.Viewer{Tenant: tenant, Name: "user:x"}
	if rapid.Bool().Draw(rt, "published") {
		v.Public = []lintu.Layer{lintu.Communities, lintu.Cases}
	}
	if rapid.IntRange(0, 5).Draw(rt, "visitor") == 0 {
		return v
	}
	v.Account = rapid.SampledFrom(ids).Draw(rt, "account")
	for range rapid.IntRange(0, 3).Draw(rt, "grants") {
		role := rapid.SampledFrom(lintu.Roles).Draw(rt, "role")
		s := lintu.Scope{Kind: rapid.SampledFrom(role.Held).Draw(rt, "scope")}
		if s.Kind != lintu.Everywhere {
			s.ID = rapid.SampledFrom(ids).Draw(rt, "of")
		}
		v.Grants = append(v.Grants, lintu.Grant{Role: role.Role, Scope: s})
	}
	if rapid.IntRange(0, 4).Draw(rt, "token") == 0 {
		v.Only = []lintu.Right{rapid.SampledFrom(lintu.Rights).Draw(rt, "only").Right, lintu.SeeCases}
	}
	return v
}

// What queries, counts, the layer and its extent show of cases is what Case.Sight
// says, whoever asks.
func TestSightInSQL(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	reader := d.reader()
	ids := []lintu.ID{lintu.NewID(), lintu.NewID(), lintu.NewID()}
	tenants := int32(0)
	rapid.Check(t, func(rt *rapid.T) {
		tenants++
		p := d.beside(tenants)
		var cases []lintu.Case
		for range rapid.IntRange(1, 12).Draw(rt, "cases") {
			c := drawCase(rt, ids)
			must(t, p.PutCase(t.Context(), p.tenant, &c))
			cases = append(cases, c)
		}
		for range 6 {
			v := drawViewer(rt, p.tenant, ids)
			var want, open []string
			for _, c := range cases {
				if sight := c.Sight(v); sight != lintu.Nothing {
					want = append(want, fmt.Sprintf("%s %d", c.ID, sight))
					if c.IsOpen() {
						open = append(open, fmt.Sprintf("%s %d", c.ID, sight))
					}
				}
			}
			slices.Sort(want)
			slices.Sort(open)
			var got []string
			must(t, p.EachCase(t.Context(), v, lintu.CaseQuery{}, func(c *lintu.CaseView, _ string) error {
				got = append(got, fmt.Sprintf("%s %d", c.ID, c.Sight))
				return nil
			}))
			slices.Sort(got)
			if !slices.Equal(got, want) {
				rt.Fatalf("%+v\nis shown %v\nnot      %v", v, got, want)
			}
			n, err := p.CountCases(t.Context(), v, lintu.CaseQuery{Open: true})
			must(t, err)
			if int(n) != len(open) {
				rt.Fatalf("%+v: %d are counted, not %d", v, n, len(open))
			}
			if got := p.casesOnMap(reader, v); !slices.Equal(got, open) && (v.May(lintu.SeeCases) || len(v.Public) > 0) {
				rt.Fatalf("%+v\nis shown on the map %v\nnot                 %v", v, got, open)
			}
		}
	})
}
