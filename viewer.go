package lintu

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Scope is what a role is held for.
type Scope struct {
	Kind ScopeKind `json:"kind"`
	ID   ID        `json:"id"` // of the area, unit or head; zero for Everywhere
}

// Grant is a role held for a scope and a period.
type Grant struct {
	ID    ID         `json:"id"`
	Role  Role       `json:"role"`
	Scope Scope      `json:"scope"`
	From  time.Time  `json:"from"`
	To    *time.Time `json:"to,omitempty"` // nil: until it is revoked
}

// Territory is where somebody may do something. The zero Territory is nowhere.
// Areas and heads count as they are now: who holds an area has what lies in its
// present boundary, who holds a head the households presently assigned to it.
type Territory struct {
	Everywhere bool
	Areas      []ID // ascending, without repetition, like the others
	Units      []ID
	Heads      []ID
	// Cases is what Sees says of the layer of cases beside, where the viewer is not
	// shown all of them: the rest is then empty.
	Cases *CaseTerritory
}

// Jurisdiction is the territory of those who may act everywhere: programs of the
// server's own machine, and roles held for the whole jurisdiction.
var Jurisdiction = Territory{Everywhere: true}

// IsEmpty reports whether nothing can be in the territory.
func (t Territory) IsEmpty() bool {
	return !t.Everywhere && len(t.Areas)+len(t.Units)+len(t.Heads) == 0 && t.Cases == nil
}

// Key is equal for equal territories and different for different ones: part of
// the key of every cache of what is shown.
func (t Territory) Key() string {
	if t.Everywhere {
		return "*"
	}
	h := sha256.New()
	for i, ids := range [][]ID{t.Areas, t.Units, t.Heads} {
		h.Write([]byte{byte(i)})
		for _, id := range ids {
			h.Write(id[:])
		}
	}
	if c := t.Cases; c != nil {
		fmt.Fprint(h, c.Seen.Key(), c.Restricted.Key(), c.Handled.Key(), c.Handler, c.Own, c.Outside, c.Public)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// with adds a scope.
func (t Territory) with(s Scope) Territory {
	add := func(ids []ID) []ID {
		i, found := slices.BinarySearchFunc(ids, s.ID, compareIDs)
		if found {
			return ids
		}
		return slices.Insert(slices.Clone(ids), i, s.ID)
	}
	switch s.Kind {
	case Everywhere:
		t.Everywhere = true
	case ForArea:
		t.Areas = add(t.Areas)
	case ForUnit:
		t.Units = add(t.Units)
	case ForHead:
		t.Heads = add(t.Heads)
	}
	return t
}

func compareIDs(a, b ID) int { return slices.Compare(a[:], b[:]) }

// Viewer is who asks: a signed-in account, a program with a token, or a visitor.
// It is made anew for each request and never kept.
type Viewer struct {
	Tenant  int32
	Account ID      // zero for a visitor
	Login   string  // for pages; "" for a visitor
	Grants  []Grant // held now
	Only    []Right // what a token is limited to; nil is no limit
	Public  []Layer // what the tenant shows to everyone
	Name    string  // for the audit: "user:<id>", "token:<id>", "visitor"
	From    string  // address of the client
}

// SignedIn reports whether the viewer is known.
func (v *Viewer) SignedIn() bool { return !v.Account.IsZero() }

// May reports whether the viewer has the right anywhere.
func (v *Viewer) May(r Right) bool { return !v.Territory(r).IsEmpty() }

// Territory returns where the viewer has the right.
func (v *Viewer) Territory(r Right) Territory {
	var t Territory
	if v.Only != nil && !slices.Contains(v.Only, r) {
		return t
	}
	for _, g := range v.Grants {
		if role, ok := RoleByName(g.Role); ok && role.Gives(r) {
			t = t.with(g.Scope)
		}
	}
	return t
}

// Sees returns the part of a layer that the viewer is shown. It is
// CodeUnauthenticated for a visitor and CodeForbidden for others where that is
// nothing.
func (v *Viewer) Sees(l LayerInfo) (Territory, error) {
	public := slices.Contains(v.Public, l.Name)
	if l.Name == Cases && (public || v.May(SeeCases)) {
		return v.CaseTerritory().onMap(), nil
	}
	if public {
		return Jurisdiction, nil
	}
	if !v.SignedIn() {
		return Territory{}, Errorf(CodeUnauthenticated, "图层 %s 需要登录后查看。", "Layer %s is shown to those who have signed in.", l.Name)
	}
	switch l.Needs {
	case "": // not public here, but nothing of a household
		return Jurisdiction, nil
	case SeeUnits: // bodies, not people: where the role is held does not matter
		if v.May(SeeUnits) {
			return Jurisdiction, nil
		}
	default:
		if t := v.Territory(l.Needs); !t.IsEmpty() {
			return t, nil
		}
	}
	return Territory{}, Errorf(CodeForbidden, "您的角色不能查看图层 %s。", "Your roles do not show layer %s.", l.Name)
}

// Actor is the viewer as one who changes something by that right.
func (v *Viewer) Actor(r Right) Actor {
	return Actor{Name: v.Name, From: v.From, Within: v.Territory(r)}
}

// Actor is who changes something.
type Actor struct {
	Name   string    // for the audit: "user:<id>", "token:<id>", "cli:uid0", "demo"; never a person's name
	From   string    // address of the client; "" on the server's own machine
	Within Territory // where the actor may change things
}
