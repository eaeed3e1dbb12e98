package api

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// readiness is what /readyz says.
type readiness struct {
	Status string             `json:"status"` // ok; loading; away: the database does not answer
	Layers []lintu.LayerState `json:"layers,omitempty"`
}

// loadingRetry is how soon to ask again while layers are being loaded, in seconds.
const loadingRetry = "2"

// ready says whether requests should be sent here. While the database is away, they
// should if there are layers in memory: no other server has a better answer.
func (s *Server) ready(c *fiber.Ctx) error {
	doc := readiness{Status: "ok"}
	if s.Layers != nil {
		doc.Layers = s.Layers()
	}
	from := func(place lintu.LayerPlace) bool {
		return slices.ContainsFunc(doc.Layers, func(l lintu.LayerState) bool { return l.From == place })
	}
	loading := from(lintu.FromNowhere)
	err := s.Ready(c.UserContext())
	switch {
	case loading:
		doc.Status = "loading"
		c.Status(fiber.StatusServiceUnavailable).Set(fiber.HeaderRetryAfter, loadingRetry)
	case lintu.CodeOf(err) == lintu.CodeUnavailable && from(lintu.FromMemory):
		doc.Status = "away"
	case err != nil:
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(doc)
}
