package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// setting answers with a setting of the tenant.
func setting[T any](s *Server, read func(lintu.Settings, context.Context, int32) (T, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := only(c); err != nil {
			return err
		}
		value, err := read(s.Settings, c.UserContext(), s.Tenant)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderCacheControl, noStore)
		return c.JSON(value)
	}
}

// saveSetting stores one and answers with it.
func saveSetting[T any](s *Server, save func(lintu.Settings, context.Context, int32, T, lintu.Actor) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var value T
		if err := readJSON(c, &value); err != nil {
			return err
		}
		if err := save(s.Settings, c.UserContext(), s.Tenant, value, s.viewer(c).Actor(lintu.ManageRules)); err != nil {
			return err
		}
		c.Set(fiber.HeaderCacheControl, noStore)
		return c.JSON(value)
	}
}
