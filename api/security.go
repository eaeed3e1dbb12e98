package api

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// contentPolicy is the Content-Security-Policy of pages and their scripts, which a
// worker takes its own from: everything from this server, but for the servers of a
// configured basemap. blob: is where MapLibre's workers and decoded images are, data:
// where its icons are. Nothing embeds a page of this server.
func contentPolicy(basemap json.RawMessage) (string, error) {
	hosts, err := basemapOrigins(basemap)
	if err != nil {
		return "", err
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:" + hosts +
		"; connect-src 'self'" + hosts + "; font-src 'self'; manifest-src 'self'; worker-src 'self' blob:" +
		"; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", nil
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

// permissionsPolicy leaves to the pages of this server the two devices that a
// report from the street needs, and nothing else to anybody.
const permissionsPolicy = "geolocation=(self), camera=(self), accelerometer=(), autoplay=(), bluetooth=(), " +
	"browsing-topics=(), display-capture=(), encrypted-media=(), fullscreen=(), gyroscope=(), hid=(), " +
	"idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), " +
	"publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"

// dataPolicy is the Content-Security-Policy of all that is no page: where a browser shows
// it by itself, it may do nothing.
const dataPolicy = "default-src 'none'; frame-ancestors 'none'"

// guard makes the headers that every answer has. They are few, for a map asks for a
// hundred small things. HSTS leaves subdomains out: they may be somebody else's.
func guard(secure bool) *fasthttp.ResponseHeader {
	h := &fasthttp.ResponseHeader{}
	h.Set(fiber.HeaderContentSecurityPolicy, dataPolicy)
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "same-origin")
	h.Set(fiber.HeaderXFrameOptions, "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if secure {
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	return h
}

// guardPage adds what an answer needs that may run something. That a page is not modified
// says so too: a browser takes the headers of that answer over.
func (s *Server) guardPage(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, s.csp)
	c.Set("Permissions-Policy", permissionsPolicy)
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// secure reports whether the client reaches the server over HTTPS.
func (s *Server) secure(ctx *fasthttp.RequestCtx) bool { return s.schemeOf(ctx) == "https" }

// parseOrigins checks the list of origins whose pages may read.
func parseOrigins(list []string) ([]string, error) {
	origins := make([]string, len(list))
	for i, text := range list {
		u, err := url.Parse(strings.TrimSpace(text))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" ||
			u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Host, "*") {
			return nil, lintu.Errorf(lintu.CodeInvalid, "允许的来源 %q 无效；应类似 https://city.example.cn，不支持通配符。",
				"The allowed origin %q is not valid; it should look like https://city.example.org, without wildcards.", text)
		}
		origins[i] = strings.ToLower(u.Scheme + "://" + u.Host)
	}
	return origins, nil
}

// open lets pages of the configured origins read. Cookies do not come with what
// they ask: they see what visitors see, or what their own token shows.
func (s *Server) open(c *fiber.Ctx) error {
	vary(c, fiber.HeaderOrigin)
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && slices.Contains(s.origins, origin) {
		c.Set(fiber.HeaderAccessControlAllowOrigin, origin)
		c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag, Content-Crs, Link, Lintu-Lag, Lintu-Missing, Retry-After, X-Request-Id")
		if c.Method() == fiber.MethodOptions {
			c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD")
			c.Set(fiber.HeaderAccessControlAllowHeaders, "Accept, Accept-Language, Authorization, Content-Type, If-None-Match")
			c.Set(fiber.HeaderAccessControlMaxAge, "7200")
		}
	}
	if c.Method() == fiber.MethodOptions {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Next()
}

// The names of the session's cookie. Over HTTPS the prefix keeps subdomains from
// setting one.
const (
	sessionCookie       = "lintu"
	secureSessionCookie = "__Host-lintu"
)

// changes reports whether the request's method may change something.
func changes(c *fiber.Ctx) bool {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return false
	}
	return true
}

// sameOrigin refuses changes that another site's page asks for, also one that
// has this server's address under a name of its own (DNS rebinding). Browsers
// say where a change comes from by themselves, also when they sign in, which has
// no cookie yet. Programs say nothing and pass as long as they bring no cookie.
//
// Reading needs no such check of the name: cookies belong to names, so a foreign
// name brings none, and sees what visitors see.
func (s *Server) sameOrigin(c *fiber.Ctx) error {
	if !changes(c) {
		return c.Next()
	}
	site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	foreign := site != "" && site != "same-origin" && site != "none"
	if site == "" && origin != "" {
		foreign = origin != originOf(s.base(c))
	}
	said := site != "" || origin != ""
	if said && !s.ownName(c) {
		return lintu.Errorf(lintu.CodeForbidden, "本服务不认识网址中的主机名，更改已被拒绝；请用 IP 地址访问，或设置 LINTU_PUBLIC_URL。",
			"This server does not know the name it was reached by, and refuses the change; use its IP address, or set LINTU_PUBLIC_URL.")
	}
	if foreign {
		return lintu.Errorf(lintu.CodeForbidden, "此更改来自别的网站的页面，已被拒绝。", "This change was asked for by a page of another site and is refused.")
	}
	if !said && (c.Cookies(sessionCookie) != "" || c.Cookies(secureSessionCookie) != "") {
		return lintu.Errorf(lintu.CodeForbidden, "带登录 Cookie 的更改必须说明来自哪个页面（Origin 或 Sec-Fetch-Site），已被拒绝；程序请使用访问令牌。",
			"A change that comes with the cookie of a session must say which page it comes from (Origin or Sec-Fetch-Site), and is refused; programs use a token.")
	}
	return c.Next()
}

// ownName reports whether the request's host is one that no stranger can point
// here: the public URL's, an IP address, or localhost. A trusted proxy has seen
// to it already.
func (s *Server) ownName(c *fiber.Ctx) bool {
	if s.trusts(c.Context()) {
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
