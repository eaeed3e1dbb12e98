package api

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
)

// stream answers with what write writes, while it writes. The status is decided
// when write calls begun, before its first byte leaves; a failure after that
// ends the connection before the answer's end, so that nobody takes a part for
// the whole. When the client goes away, ctx ends and writing fails.
func (s *Server) stream(c *fiber.Ctx, contentType string, write func(ctx context.Context, out io.Writer, begun func()) error) error {
	ctx, cancel := takeContext(c, streamTimeout)
	reader, writer := io.Pipe()
	packed, id := takes(c, "gzip"), requestID(c)
	begun, finished := make(chan struct{}), make(chan error, 1)
	go func() {
		defer cancel()
		var once sync.Once
		err := s.guardStream(id, func() error {
			return sendPacked(writer, packed, func(out io.Writer) error {
				return write(ctx, out, func() { once.Do(func() { close(begun) }) })
			})
		})
		finished <- err
		_ = writer.CloseWithError(err) // returns nil always; err nil is the end
	}()
	select {
	case err := <-finished:
		if err != nil { // nothing has been sent
			return err
		}
	case <-begun:
	}
	c.Set(fiber.HeaderContentType, contentType)
	c.Vary(fiber.HeaderAcceptEncoding)
	if packed {
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	c.Context().SetBodyStream(reader, -1)
	return nil
}

// guardStream keeps a panic of a stream from ending the process: the middleware
// that does so for handlers does not reach it.
func (s *Server) guardStream(during string, write func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.logPanic(r, during)
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return write()
}

// sendPacked lets write write to out, through gzip if the client takes it.
func sendPacked(out io.Writer, packed bool, write func(io.Writer) error) error {
	if !packed {
		return write(out)
	}
	zw, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := write(zw); err != nil {
		return err
	}
	return zw.Close()
}
