package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// whosePerson finds the household or head of the path.
func whosePerson(c *fiber.Ctx) (lintu.LayerInfo, lintu.ID, error) {
	layer, err := layerParam(c, "layer")
	if err != nil {
		return layer, lintu.ID{}, err
	}
	if len(layer.Personal) == 0 {
		return layer, lintu.ID{}, lintu.Errorf(lintu.CodeNotFound, "图层 %s 没有个人信息。", "Layer %s has no personal data.", layer.Name)
	}
	id, err := idParam(c)
	return layer, id, err
}

// person answers with what is shown of a person before a purpose is stated.
func (s *Server) person(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	layer, id, err := whosePerson(c)
	if err != nil {
		return err
	}
	p, err := s.Persons.Person(c.UserContext(), s.viewer(c), layer, id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(p)
}

func (s *Server) unmask(c *fiber.Ctx) error {
	var said struct {
		Purpose lintu.Purpose
		Why     string
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	layer, id, err := whosePerson(c)
	if err != nil {
		return err
	}
	p, err := s.Persons.Unmask(c.UserContext(), s.viewer(c), lintu.Unmasking{Layer: layer, ID: id, Purpose: said.Purpose, Why: said.Why})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(p)
}

// findPersons searches by what stands in the body, so that no address has it.
func (s *Server) findPersons(c *fiber.Ctx) error {
	var said struct{ Name, Phone string }
	if err := readJSON(c, &said); err != nil {
		return err
	}
	found, err := s.Persons.FindPersons(c.UserContext(), s.viewer(c), said.Name, said.Phone)
	if err != nil {
		return err
	}
	if found == nil {
		found = []lintu.MaskedPerson{}
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"persons": found})
}

func purposes(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	return c.JSON(fiber.Map{"purposes": lintu.Purposes})
}
