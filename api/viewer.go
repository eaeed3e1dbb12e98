package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// viewer is who asks.
func (s *Server) viewer(*fiber.Ctx) *lintu.Viewer {
	return &lintu.Viewer{Tenant: s.Tenant, Account: lintu.ID{1}, Name: "web", Public: lintu.PublicByDefault(), Grants: []lintu.Grant{
		{Role: lintu.RolePlanner, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}
}

// admitted lets through who has what the route needs.
func (s *Server) admitted(r Route) fiber.Handler {
	if !r.untimed {
		return timed(r.handler)
	}
	return r.handler
}
