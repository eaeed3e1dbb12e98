package api

import (
	"context"
	"encoding/json"
	"time"

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

// calendarDoc is the calendar with what is to be said of it now: years without their
// public holidays.
func (s *Server) calendarDoc(ctx context.Context, c *lintu.Calendar) (fiber.Map, error) {
	categories, err := s.Settings.Categories(ctx, s.Tenant)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	doc := fiber.Map{}
	if warning := c.WarnAhead(time.Now(), categories); !warning.IsZero() {
		doc["warning"] = warning
	}
	return doc, json.Unmarshal(text, &doc)
}

func (s *Server) calendar(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	calendar, err := s.Settings.Calendar(c.UserContext(), s.Tenant)
	if err != nil {
		return err
	}
	return s.sendCalendar(c, calendar)
}

// saveCalendar stores the calendar and answers with it. A warning that comes back with
// it is no part of it.
func (s *Server) saveCalendar(c *fiber.Ctx) error {
	var calendar *lintu.Calendar
	if err := readJSON(c, &calendar); err != nil {
		return err
	}
	if err := s.Settings.SaveCalendar(c.UserContext(), s.Tenant, calendar, s.viewer(c).Actor(lintu.ManageRules)); err != nil {
		return err
	}
	return s.sendCalendar(c, calendar)
}

func (s *Server) sendCalendar(c *fiber.Ctx, calendar *lintu.Calendar) error {
	doc, err := s.calendarDoc(c.UserContext(), calendar)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(doc)
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
