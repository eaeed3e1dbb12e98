package api

import (
	"bytes"
	"log/slog"
	"strings"
	"time"

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
	h, r := &ctx.Response.Header, &ctx.Request
	if !r.Header.IsGet() || r.Header.ContentLength() > 0 || r.IsBodyStream() || len(r.Header.PeekCanonical(originKey)) > 0 || s.Log.Enabled(ctx, slog.LevelDebug) {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			ctx.Response.Reset()
			s.logPanic(p, "a ready tile")
			sent = false
		}
	}()
	q, ok := readyQuery(string(r.Header.RequestURI()))
	if !ok {
		return false
	}
	i := chosenCoding(ctx)
	v := s.knownViewer(ctx)
	if i < 0 || v == nil {
		return false
	}
	q.Coding = codings[i].coding
	had := hasTile(ctx, i, &q)
	t, ok := s.Tiles.Ready(v, &q)
	if !ok || !s.inPace(ctx, v) {
		return false
	}
	s.begin(ctx)
	h.SetCanonical(cacheControlKey, forViewerAsSent)
	h.SetCanonical(varyKey, readyVary)
	s.writeTile(ctx, t, i, had)
	s.metrics.tileSeconds(ctx.Response.StatusCode()).Observe(time.Since(ctx.Time()).Seconds())
	return true
}

// What the routes of tiles say beside the tile.
var (
	forViewerAsSent = []byte(forViewer)
	readyVary       = []byte("Origin, Cookie, Authorization, Accept-Encoding")
)

// readyQuery reads the address of a tile that is written as our pages write it. With
// parameters or escapes, its parts name no tile that could be ready.
func readyQuery(uri string) (q lintu.TileQuery, ok bool) {
	if !strings.HasSuffix(uri, ".mvt") || strings.Count(uri, "/") != 5 {
		return q, false
	}
	q.Layers, q.Z, q.X, q.Y = tilePath(uri)
	return q, true
}

// knownViewer is who asks, if that was found out a moment ago; else nil.
func (s *Server) knownViewer(ctx *fasthttp.RequestCtx) *lintu.Viewer {
	secret, token := strings.CutPrefix(string(ctx.Request.Header.PeekCanonical(authorizationKey)), "Bearer ")
	if !token {
		if secret != "" { // it is no token of ours
			return nil
		}
		if secret = string(ctx.Request.Header.Cookie(s.cookieName(ctx))); secret == "" {
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
func (s *Server) inPace(ctx *fasthttp.RequestCtx, v *lintu.Viewer) bool {
	now, tiles := ctx.Time(), paces[kindTile]
	if s.limits.wait(limitKey{kindTile, s.client(ctx).network}, tiles.address, now) > 0 {
		return false
	}
	return !v.SignedIn() || s.limits.wait(limitKey{kindTile, v.Name}, tiles.who, now) == 0
}
