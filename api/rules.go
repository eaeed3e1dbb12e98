package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// rules answers with every rule, and with what no rule is for.
func (s *Server) rules(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	rules, err := s.Rules.Rules(c.UserContext(), s.Tenant)
	if err != nil {
		return err
	}
	if rules == nil {
		rules = []lintu.Rule{}
	}
	uncovered, err := s.Rules.Uncovered(c.UserContext(), s.Tenant)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"rules": rules, "uncovered": uncovered})
}

func (s *Server) saveRule(c *fiber.Ctx) error {
	var said struct {
		Category string
		Area     *struct {
			Layer lintu.Layer
			Code  string
		}
		Rung lintu.Rung
		Unit struct{ Code string }
		Note string
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	r := lintu.Rule{ID: id, Category: said.Category, Rung: said.Rung, Unit: lintu.Handler{Code: said.Unit.Code}, Note: said.Note}
	if said.Area != nil {
		r.Area = &lintu.AreaRef{Layer: said.Area.Layer, Code: said.Area.Code}
	}
	saved, err := s.Rules.SaveRule(c.UserContext(), s.Tenant, r, s.viewer(c).Actor(lintu.ManageRules))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(saved)
}

func (s *Server) removeRule(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Rules.RemoveRule(c.UserContext(), s.Tenant, id, s.viewer(c).Actor(lintu.ManageRules)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// tryRules says where a pin would go. The neighbor head is named to those who see that
// head on the map.
func (s *Server) tryRules(c *fiber.Ctx) error {
	var said struct {
		Lon, Lat, Accuracy float64
		Category           string
		Rung               lintu.Rung
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	at := lintu.Place{Lon: said.Lon, Lat: said.Lat, Accuracy: said.Accuracy, Placed: lintu.ByMap}
	routed, err := s.Rules.Route(c.UserContext(), s.Tenant, at, said.Category, said.Rung)
	if err != nil {
		return err
	}
	if routed.Head != nil {
		seen, err := s.seesHead(c, routed.Head.ID)
		if err != nil {
			return err
		}
		if !seen {
			routed.HideHead()
		}
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"routed": routed})
}

func (s *Server) seesHead(c *fiber.Ctx, head string) (bool, error) {
	id, err := lintu.ParseID(head)
	if err != nil {
		return false, err
	}
	heads, _ := lintu.LayerByName(lintu.Heads)
	_, err = s.Finder.Card(c.UserContext(), s.viewer(c), heads, id)
	switch lintu.CodeOf(err) {
	case "":
		return true, nil
	case lintu.CodeNotFound, lintu.CodeForbidden:
		return false, nil
	}
	return false, err
}
