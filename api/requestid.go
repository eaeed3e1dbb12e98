package api

import (
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"
)

// requestIDKey is where a request keeps its id.
const requestIDKey = "request id"

// received gives a request its id and the answer the headers that every answer
// has. A client's own X-Request-Id is not taken over: two requests must never
// share one in the log, and nobody writes into the log from outside.
func (s *Server) received(c *fiber.Ctx) error {
	s.begin(c)
	return c.Next()
}

func (s *Server) begin(c *fiber.Ctx) {
	id := rand.Text()
	c.Locals(requestIDKey, id)
	c.Set(fiber.HeaderXRequestID, id)
	s.guard(c)
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestIDKey).(string)
	return id
}

// logged writes the access log: never an address with its parameters, a body or
// a cookie, since those can hold names. Probes of the server's health are kept
// out unless the log is at debug level.
func (s *Server) logged(c *fiber.Ctx) error {
	begin := time.Now()
	err := c.Next()
	route := c.Route().Path
	level := slog.LevelInfo
	if route == "/healthz" || route == "/readyz" {
		level = slog.LevelDebug
	}
	who := ""
	if a := knownAsker(c); a != nil {
		who = a.viewer.Name
	}
	s.Log.LogAttrs(c.UserContext(), level, "request", slog.String("id", requestID(c)),
		slog.String("method", c.Method()), slog.String("route", route), slog.Int("status", c.Response().StatusCode()),
		slog.Duration("took", time.Since(begin)), slog.String("who", who), slog.String("from", s.clientAddress(c)))
	return err
}
