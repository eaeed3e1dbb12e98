package api

import (
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// Need is what a request needs to be answered. Every Need beside these is a
// lintu.Right, which the viewer must have somewhere.
type Need string

// The needs that are no rights.
const (
	Operation Need = "operation"                 // health: nobody is asked for
	Page      Need = "page"                      // files, the same for everybody: nobody is asked for
	Anyone    Need = "anyone"                    // visitors too; what is shown is what the viewer sees
	SignedIn  Need = "signed_in"                 // any account
	CaseRight Need = "see_cases or report_cases" // with the latter alone, one's own are shown
)

// Route declares one address of the server.
type Route struct {
	Method, Path string // as Fiber writes it; GET answers HEAD too
	Need         Need
	InPerson     bool // by session only, not by token
	AtFirst      bool // also before a one-time password has been changed

	untimed bool // has a time limit of its own, or none
	away    bool // answers those who are remembered, too, while the database is away
	handler fiber.Handler
}

// rule is something that holds for a route beside its need.
type rule func(*Route)

func inPerson(r *Route) { r.InPerson = true }
func atFirst(r *Route)  { r.AtFirst = true }
func untimed(r *Route)  { r.untimed = true }
func away(r *Route)     { r.away = true }

func on(method, path string, need Need, handler fiber.Handler, rules ...rule) Route {
	r := Route{Method: method, Path: path, Need: need, handler: handler}
	for _, rule := range rules {
		rule(&r)
	}
	return r
}

// asksNobody reports whether the answer is the same for everybody.
func (r Route) asksNobody() bool { return r.Need == Operation || r.Need == Page }

// undeclared is an error where the application answers what no route declares,
// or a declared route is not there.
func undeclared(a *fiber.App, routes []Route) error {
	type address struct{ method, path string }
	declared := map[address]bool{} // and whether it has been seen
	for _, r := range routes {
		at := address{r.Method, r.Path}
		if _, twice := declared[at]; twice || r.Need == "" {
			return fmt.Errorf("api: %s %s is declared twice, or without what it needs", r.Method, r.Path)
		}
		declared[at] = false
	}
	for _, found := range a.GetRoutes(true) {
		at := address{found.Method, found.Path}
		if at.method == fiber.MethodHead {
			at.method = fiber.MethodGet
		}
		if _, ok := declared[at]; !ok {
			return fmt.Errorf("api: %s %s has no declaration", found.Method, found.Path)
		}
		declared[at] = true
	}
	for at, seen := range declared {
		if !seen {
			return fmt.Errorf("api: %s %s is declared and not there", at.method, at.path)
		}
	}
	return nil
}
