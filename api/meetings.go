package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

func (s *Server) meetings(c *fiber.Ctx) error {
	if err := only(c, "limit"); err != nil {
		return err
	}
	limit, err := number(c, "limit", 50, 1, 500)
	if err != nil {
		return err
	}
	list, err := s.Meetings.Meetings(c.UserContext(), s.viewer(c), limit)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"meetings": list})
}

func (s *Server) meeting(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	m, err := s.Meetings.Meeting(c.UserContext(), s.viewer(c), id)
	if err != nil {
		return err
	}
	return c.JSON(m)
}

// saveMeeting makes a meeting or changes it. The id stands in the address, whatever the
// body says.
func (s *Server) saveMeeting(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	var m lintu.Meeting
	if err := readJSON(c, &m); err != nil {
		return err
	}
	m.ID = id
	saved, err := s.Meetings.SaveMeeting(c.UserContext(), s.viewer(c), m)
	if err != nil {
		return err
	}
	return c.JSON(saved)
}

func (s *Server) rowToCase(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	row, err := lintu.ParseID(c.Params("row"))
	if err != nil {
		return err
	}
	made, err := s.Meetings.RowToCase(c.UserContext(), s.viewer(c), id, row)
	if err != nil {
		return err
	}
	return durably(c, fiber.StatusCreated, made)
}

func (s *Server) openRows(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	rows, err := s.Meetings.OpenRows(c.UserContext(), s.viewer(c), id)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rows": rows})
}
