package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

func (s *Server) tokens(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	list, err := s.Door.Tokens(c.UserContext(), s.Tenant, s.viewer(c).Account)
	if err != nil {
		return err
	}
	if list == nil {
		list = []lintu.Token{}
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"tokens": list})
}

// makeToken answers with a token and, this once, its secret.
func (s *Server) makeToken(c *fiber.Ctx) error {
	var said struct {
		Title string
		Only  []lintu.Right
		Days  int
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	v := s.viewer(c)
	if said.Days < 1 || said.Days > 365 {
		return lintu.Errorf(lintu.CodeInvalid, "令牌的有效天数（days）应为 1 到 365。", "A token lasts 1 to 365 days (days).")
	}
	token, secret, err := s.Door.CreateToken(c.UserContext(), s.Tenant, v.Account, said.Title, said.Only, time.Duration(said.Days)*24*time.Hour, actorOf(v))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(fiber.StatusCreated).JSON(struct {
		*lintu.Token
		Secret string `json:"secret"`
	}{token, secret})
}

func (s *Server) revokeToken(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := s.viewer(c)
	if err := s.Door.RevokeToken(c.UserContext(), s.Tenant, v.Account, id, actorOf(v)); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.SendStatus(fiber.StatusNoContent)
}
