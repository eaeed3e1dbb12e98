package api

import (
	"bytes"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// Maps ask for a hundred tiles at once, most of which are ready, and whoever asks was
// known a moment ago. Finding the route and going through what stands before it would
// cost several times as much as giving such a tile.

// readyFirst answers with a tile that is ready before any route is looked for. Who gets
// it, and with which headers, is what the routes would have said
// (TestReadyTilesAreAnsweredAlike).
func (s *Server) readyFirst(routes fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if !bytes.HasPrefix(ctx.Request.Header.RequestURI(), tilePrefix) || !s.sendReady(ctx) {
			routes(ctx)
		}
	}
}

var tilePrefix = []byte("/tiles/")

// sendReady reports false where it has not answered, and has left no trace then.
func (s *Server) sendReady(ctx *fasthttp.RequestCtx) (sent bool) {
	r := &ctx.Request
	if !r.Header.IsGet() || r.Header.ContentLength() > 0 || r.IsBodyStream() || len(r.Header.Peek(fiber.HeaderOrigin)) > 0 || s.Log.Enabled(ctx, slog.LevelDebug) {
		return false
	}
	c := s.app.AcquireCtx(ctx)
	defer s.app.ReleaseCtx(c)
	defer func() {
		if p := recover(); p != nil {
			ctx.Response.Reset()
			s.logPanic(p, "a ready tile")
			sent = false
		}
	}()
	q, ok := readyQuery(c)
	if !ok {
		return false
	}
	i := chosenCoding(c)
	v := s.knownViewer(c)
	if i < 0 || v == nil {
		return false
	}
	q.Coding = codings[i].coding
	had := hasTile(c, i, &q)
	t, ok := s.Tiles.Ready(v, &q)
	if !ok || !s.inPace(c, v) {
		return false
	}
	s.begin(c)
	ctx.Response.Header.SetCanonical(cacheControlKey, forViewerAsSent)
	ctx.Response.Header.SetCanonical(varyKey, readyVary)
	s.writeTile(c, t, i, had)
	s.metrics.tileSeconds(ctx.Response.StatusCode()).Observe(time.Since(ctx.Time()).Seconds())
	return true
}

// What the routes of tiles say beside the tile.
var (
	cacheControlKey = []byte(fiber.HeaderCacheControl)
	forViewerAsSent = []byte(forViewer)
	readyVary       = []byte("Origin, Cookie, Authorization, Accept-Encoding")
)

// readyQuery reads the address of a tile that is written as our pages write it.
func readyQuery(c *fiber.Ctx) (q lintu.TileQuery, ok bool) {
	path := c.Path()
	if len(path) != len(c.Context().Request.Header.RequestURI()) || strings.Contains(path, "%") || !strings.HasSuffix(path, ".mvt") || strings.Count(path, "/") != 5 {
		return q, false
	}
	q.Layers, q.Z, q.X, q.Y = tilePath(path)
	return q, true
}

// knownViewer is who asks, if that was found out a moment ago; else nil.
func (s *Server) knownViewer(c *fiber.Ctx) *lintu.Viewer {
	secret, token := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !token {
		if secret != "" { // it is no token of ours
			return nil
		}
		if secret = c.Cookies(s.cookieName(c)); secret == "" {
			return s.visitor
		}
	}
	session := s.Door.KnownSession(s.Tenant, secret)
	if session == nil || session.Token != token || session.MustChange {
		return nil
	}
	return s.remembered.viewer(session)
}

// inPace counts a tile; false is too many, which the routes will say.
func (s *Server) inPace(c *fiber.Ctx, v *lintu.Viewer) bool {
	now, tiles := c.Context().Time(), paces[kindTile]
	if s.limits.wait(limitKey{kindTile, s.client(c).network}, tiles.address, now) > 0 {
		return false
	}
	return !v.SignedIn() || s.limits.wait(limitKey{kindTile, v.Name}, tiles.who, now) == 0
}
