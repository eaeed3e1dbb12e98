package api

import (
	"context"
	"io"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// sendPhoto receives a picture as the body, and passes it on as it comes. That
// the body says of which type it is does not matter: the store looks.
func (s *Server) sendPhoto(c *fiber.Ctx) error {
	return s.receivePhoto(c, lintu.Asker{Viewer: s.viewer(c)}, nil)
}

// receivePhoto stores a picture for its bringer: an account, or a resident at a door.
func (s *Server) receivePhoto(c *fiber.Ctx, by lintu.Asker, door *lintu.Door) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := lintu.ParseID(c.Params("id"))
	if err != nil {
		return err
	}
	announced := int64(c.Context().Request.Header.ContentLength())
	if announced > lintu.PhotoBytesMax {
		return tooLarge(lintu.PhotoBytesMax)
	}
	if announced < 0 { // it comes in chunks
		announced = lintu.PhotoBytesMax
	}
	places, who := &s.arriving, s.viewer(c).Name
	if by.Resident {
		places, who = &s.atDoors, s.client(c.Context()).network
	}
	end, err := places.begin(who)
	if err != nil {
		return err
	}
	defer end()
	ctx, cancel := takeContext(c, streamTimeout)
	defer cancel()
	stop := context.AfterFunc(s.jobs.ctx, cancel)
	defer stop()
	if err := s.Cases.ExpectPhoto(ctx, s.Tenant, id, announced, door); err != nil {
		return err
	}
	photo, created, err := s.Photos.Put(ctx, s.Tenant, id, arriving{body(c, lintu.PhotoBytesMax)})
	if err != nil {
		return err
	}
	if err := s.Cases.NotePhoto(ctx, s.Tenant, *photo, by, door); err != nil {
		return err
	}
	status := fiber.StatusOK
	if created {
		status = fiber.StatusCreated
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(status).JSON(photo)
}

// photoPolicy lets a picture that is opened by itself do nothing, should a browser
// ever take it for something else.
const photoPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// photo answers with a picture of a case. It never changes, and whether the viewer
// may see it is asked each time.
func (s *Server) photo(size lintu.PhotoSize) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := only(c); err != nil {
			return err
		}
		id, err := idParam(c)
		if err != nil {
			return err
		}
		photo, err := lintu.ParseID(c.Params("photo"))
		if err != nil {
			return &lintu.Error{Code: lintu.CodeNotFound, Text: lintu.AsError(err).Text}
		}
		if err := s.Cases.CasePhoto(c.UserContext(), s.viewer(c), id, photo); err != nil {
			return err
		}
		ctx, cancel := takeContext(c, streamTimeout)
		content, p, err := s.Photos.Open(ctx, s.Tenant, photo, size)
		if err != nil {
			cancel()
			return err
		}
		sent := sending{content, cancel}
		etag := `"` + p.SHA256[:32] + "-" + string(size) + `"`
		c.Set(fiber.HeaderETag, etag)
		c.Set(fiber.HeaderContentSecurityPolicy, photoPolicy)
		c.Set(fiber.HeaderContentDisposition, "inline")
		if matches(c.Get(fiber.HeaderIfNoneMatch), etag) != "" {
			_ = sent.Close() // nothing of it was wanted
			return c.SendStatus(fiber.StatusNotModified)
		}
		c.Set(fiber.HeaderContentType, p.Type)
		c.Context().SetBodyStream(sent, int(p.Bytes))
		return nil
	}
}

// sending is content whose reading ends with the answer.
type sending struct {
	io.ReadCloser
	end context.CancelFunc
}

// Close implements io.Closer.
func (s sending) Close() error {
	defer s.end()
	return s.ReadCloser.Close()
}
