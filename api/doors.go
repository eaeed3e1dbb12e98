package api

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"rsc.io/qr"

	"github.com/lintu-map/lintu"
)

func (s *Server) doors(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	list, err := s.Doors.Doors(c.UserContext(), s.Tenant)
	if err != nil {
		return err
	}
	if list == nil {
		list = []lintu.Door{}
	}
	return c.JSON(fiber.Map{"doors": list})
}

func (s *Server) makeDoor(c *fiber.Ctx) error {
	var said struct {
		Kind    lintu.DoorKind
		Subject lintu.ID
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	d, err := s.Doors.MakeDoor(c.UserContext(), s.Tenant, said.Kind, said.Subject, s.viewer(c).Actor(lintu.ManageRules))
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(d)
}

func (s *Server) closeDoor(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Doors.CloseDoor(c.UserContext(), s.Tenant, id, s.viewer(c).Actor(lintu.ManageRules)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// doorQR is the QR code of a door's page, to be printed.
func (s *Server) doorQR(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	d, err := s.doorOf(c)
	if err != nil {
		return err
	}
	svg, err := qrSVG(s.base(c) + "/door/" + d.Code)
	if err != nil {
		return err
	}
	return sendTagged(c, "image/svg+xml", svg)
}

// qrSVG draws a QR code with the quiet zone of four modules that its standard (ISO/IEC
// 18004) asks for; a quarter of it may be dirty or torn.
func qrSVG(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.Q)
	if err != nil {
		return nil, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	side := code.Size + 8
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[1]d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="%[2]s"/></svg>`,
		side, path.String()), nil
}

// doorOf is the door of the path.
func (s *Server) doorOf(c *fiber.Ctx) (*lintu.Door, error) {
	return s.Doors.Door(c.UserContext(), s.Tenant, strings.ToUpper(c.Params("code")))
}

// door tells a resident whose door it is.
func (s *Server) door(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	d, err := s.doorOf(c)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"title": d.Title, "kind": d.Kind, "lon": d.Lon, "lat": d.Lat})
}

// reportAtDoor stores what a resident reports, to be verified before it is filed, and
// answers with the code to follow it by. The same again is answered the same.
func (s *Server) reportAtDoor(c *fiber.Ctx) error {
	var said lintu.NewCase
	if err := readCaseJSON(c, &said); err != nil {
		return err
	}
	d, err := s.doorOf(c)
	if err != nil {
		return err
	}
	if !said.ID.IsZero() {
		// The case's id is known to those who handle it. Only who made the report knows
		// the id that it came under, and is told the code again by it.
		said.ID = said.ID.With(d.ID)
	}
	said.Source, said.Door, said.Urgency, said.Visibility = lintu.FromResident, d, "", ""
	found, follow, err := s.Cases.Report(c.UserContext(), s.Tenant, said, lintu.Asker{Resident: true})
	if err != nil {
		return err
	}
	status := fiber.StatusCreated
	if found.Again {
		status = fiber.StatusOK
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(status).JSON(fiber.Map{"number": found.Number, "follow": follow, "durable": true})
}

// photoAtDoor receives a resident's picture, which only a report at this door can take.
func (s *Server) photoAtDoor(c *fiber.Ctx) error {
	d, err := s.doorOf(c)
	if err != nil {
		return err
	}
	return s.receivePhoto(c, lintu.Asker{Resident: true}, d)
}

func (s *Server) follow(c *fiber.Ctx) error {
	var said struct{ Code string }
	if err := readJSON(c, &said); err != nil {
		return err
	}
	f, err := s.Doors.Follow(c.UserContext(), s.Tenant, said.Code)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(f)
}

func (s *Server) followAct(c *fiber.Ctx) error {
	var said struct {
		Code   string
		Action lintu.Action
	}
	if err := readCaseJSON(c, &said); err != nil {
		return err
	}
	if said.Action.ID.IsZero() {
		return noActionID()
	}
	f, err := s.Doors.FollowAct(c.UserContext(), s.Tenant, said.Code, said.Action)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(f)
}
