package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// asker is who makes a request.
type asker struct {
	viewer  *lintu.Viewer
	session *lintu.Session // nil for a visitor
	// fromMemory says that the database, which is away, could not be asked.
	fromMemory bool
}

// inPerson reports whether a session asks, and not a token.
func (a *asker) inPerson() bool { return a.session != nil && !a.session.Token }

// mustChange reports whether a one-time password must be changed first.
func (a *asker) mustChange() bool { return a.session != nil && a.session.MustChange }

// askerKey is where a request keeps its asker, from the moment it is known.
const askerKey = "asker"

// knownAsker is who asks, nil as long as that has not been found out.
func knownAsker(c *fiber.Ctx) *asker {
	a, _ := c.Locals(askerKey).(*asker)
	return a
}

// viewer is who asks, in a handler of a route that asks for somebody.
func (s *Server) viewer(c *fiber.Ctx) *lintu.Viewer { return asking(c).viewer }

func asking(c *fiber.Ctx) *asker { return c.Locals(askerKey).(*asker) }

// ask finds out who makes the request, once. A token that is not good is
// CodeUnauthenticated; a session that has ended makes a visitor, whose cookie is
// taken back. It is CodeUnavailable where that cannot be found out.
func (s *Server) ask(c *fiber.Ctx) (*asker, error) {
	if a := knownAsker(c); a != nil {
		return a, nil
	}
	session, err := s.findSession(c)
	var gone *unasked
	if err != nil && !errors.As(err, &gone) {
		return nil, err
	}
	if gone != nil {
		if session = s.recall(c, gone); session == nil {
			return nil, gone.Unwrap()
		}
	}
	a := s.askerOf(c, session)
	a.fromMemory = gone != nil
	c.Locals(askerKey, a)
	return a, nil
}

// findSession looks the request's token or cookie up; nil is a visitor's.
func (s *Server) findSession(c *fiber.Ctx) (*lintu.Session, error) {
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if secret = strings.TrimSpace(secret); !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, "lintu_") {
			return nil, badToken(c)
		}
		session, err := s.lookUp(c, secret)
		if err != nil {
			return nil, err
		}
		if session == nil || !session.Token {
			return nil, badToken(c)
		}
		return session, nil
	}
	secret := c.Cookies(s.cookieName(c.Context()))
	if secret == "" {
		return nil, nil
	}
	session, err := s.lookUp(c, secret)
	if err != nil {
		return nil, err
	}
	if session == nil || session.Token { // a token is nobody's session
		s.takeCookieBack(c)
		return nil, nil
	}
	return session, nil
}

func badToken(c *fiber.Ctx) error {
	c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="lintu", error="invalid_token"`)
	return lintu.Errorf(lintu.CodeUnauthenticated, "访问令牌无效、已撤销或已过期；请在“我的账号”页面另建一个。",
		"The access token is wrong, revoked or out of date; make another on the account page.")
}

// unasked is the error where the database cannot be asked about a secret.
type unasked struct {
	error
	secret string
}

func (u *unasked) Unwrap() error { return u.error }

// awayKey is where a request of a route that answers while the database is away has
// true.
const awayKey = "away"

// recall returns who was known by the secret, for routes that answer them; else nil.
func (s *Server) recall(c *fiber.Ctx, u *unasked) *lintu.Session {
	if c.Locals(awayKey) != true || lintu.CodeOf(u.error) != lintu.CodeUnavailable {
		return nil
	}
	session := s.remembered.find(u.secret, time.Now())
	if session != nil && session.Token != strings.HasPrefix(u.secret, "lintu_") {
		return nil
	}
	return session
}

// lookUp returns nil where there is no session or token of that secret.
func (s *Server) lookUp(c *fiber.Ctx, secret string) (*lintu.Session, error) {
	round := s.remembered.begin()
	session, err := s.findBySecret(c, secret)
	if code := lintu.CodeOf(err); code == "" || code == lintu.CodeUnauthenticated {
		s.remember(round, secret, session)
		return session, nil
	}
	return nil, &unasked{lintu.Errorf(lintu.CodeUnavailable, "暂时无法确认登录状态，请稍后再试。", "Who is asking cannot be found out now; please try again shortly.").Because(err), secret}
}

// remember notes what the database has said of a secret: a session, or nil for none.
func (s *Server) remember(round int, secret string, session *lintu.Session) {
	if session != nil && s.remembered.viewer(session) != nil {
		return
	}
	s.remembered.keep(round, secret, session, time.Now())
	if session != nil {
		s.remembered.tell(round, told{session, s.viewerOf(session)})
	}
}

func (s *Server) findBySecret(c *fiber.Ctx, secret string) (*lintu.Session, error) {
	if kindOf(c) == kindTile { // hundreds at once, and again each time the map moves
		return s.Door.RecentSession(c.UserContext(), s.Tenant, secret)
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), requestTimeout)
	defer cancel()
	return s.Door.Session(ctx, s.Tenant, secret)
}

// askerOf makes the asker of a session, or a visitor.
func (s *Server) askerOf(c *fiber.Ctx, session *lintu.Session) *asker {
	v := *s.visitor
	if session != nil {
		has := s.remembered.viewer(session)
		if has == nil {
			has = s.viewerOf(session)
		}
		v = *has
	}
	v.From = s.clientAddress(c)
	return &asker{viewer: &v, session: session}
}

// viewerOf is who has the session. Before a one-time password is changed, an account
// has no roles and is shown nothing.
func (s *Server) viewerOf(session *lintu.Session) *lintu.Viewer {
	v := &lintu.Viewer{Tenant: s.Tenant, Public: s.Public, Account: session.Account, Login: session.Login,
		Name: "user:" + session.Account.String(), Grants: session.Grants}
	if session.Token {
		v.Name = "token:" + session.ID.String()
		v.Only = append([]lintu.Right{}, session.Only...) // never nil: nil is no limit
	}
	if session.MustChange {
		v.Grants, v.Public = nil, nil
	}
	return v
}

// cookieName is that of the session's cookie.
func (s *Server) cookieName(ctx *fasthttp.RequestCtx) string {
	if s.secure(ctx) {
		return secureSessionCookie
	}
	return sessionCookie
}

// giveCookie signs the reader in. The cookie lasts as long as the browser keeps
// it; when the session ends is the server's to know.
func (s *Server) giveCookie(c *fiber.Ctx, secret string) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(c.Context()), Value: secret, Path: "/", HTTPOnly: true, Secure: s.secure(c.Context()),
		SameSite: fiber.CookieSameSiteStrictMode, SessionOnly: true})
}

func (s *Server) takeCookieBack(c *fiber.Ctx) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(c.Context()), Path: "/", HTTPOnly: true, Secure: s.secure(c.Context()),
		SameSite: fiber.CookieSameSiteStrictMode, MaxAge: -1, Expires: longAgo})
}
