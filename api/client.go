package api

import "github.com/gofiber/fiber/v2"

// clientAddress is where a request comes from, for the audit.
func (s *Server) clientAddress(c *fiber.Ctx) string { return c.Context().RemoteIP().String() }
