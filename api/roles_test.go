package api_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
)

//go:generate go test -run TestRolesDocument . -args -update-roles

var updateRoles = flag.Bool("update-roles", false, "write docs/roles.md")

// TestRolesDocument holds docs/roles.md to lintu.Roles and the table of routes.
func TestRolesDocument(t *testing.T) {
	t.Parallel()
	const at = "../docs/roles.md"
	s, err := api.New(api.Config{})
	if err != nil {
		t.Fatal(err)
	}
	want := rolesDocument(s.Routes)
	if *updateRoles {
		if err := os.WriteFile(at, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(at)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the tables say (%v); run go generate ./api", at, err)
	}
}

func rolesDocument(routes []api.Route) string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\nMade by `go generate ./api` from `lintu.Roles` and the table of routes; not to be edited.\n\n" +
		"## Roles and rights\n| role | held for |")
	for _, r := range lintu.Rights {
		fmt.Fprintf(&b, " %s |", r.Title.EN)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(lintu.Rights)) + "\n")
	for _, role := range lintu.Roles {
		held := make([]string, len(role.Held))
		for i, k := range role.Held {
			held[i] = string(k)
		}
		fmt.Fprintf(&b, "| `%s` %s %s | %s |", role.Role, role.Title.ZH, role.Title.EN, strings.Join(held, ", "))
		for _, r := range lintu.Rights {
			mark := " |"
			if role.Gives(r.Right) {
				mark = " ✓ |"
			}
			b.WriteString(mark)
		}
		b.WriteString("\n")
	}
	b.WriteString("\nThe rights by the names that tokens and routes use:\n\n| right | 权限 | |\n|---|---|---|\n")
	for _, r := range lintu.Rights {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Right, r.Title.ZH, r.Title.EN)
	}
	b.WriteString("\n## Addresses and what they need\n" +
		"`page` and `operation` ask for nobody. `anyone` is for visitors too, who are shown what is\n" +
		"public; others are shown what their roles show. `signed_in` is any account. All else is a right.\n" +
		"What is marked *in person* cannot be done with a token. Before a one-time password has been\n" +
		"changed, only what is marked *at first* works, beside pages.\n\n" +
		"| address | needs | |\n|---|---|---|\n")
	for _, r := range routes {
		var also []string
		if r.InPerson {
			also = append(also, "in person")
		}
		if r.AtFirst {
			also = append(also, "at first")
		}
		fmt.Fprintf(&b, "| `%s %s` | `%s` | %s |\n", r.Method, r.Path, r.Need, strings.Join(also, ", "))
	}
	return b.String()
}
