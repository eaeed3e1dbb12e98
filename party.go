package lintu

import "slices"

// Party is what somebody is to a case.
type Party string

// The parties.
const (
	AsSystem     Party = "system"     // the clocks and the routing rules
	AsReporter   Party = "reporter"   // the account that reported it
	AsResident   Party = "resident"   // whoever has the code to follow it
	AsWorker     Party = "worker"     // grid worker or neighbor head of its place
	AsHandler    Party = "handler"    // of the unit or post that has it
	AsHelper     Party = "helper"     // of a unit that helps or has a phase
	AsDispatcher Party = "dispatcher" // of its place
	AsChecker    Party = "checker"    // of its place, and of no unit that handles it
)

// Asker is who acts on a case: a viewer, a resident with the case's code, or the
// system where both are unset.
type Asker struct {
	Viewer   *Viewer
	Resident bool
}

// System is the clocks and the routing rules.
var System = Asker{}

// Parties returns what the asker is to the case, in the order of the constants.
func (a Asker) Parties(c *Case) []Party {
	switch {
	case a.Resident:
		return []Party{AsResident}
	case a.Viewer == nil:
		return []Party{AsSystem}
	}
	v := a.Viewer
	var all []Party
	add := func(p Party, is bool) {
		if is {
			all = append(all, p)
		}
	}
	t := v.CaseTerritory()
	sees := c.sightIn(t) == Whole
	add(AsReporter, c.Reporter != nil && v.SignedIn() && *c.Reporter == v.Account && v.May(ReportCases))
	add(AsWorker, sees && c.isIn(v.Territory(VerifyCases)))
	add(AsHandler, t.handles(&Case{Handler: c.Handler}))
	add(AsHelper, t.handles(&Case{Helpers: c.Helpers, Phases: c.Phases}))
	add(AsDispatcher, c.isIn(v.Territory(DispatchCases)) || len(c.Areas) == 0 && v.May(DispatchCases))
	checks := c.isIn(v.Territory(CheckCases)) || len(c.Areas) == 0 && v.May(CheckCases) && v.May(DispatchCases)
	add(AsChecker, checks && !c.isWorkOf(v))
	return all
}

// Name is the asker's in events and the audit.
func (a Asker) Name() string {
	switch {
	case a.Resident:
		return "resident"
	case a.Viewer == nil:
		return "system"
	}
	return a.Viewer.Name
}

// account is the asker's, nil for residents and the system.
func (a Asker) account() *ID {
	if a.Viewer == nil || !a.Viewer.SignedIn() {
		return nil
	}
	id := a.Viewer.Account
	return &id
}

// workedOn reports whether the asker has worked on the case, or is of those who handle
// it: nobody judges one's own work, or that of one's unit.
func (a Asker) workedOn(c *Case) bool {
	account := a.account()
	return account != nil && (slices.Contains(c.Hands, *account) || c.isWorkOf(a.Viewer))
}

// isWorkOf reports whether the viewer's account is of those who handle the case or
// help. What a token is limited to does not make its account another one.
func (c *Case) isWorkOf(v *Viewer) bool { return v.Works().handles(c) }
