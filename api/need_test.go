package api

import (
	"testing"

	"github.com/gofiber/fiber/v2"
)

// A route that nobody has declared does not start, nor one that is not there.
func TestUndeclared(t *testing.T) {
	t.Parallel()
	nothing := func(*fiber.Ctx) error { return nil }
	a := fiber.New()
	a.Use("/x", nothing)
	a.Get("/x/:id", nothing)
	declared := []Route{on(fiber.MethodGet, "/x/:id", Anyone, nothing)}
	if err := undeclared(a, declared); err != nil {
		t.Error("all is declared:", err)
	}
	if err := undeclared(a, append(declared, on(fiber.MethodPost, "/x", Anyone, nothing))); err == nil {
		t.Error("a route that is not there passes")
	}
	if err := undeclared(a, []Route{on(fiber.MethodGet, "/x/:id", "", nothing)}); err == nil {
		t.Error("a route without a need passes")
	}
	a.Delete("/x/:id", nothing)
	if err := undeclared(a, declared); err == nil {
		t.Error("a route without a declaration passes")
	}
}
