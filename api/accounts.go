package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// accountDoc is an account as the accounts page shows it.
type accountDoc struct {
	lintu.Account
	Grants   []grantDoc `json:"grants"`
	Password string     `json:"password,omitempty"` // one-time, shown this once
}

type grantDoc struct {
	lintu.Grant
	For lintu.Text `json:"for"`
	To  *time.Time `json:"to"`
}

func (s *Server) describeAccount(ctx context.Context, titles scopeTitles, a lintu.Account) (accountDoc, error) {
	doc := accountDoc{Account: a, Grants: []grantDoc{}}
	for _, g := range a.Grants {
		title, err := s.scopeTitle(ctx, titles, g.Scope)
		if err != nil {
			return doc, err
		}
		doc.Grants = append(doc.Grants, grantDoc{Grant: g, For: title, To: g.To})
	}
	return doc, nil
}

func (s *Server) accounts(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	list, err := s.Registrar.Accounts(c.UserContext(), s.Tenant)
	if err != nil {
		return err
	}
	docs, titles := make([]accountDoc, len(list)), scopeTitles{}
	for i, a := range list {
		if docs[i], err = s.describeAccount(c.UserContext(), titles, a); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"accounts": docs})
}

// sendAccount answers with the account of that login as it is now.
func (s *Server) sendAccount(c *fiber.Ctx, status int, login string) error {
	a, err := s.Registrar.Account(c.UserContext(), s.Tenant, login)
	if err != nil {
		return err
	}
	doc, err := s.describeAccount(c.UserContext(), scopeTitles{}, *a)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(status).JSON(doc)
}

func (s *Server) addAccount(c *fiber.Ctx) error {
	var said struct{ Login string }
	if err := readJSON(c, &said); err != nil {
		return err
	}
	a, password, err := s.Registrar.AddAccount(c.UserContext(), s.Tenant, said.Login, s.viewer(c).Actor(lintu.ManageAccounts))
	if err != nil {
		return err
	}
	doc, err := s.describeAccount(c.UserContext(), scopeTitles{}, *a)
	if err != nil {
		return err
	}
	doc.Password = password
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(fiber.StatusCreated).JSON(doc)
}

func (s *Server) resetPassword(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	login, err := param(c, "login")
	if err != nil {
		return err
	}
	password, err := s.Registrar.ResetPassword(c.UserContext(), s.Tenant, login, s.viewer(c).Actor(lintu.ManageAccounts))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"password": password})
}

func (s *Server) changeAccount(c *fiber.Ctx) error {
	var said struct{ Disabled *bool }
	if err := readJSON(c, &said); err != nil {
		return err
	}
	if said.Disabled == nil {
		return lintu.Errorf(lintu.CodeInvalid, "请说明账号是否停用（disabled）。", "Say whether the account is disabled.")
	}
	login, err := param(c, "login")
	if err != nil {
		return err
	}
	if err := s.Registrar.SetDisabled(c.UserContext(), s.Tenant, login, *said.Disabled, s.viewer(c).Actor(lintu.ManageAccounts)); err != nil {
		return err
	}
	return s.sendAccount(c, fiber.StatusOK, login)
}

// grant gives an account a role; without from it holds from now on.
func (s *Server) grant(c *fiber.Ctx) error {
	var said struct {
		Role     lintu.Role
		For      string
		From, To *time.Time
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	login, err := param(c, "login")
	if err != nil {
		return err
	}
	scope, err := s.Registrar.FindScope(c.UserContext(), s.Tenant, said.For)
	if err != nil {
		return err
	}
	g := lintu.Grant{ID: lintu.NewID(), Role: said.Role, Scope: scope, From: time.Now(), To: said.To}
	if said.From != nil {
		g.From = *said.From
	}
	if err := s.Registrar.Grant(c.UserContext(), s.Tenant, login, g, s.viewer(c).Actor(lintu.ManageAccounts)); err != nil {
		return err
	}
	return s.sendAccount(c, fiber.StatusCreated, login)
}

func (s *Server) revoke(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	login, err := param(c, "login")
	if err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Registrar.Revoke(c.UserContext(), s.Tenant, login, id, s.viewer(c).Actor(lintu.ManageAccounts)); err != nil {
		return err
	}
	return s.sendAccount(c, fiber.StatusOK, login)
}
