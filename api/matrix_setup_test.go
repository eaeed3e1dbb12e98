package api_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// newMatrix makes two tenants with data, and everybody of the columns.
func newMatrix(t *testing.T) *matrix {
	t.Helper()
	db := sqltest.New(t)
	twoPlaces(t, db, tenant, "1-", 113.5, [2]lintu.Person{{Name: "李安宁", Phone: "13800010001"}, {Name: "王远山", Phone: "13800010002"}})
	twoPlaces(t, db, otherTenant, "2-", 113.7, [2]lintu.Person{{Name: "赵外乡", Phone: "13800010003"}, {Name: "钱外乡", Phone: "13800010004"}})
	m := &matrix{bundle: serve(t, db, func(c *apiConfig) {
		c.Importer = importer.New(db, sql.NewGeodesy(db), t.TempDir(), c.UploadBytes)
		c.TrustedProxies = []string{"127.0.0.1"}
	})}
	m.strangers()
	for column, role := range map[string]string{"non": "", "vw": "viewer everywhere", "vw@": "viewer communities/1-OWNC",
		"di": "dispatcher everywhere", "di@": "dispatcher communities/1-OWNC", "pl": "planner everywhere", "pl@": "planner communities/1-OWNC",
		"gw@": "grid_worker grids/1-OWNG", "nh@": "neighbor_head heads/1-OWNN", "um@": "unit_member units/1-U",
		"ch": "checker everywhere", "ch@": "checker communities/1-OWNC", "au": "auditor everywhere", "ad": "administrator everywhere"} {
		m.account(column, column, role)
	}
	m.targets()
	return m
}

// everyRole is an account that may do everything everywhere.
var everyRole = []string{"viewer everywhere", "dispatcher everywhere", "planner everywhere", "checker everywhere", "auditor everywhere", "administrator everywhere"}

// account adds a party with a session.
func (m *matrix) account(column, login string, roles ...string) {
	login = "matrix-" + strings.ReplaceAll(login, "@", "-own")
	if roles[0] == "" {
		roles = nil
	}
	_, secret := m.signedIn(tenant, login, roles...)
	m.parties = append(m.parties, &party{column: column, cookie: secret, session: func() string {
		_, secret := m.signedIn(tenant, login)
		return secret
	}})
}

// strangers adds those who are nobody here, those whose token is not good, the
// token, and who must change the password first.
func (m *matrix) strangers() {
	t, accounts := m.t, sql.NewAccounts(m.db, sql.AccountsConfig{})
	all, _ := m.signedIn(tenant, "matrix-all", everyRole...)
	gone, goneSecret := m.signedIn(tenant, "matrix-gone", everyRole...)
	_, goneToken := m.tokenOf(tenant, gone.Account, lintu.SeeHouseholds)
	if err := accounts.SetDisabled(t.Context(), tenant, gone.Login, true, operator); err != nil {
		t.Fatal(err)
	}
	foreign, foreignSecret := m.signedIn(otherTenant, "outlaw", everyRole...)
	foreignTokenID, foreignToken := m.tokenOf(otherTenant, foreign.Account, lintu.SeeHouseholds)
	first, password, err := accounts.AddAccount(t.Context(), tenant, "matrix-first", operator)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range everyRole {
		name, _, _ := strings.Cut(role, " ")
		if err := accounts.Grant(t.Context(), tenant, first.Login, lintu.Grant{Role: lintu.Role(name), Scope: lintu.Scope{Kind: lintu.Everywhere}}, operator); err != nil {
			t.Fatal(err)
		}
	}
	one := &party{column: "1st", session: func() string {
		_, secret, err := accounts.SignIn(t.Context(), tenant, lintu.SignIn{Login: first.Login, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}}
	one.renew()
	allTokenID, allToken := m.tokenOf(tenant, all.Account, lintu.SeeHouseholds)
	m.values = map[string]map[string]string{far: {"token": allTokenID}, "out": {"token": foreignTokenID}}
	m.parties = append(m.parties, one,
		&party{column: "vis"}, &party{column: "vis", cookie: goneSecret}, &party{column: "vis", cookie: foreignSecret},
		&party{column: "bad", token: "lintu_" + strings.Repeat("A", 43)}, &party{column: "bad", token: goneToken}, &party{column: "bad", token: foreignToken},
		&party{column: "tok", token: allToken})
}

// targets finds what stands in the places of the paths.
func (m *matrix) targets() {
	t, accounts := m.t, sql.NewAccounts(m.db, sql.AccountsConfig{})
	if _, _, err := accounts.AddAccount(t.Context(), tenant, "victim", operator); err != nil {
		t.Fatal(err)
	}
	grant := lintu.Grant{ID: lintu.NewID(), Role: lintu.RoleViewer, Scope: lintu.Scope{Kind: lintu.Everywhere}}
	if err := accounts.Grant(t.Context(), tenant, "victim", grant, operator); err != nil {
		t.Fatal(err)
	}
	foreign := lintu.Grant{ID: lintu.NewID(), Role: lintu.RoleViewer, Scope: lintu.Scope{Kind: lintu.Everywhere}}
	if _, _, err := accounts.AddAccount(t.Context(), otherTenant, "victim", operator); err != nil {
		t.Fatal(err)
	}
	if err := accounts.Grant(t.Context(), otherTenant, "victim", foreign, operator); err != nil {
		t.Fatal(err)
	}
	batchOf := func(column, name string) string {
		for _, p := range m.parties {
			if p.column == column {
				a := m.send("POST", "/api/v1/batches?name="+name, strings.ReplaceAll(twoUnits, `"code"`, `"x"`), p)
				var doc batchJSON
				a.json(t, &doc)
				return doc.ID
			}
		}
		return ""
	}
	theirs := &lintu.Batch{ID: lintu.NewID(), File: "2out.geojson", SHA256: strings.Repeat("0", 64), Actor: "user:x", Parts: []lintu.Part{}}
	if err := m.db.CreateBatch(t.Context(), otherTenant, theirs); err != nil {
		t.Fatal(err)
	}
	tile := func(lon float64) (mvt, ogc string) {
		at := tileAt(lon, 28.12, 16)
		return fmt.Sprintf("%d/%d", at[0], at[1]), fmt.Sprintf("%d/%d", at[1], at[0])
	}
	for target, values := range map[string]map[string]string{
		own:   {"household": m.idOf("household", "code", "1-OWNH"), "login": "victim", "grid": "1-OWNG", "grant": grant.ID.String(), "person": "李安宁", "batch": batchOf("pl@", "1own.geojson")},
		far:   {"household": m.idOf("household", "code", "1-FARH"), "person": "王远山", "batch": batchOf("pl", "1far.geojson")},
		"out": {"household": m.idOf("household", "code", "2-OWNH"), "login": "outlaw", "grid": "2-OWNG", "grant": foreign.ID.String(), "person": "赵外乡", "batch": theirs.ID.String()},
		none:  {"household": lintu.NewID().String(), "login": "nobody", "grid": "9-OWNG", "grant": lintu.NewID().String(), "person": "孙无此", "batch": lintu.NewID().String(), "token": lintu.NewID().String()},
	} {
		if m.values[target] == nil {
			m.values[target] = map[string]string{}
		}
		maps.Copy(m.values[target], values)
	}
	m.reports()
	m.rules()
	for target, lon := range map[string]float64{own: 113.52, far: 113.62, "out": 113.72, none: 113.92} {
		m.values[target]["tile"], m.values[target]["rowcol"] = tile(lon)
	}
}

// rules gives each target a community, a unit, and the id of a rule for them.
func (m *matrix) rules() {
	theirs, err := m.db.SaveRule(m.t.Context(), otherTenant, lintu.Rule{ID: lintu.NewID(), Unit: lintu.Handler{Code: "2-U"}}, operator)
	if err != nil {
		m.t.Fatal(err)
	}
	for target, names := range map[string][2]string{own: {"1-OWNC", "1-U"}, far: {"1-FARC", "1-U"}, "out": {"2-OWNC", "2-U"}, none: {"9-OWNC", "9-U"}} {
		maps.Copy(m.values[target], map[string]string{"community": names[0], "unit": names[1], "rule": lintu.NewID().String()})
	}
	m.values["out"]["rule"] = theirs.ID.String()
}
