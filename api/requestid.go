package api

import (
	"encoding/base32"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// received gives a request its id and the answer the headers that every answer
// has. A client's own X-Request-Id is not taken over: two requests must never
// share one in the log, and nobody writes into the log from outside.
func (s *Server) received(c *fiber.Ctx) error {
	s.begin(c.Context())
	return c.Next()
}

func (s *Server) begin(ctx *fasthttp.RequestCtx) {
	h := s.plain
	if s.secure(ctx) {
		h = s.guarded
	}
	h.CopyTo(&ctx.Response.Header)
	var number [16]byte // two of 128 random bits never meet; they are no secret
	binary.LittleEndian.PutUint64(number[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(number[8:], rand.Uint64())
	var id [26]byte
	requestIDs.Encode(id[:], number[:])
	ctx.Response.Header.SetCanonical(requestIDKey, id[:])
}

var requestIDs = base32.StdEncoding.WithPadding(base32.NoPadding)

// requestID is the id that the answer tells.
func requestID(c *fiber.Ctx) string {
	return string(c.Context().Response.Header.Peek(fiber.HeaderXRequestID))
}

// logged writes the access log: never an address with its parameters, a body or
// a cookie, since those can hold names. Probes of the server's health and tiles that
// were given are kept out unless the log is at debug level: the metrics count them.
func (s *Server) logged(c *fiber.Ctx) error {
	err := c.Next()
	route, level := c.Route().Path, slog.LevelInfo
	if route == "/healthz" || route == "/readyz" || route == tileRoute && c.Context().Response.StatusCode() < fiber.StatusBadRequest {
		level = slog.LevelDebug
	}
	if !s.Log.Enabled(c.UserContext(), level) {
		return err
	}
	who := ""
	if a := knownAsker(c); a != nil {
		who = a.viewer.Name
	}
	s.Log.LogAttrs(c.UserContext(), level, "request", slog.String("id", requestID(c)),
		slog.String("method", c.Method()), slog.String("route", route), slog.Int("status", c.Response().StatusCode()),
		slog.Duration("took", time.Since(c.Context().Time())), slog.String("who", who), slog.String("from", s.clientAddress(c)))
	return err
}
