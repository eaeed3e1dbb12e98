package api

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// casesLayer says who is shown cases at all.
var casesLayer = lintu.LayerInfo{Name: lintu.Cases, Needs: lintu.SeeCases}

// events begins a stream of Server-Sent Events. The connection is taken from
// fasthttp, which would keep its buffers for as long as it lasts, and would wait for
// it when the server stops.
func (s *Server) events(c *fiber.Ctx) error {
	if err := only(c, "after"); err != nil {
		return err
	}
	a := asking(c)
	if _, err := a.viewer.Sees(casesLayer); err != nil {
		return err
	}
	who := []string{s.client(c.Context()).network}
	sub := &subscriber{hub: s.hub}
	if a.session != nil {
		sub.session = a.session.ID
		who = append(who, ofAccount+a.session.Account.String())
	}
	sub.who = who
	if err := s.hub.hasRoom(who); err != nil {
		return err
	}
	after := cmp.Or(c.Get("Last-Event-ID"), c.Query("after"))
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, noStore+", no-transform")
	c.Set("X-Accel-Buffering", "no") // nginx sends on what it gets
	c.Context().SetConnectionClose() // its end is the answer's
	if c.Method() == fiber.MethodHead {
		return nil
	}
	cn, ok := c.Context().Conn().(*conn)
	if !ok {
		return lintu.Errorf(lintu.CodeUnavailable, "此连接不支持实时流。", "This connection cannot carry a stream.")
	}
	sub.conn = cn
	s.hijack(c.Context(), cn, requestID(c), func(ctx context.Context, head []byte) error {
		return s.hub.join(ctx, sub, a.viewer, after, head)
	}, sub.close)
	return nil
}

// hijack takes the connection and gives begin the head of the answer. gone is called
// when the client ends the connection, or sends anything more on it.
func (s *Server) hijack(request *fasthttp.RequestCtx, cn *conn, id string, begin func(context.Context, []byte) error, gone func()) {
	request.HijackSetNoResponse(true)
	request.Hijack(func(nc net.Conn) {
		head := slices.Clone(request.Response.Header.Header())
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		err := s.guardStream(id, func() error {
			if cn.hasMore(nc) {
				return lintu.Errorf(lintu.CodeInvalid, "实时流之后不能再有请求。", "Nothing can be asked for after a stream.")
			}
			if err := begin(ctx, head); err != nil {
				return err
			}
			cn.untilEnd(gone)
			return nil
		})
		if err != nil {
			// The client comes back by itself, and is told more then.
			s.Log.Warn("a stream could not begin", slog.String("id", id), slog.Any("error", err))
			_ = cn.Close()
		}
	})
}

// hasMore reports whether more has come than the request; nc is what was hijacked,
// with what fasthttp has read ahead.
func (c *conn) hasMore(nc net.Conn) bool {
	var b [1]byte
	_ = c.SetReadDeadline(longAgo) // fails only on a closed connection, which Read reports
	n, _ := nc.Read(b[:])
	return n > 0
}

// untilEnd calls gone when the client ends the connection or sends anything.
func (c *conn) untilEnd(gone func()) {
	plain := c.Conn
	if secret, ok := plain.(*tls.Conn); ok {
		plain = secret.NetConn()
	}
	if tcp, ok := plain.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(subscriberBuffer) // otherwise megabytes, which a slow client would fill first
	}
	_ = c.Conn.SetReadDeadline(time.Time{})
	go func() {
		var b [1]byte
		_, _ = c.Conn.Read(b[:]) // whatever comes is the end
		gone()
	}()
}

// hasRoom refuses a stream while there are too many.
func (h *hub) hasRoom(who []string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.room(who)
}

// rechecks lets the streams of sessions that a handler has changed end at once, and
// nobody be remembered as what they were.
func (s *Server) rechecks(handler fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		defer s.hub.recheck()
		defer s.remembered.forget()
		return handler(c)
	}
}
