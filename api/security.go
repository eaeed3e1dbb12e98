package api

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// contentPolicy is the Content-Security-Policy of every answer: everything from
// this server, but for the servers of a configured basemap.
func contentPolicy(basemap json.RawMessage) (string, error) {
	hosts, err := basemapOrigins(basemap)
	if err != nil {
		return "", err
	}
	return "default-src 'self'; img-src 'self' data: blob:" + hosts + "; connect-src 'self'" + hosts +
		"; style-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'", nil
}

func basemapOrigins(basemap json.RawMessage) (string, error) {
	if basemap == nil {
		return "", nil
	}
	bad := lintu.Errorf(lintu.CodeInvalid, "底图配置不是有效的 MapLibre 数据源（JSON）。", "The basemap is not a MapLibre source (JSON).")
	var source struct {
		Type  string
		URL   string
		Tiles []string
	}
	if err := json.Unmarshal(basemap, &source); err != nil || source.Type != "raster" && source.Type != "vector" {
		return "", bad
	}
	hosts := ""
	for _, address := range append(source.Tiles, source.URL) {
		u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(address))
		if err != nil || strings.ContainsAny(u.Host, "; ,'") {
			return "", bad
		}
		if host := u.Scheme + "://" + u.Host; u.Host != "" && !strings.Contains(hosts+" ", " "+host+" ") {
			hosts += " " + host
		}
	}
	return hosts, nil
}

// guarded sets the headers that every answer has.
func (s *Server) guarded(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, s.csp)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderXFrameOptions, "SAMEORIGIN")
	return c.Next()
}

// open lets pages of other origins read: tiles, styles and the OGC part hold
// what the map shows anyone.
func open(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag, Content-Crs, Link")
	if c.Method() == fiber.MethodOptions {
		c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD, OPTIONS")
		c.Set(fiber.HeaderAccessControlAllowHeaders, "Accept, Accept-Language, If-None-Match, Content-Type")
		c.Set(fiber.HeaderAccessControlMaxAge, "86400")
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Next()
}

// sameOrigin refuses changes that another site's page asks for, also one that
// has this server's address under a name of its own (DNS rebinding). Programs
// send neither header and pass.
func (s *Server) sameOrigin(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	foreign := site != "" && site != "same-origin" && site != "none"
	if site == "" && origin != "" {
		foreign = origin != originOf(s.base(c))
	}
	if (site != "" || origin != "") && !s.ownName(c) {
		return lintu.Errorf(lintu.CodeForbidden, "本服务不认识网址中的主机名，更改已被拒绝；请用 IP 地址访问，或设置 LINTU_PUBLIC_URL。",
			"This server does not know the name it was reached by, and refuses the change; use its IP address, or set LINTU_PUBLIC_URL.")
	}
	if foreign {
		return lintu.Errorf(lintu.CodeForbidden, "此更改来自别的网站的页面，已被拒绝。", "This change was asked for by a page of another site and is refused.")
	}
	return c.Next()
}

// ownName reports whether the request's host is one that no stranger can point
// here: the public URL's, an IP address, or localhost. A trusted proxy has seen
// to it already.
func (s *Server) ownName(c *fiber.Ctx) bool {
	if s.trusts(c) {
		return true
	}
	host := string(c.Context().Host())
	if public, err := url.Parse(s.PublicURL); err == nil && s.PublicURL != "" && strings.EqualFold(host, public.Host) {
		return true
	}
	name := (&url.URL{Host: host}).Hostname()
	_, err := netip.ParseAddr(name)
	return err == nil || strings.EqualFold(name, "localhost")
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
