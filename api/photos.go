package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// sendPhoto receives a picture as the body, and passes it on as it comes. That
// the body says of which type it is does not matter: the store looks.
func (s *Server) sendPhoto(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := lintu.ParseID(c.Params("id"))
	if err != nil {
		return err
	}
	if c.Context().Request.Header.ContentLength() > lintu.PhotoBytesMax {
		return tooLarge(lintu.PhotoBytesMax)
	}
	end, err := s.arriving.begin(s.viewer(c).Name)
	if err != nil {
		return err
	}
	defer end()
	ctx, cancel := takeContext(c, streamTimeout)
	defer cancel()
	stop := context.AfterFunc(s.jobs.ctx, cancel)
	defer stop()
	photo, created, err := s.Photos.Put(ctx, s.Tenant, id, arriving{body(c, lintu.PhotoBytesMax)})
	if err != nil {
		return err
	}
	if err := s.Cases.NotePhoto(ctx, s.Tenant, *photo, lintu.Asker{Viewer: s.viewer(c)}, nil); err != nil {
		return err
	}
	status := fiber.StatusOK
	if created {
		status = fiber.StatusCreated
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(status).JSON(photo)
}
