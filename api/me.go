package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// me is what a page knows of who looks at it.
type me struct {
	SignedIn   bool          `json:"signedIn"`
	Login      string        `json:"login,omitempty"`
	MustChange bool          `json:"mustChange"`
	SSO        bool          `json:"sso"`
	Rights     []lintu.Right `json:"rights"`
	Roles      []heldRole    `json:"roles"`
	Pages      []string      `json:"pages"`
}

type heldRole struct {
	Role  lintu.Role  `json:"role"`
	Title lintu.Text  `json:"title"`
	For   lintu.Text  `json:"for"`
	Scope lintu.Scope `json:"scope"`
	From  time.Time   `json:"from"`
	To    *time.Time  `json:"to"`
}

func (s *Server) describeMe(ctx context.Context, a *asker) (*me, error) {
	v := a.viewer
	doc := &me{SignedIn: v.SignedIn(), Login: v.Login, SSO: s.sso != nil, MustChange: a.mustChange(),
		Rights: []lintu.Right{}, Roles: []heldRole{}, Pages: []string{}}
	for _, r := range lintu.Rights {
		if v.May(r.Right) {
			doc.Rights = append(doc.Rights, r.Right)
		}
	}
	for _, p := range pagesOf {
		if p.admits(a) == nil && !(p.visitors && v.SignedIn()) {
			doc.Pages = append(doc.Pages, p.Path)
		}
	}
	titles := scopeTitles{}
	for _, g := range v.Grants {
		role, ok := lintu.RoleByName(g.Role)
		if !ok {
			continue // of a later version of lintu
		}
		title, err := s.scopeTitle(ctx, titles, g.Scope)
		if err != nil {
			return nil, err
		}
		doc.Roles = append(doc.Roles, heldRole{Role: g.Role, Title: role.Title, For: title, Scope: g.Scope, From: g.From, To: g.To})
	}
	return doc, nil
}

// pagesOf are the pages and what somebody needs to have something to do there.
var pagesOf = []struct {
	Route
	visitors bool // for visitors only
}{
	{Route: Route{Path: "/", Need: Anyone}},
	{Route: Route{Path: "/wall", Need: Anyone}},
	{Route: Route{Path: "/field", Need: Need(lintu.ReportCases)}},
	{Route: Route{Path: "/console", Need: Need(lintu.DispatchCases)}},
	{Route: Route{Path: "/planner", Need: Need(lintu.Import)}},
	{Route: Route{Path: "/meetings", Need: Need(lintu.HoldMeetings)}},
	{Route: Route{Path: "/rules", Need: Need(lintu.ManageRules)}},
	{Route: Route{Path: "/doors", Need: Need(lintu.ManageRules)}},
	{Route: Route{Path: "/login", Need: Anyone}, visitors: true},
	{Route: Route{Path: "/account", Need: SignedIn, InPerson: true, AtFirst: true}},
	{Route: Route{Path: "/accounts", Need: Need(lintu.ManageAccounts)}},
	{Route: Route{Path: "/audit", Need: Need(lintu.ReadAudit)}},
}

// scopeTitles remembers what scopes are called, for the length of one answer.
type scopeTitles map[lintu.Scope]lintu.Text

func (s *Server) scopeTitle(ctx context.Context, known scopeTitles, scope lintu.Scope) (lintu.Text, error) {
	if title, ok := known[scope]; ok {
		return title, nil
	}
	title, err := s.titleOf(ctx, scope)
	if err != nil {
		return title, err
	}
	known[scope] = title
	return title, nil
}

func (s *Server) sendMe(c *fiber.Ctx, a *asker) error {
	doc, err := s.describeMe(c.UserContext(), a)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(doc)
}

func (s *Server) me(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	return s.sendMe(c, asking(c))
}

// signIn gives a session for a login and a password. The one before it, if the
// request brought it, ends.
func (s *Server) signIn(c *fiber.Ctx) error {
	var said struct{ Login, Password string }
	if err := readJSON(c, &said); err != nil {
		return err
	}
	before := asking(c)
	session, secret, err := s.Door.SignIn(c.UserContext(), s.Tenant,
		lintu.SignIn{Login: said.Login, Password: said.Password, From: s.clientAddress(c)})
	if err != nil {
		return err
	}
	if before.inPerson() {
		if err := s.Door.SignOut(c.UserContext(), s.Tenant, before.session.ID, actorOf(before.viewer)); err != nil {
			return err
		}
	}
	return s.welcome(c, session, secret)
}

// welcome answers somebody who has just been given a session.
func (s *Server) welcome(c *fiber.Ctx, session *lintu.Session, secret string) error {
	s.giveCookie(c, secret)
	return s.sendMe(c, s.askerOf(c, session))
}

// actorOf is the viewer as one who acts on the own account, which needs no right.
func actorOf(v *lintu.Viewer) lintu.Actor { return lintu.Actor{Name: v.Name, From: v.From} }

func (s *Server) signOut(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	a := asking(c)
	if err := s.Door.SignOut(c.UserContext(), s.Tenant, a.session.ID, actorOf(a.viewer)); err != nil {
		return err
	}
	return s.goodbye(c)
}

func (s *Server) signOutEverywhere(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	v := s.viewer(c)
	if err := s.Door.SignOutEverywhere(c.UserContext(), s.Tenant, v.Account, actorOf(v)); err != nil {
		return err
	}
	return s.goodbye(c)
}

// goodbye takes the cookie back and, over HTTPS, has the browser drop the map that
// it has kept of what the reader was shown.
func (s *Server) goodbye(c *fiber.Ctx) error {
	if s.secure(c.Context()) {
		c.Set("Clear-Site-Data", `"cache"`)
	}
	s.takeCookieBack(c)
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	var said struct{ Old, New string }
	if err := readJSON(c, &said); err != nil {
		return err
	}
	v := s.viewer(c)
	session, secret, err := s.Door.ChangePassword(c.UserContext(), s.Tenant, v.Account, said.Old, said.New, actorOf(v))
	if err != nil {
		return err
	}
	return s.welcome(c, session, secret)
}
