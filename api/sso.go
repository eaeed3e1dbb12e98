package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/oauth2"

	"github.com/lintu-map/lintu"
)

// SSO is a city's single sign-on by OpenID Connect: authorization code with PKCE.
type SSO struct {
	Issuer   string // address of the provider, exactly as it calls itself
	ClientID string
	Secret   string
}

const (
	ssoLife    = 10 * time.Minute // for signing in at the provider
	ssoTimeout = 10 * time.Second // for each answer of the provider
	ssoPause   = 2 * time.Second  // between two attempts to find it
)

// sso is the single sign-on at work. The provider is looked for when somebody
// wants to sign in, so that lintu starts while it is away.
type sso struct {
	SSO
	back   string   // the redirect URI, registered with the provider
	key    [32]byte // signs flows
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
	failure  error // of the last attempt to find the provider
	failedAt time.Time
}

func newSSO(cfg *SSO, publicURL string) (*sso, error) {
	u, err := url.Parse(cfg.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return nil, lintu.Errorf(lintu.CodeInvalid, "LINTU_OIDC_ISSUER 应为 https:// 开头的网址。", "LINTU_OIDC_ISSUER must be a URL that starts with https://.")
	}
	if cfg.ClientID == "" || cfg.Secret == "" {
		return nil, lintu.Errorf(lintu.CodeInvalid, "单点登录还需要 LINTU_OIDC_CLIENT_ID 和 LINTU_OIDC_SECRET_FILE。", "Single sign-on also needs LINTU_OIDC_CLIENT_ID and LINTU_OIDC_SECRET_FILE.")
	}
	if publicURL == "" {
		return nil, lintu.Errorf(lintu.CodeInvalid, "单点登录需要 LINTU_PUBLIC_URL：登录后要回到这个地址。", "Single sign-on needs LINTU_PUBLIC_URL, the address to come back to.")
	}
	return &sso{SSO: *cfg, back: publicURL + "/login/sso/back", client: &http.Client{Timeout: ssoTimeout, CheckRedirect: noRedirect},
		key: sha256.Sum256([]byte("lintu single sign-on\x00" + cfg.Secret))}, nil // all servers of one client can go on with each other's flows
}

// noRedirect keeps the client's secret and the code with the provider's own
// addresses; the redirect itself is taken for the answer, which is none.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// find returns the provider. It is asked again after a failure, but not by
// everybody who waits.
func (o *sso) find() (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil || o.failure != nil && time.Since(o.failedAt) < ssoPause {
		return o.provider, o.failure
	}
	// Not the request's context: the provider keeps it.
	o.provider, o.failure = oidc.NewProvider(oidc.ClientContext(context.Background(), o.client), o.Issuer)
	if o.failure != nil {
		o.failedAt = time.Now()
		o.failure = lintu.Errorf(lintu.CodeUnavailable, "单点登录服务暂时无法访问，请稍后再试，或用账号密码登录。",
			"The single sign-on cannot be reached; please try again later, or sign in with a password.").Because(fmt.Errorf("find %s: %w", o.Issuer, o.failure))
	}
	return o.provider, o.failure
}

func (o *sso) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, Endpoint: p.Endpoint(), RedirectURL: o.back, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// flow is one attempt to sign in. The browser keeps it, signed, in a cookie.
type flow struct {
	State, Nonce, Verifier, Next string
	Until                        int64 // Unix seconds
}

func (o *sso) seal(f flow) (string, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(o.sign(b), b...)), nil
}

func (o *sso) unseal(text string) (flow, bool) {
	var f flow
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < sha256.Size || !hmac.Equal(b[:sha256.Size], o.sign(b[sha256.Size:])) {
		return f, false
	}
	return f, json.Unmarshal(b[sha256.Size:], &f) == nil && time.Now().Unix() < f.Until
}

func (o *sso) sign(b []byte) []byte {
	mac := hmac.New(sha256.New, o.key[:])
	mac.Write(b)
	return mac.Sum(nil)
}

// localPath is next if it leads to this server, else the entry. Browsers take a
// backslash for a slash and pass over control characters.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || len(next) > 1000 ||
		strings.ContainsFunc(next, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return "/"
	}
	return next
}

// signOn sends the browser to the provider.
func (s *Server) signOn(c *fiber.Ctx) error {
	if s.sso == nil {
		return fiber.ErrNotFound
	}
	if err := only(c, "next"); err != nil {
		return err
	}
	provider, err := s.sso.find()
	if err != nil {
		return s.signedOnPage(c, nil, "", err)
	}
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: localPath(c.Query("next")), Until: time.Now().Add(ssoLife).Unix()}
	sealed, err := s.sso.seal(f)
	if err != nil {
		return err
	}
	s.setFlow(c, sealed, int(ssoLife.Seconds()))
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Redirect(s.sso.oauth(provider).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), fiber.StatusSeeOther)
}

// setFlow keeps a flow in the browser; maxAge below 0 takes it back. The cookie
// must be Lax: the provider's site sends the browser back, and a Strict one would
// stay at home. It signs nobody in: only together with a code of the provider.
func (s *Server) setFlow(c *fiber.Ctx, sealed string, maxAge int) {
	c.Cookie(&fiber.Cookie{Name: s.flowCookie(c), Value: sealed, Path: "/", MaxAge: maxAge, HTTPOnly: true, Secure: s.secure(c.Context()), SameSite: fiber.CookieSameSiteLaxMode})
}

func (s *Server) flowCookie(c *fiber.Ctx) string {
	if s.secure(c.Context()) {
		return "__Host-lintu-sso"
	}
	return "lintu-sso"
}

// signedOn is where the provider sends the browser back to.
func (s *Server) signedOn(c *fiber.Ctx) error {
	if s.sso == nil {
		return fiber.ErrNotFound
	}
	f, ok := s.sso.unseal(c.Cookies(s.flowCookie(c)))
	s.setFlow(c, "", -1)
	if !ok || subtle.ConstantTimeCompare([]byte(f.State), []byte(c.Query("state"))) != 1 {
		return s.signedOnPage(c, nil, "", lintu.Errorf(lintu.CodeInvalid, "这次单点登录不是从本浏览器开始的，或已超过 10 分钟，请重新登录。",
			"This single sign-on did not begin in this browser, or more than 10 minutes ago; please sign in again."))
	}
	identity, err := s.sso.identify(c.UserContext(), f, c.Query("code"), c.Query("iss"), c.Query("error"))
	if err != nil {
		return s.signedOnPage(c, nil, f.Next, err)
	}
	identity.From = s.clientAddress(c)
	session, secret, err := s.Door.SignInAs(c.UserContext(), s.Tenant, *identity)
	if err != nil {
		return s.signedOnPage(c, nil, f.Next, err)
	}
	s.giveCookie(c, secret)
	return s.signedOnPage(c, session, f.Next, nil)
}

// knownError are the error codes of RFC 6749 and OpenID Connect; anything else
// is not repeated to anybody.
var knownError = regexp.MustCompile(`^[a-z_]{1,40}$`)

// identify exchanges the provider's code for what it says about somebody. issuer
// is who claims to answer (RFC 9207), "" if nobody does; failure is the
// provider's error code.
func (o *sso) identify(ctx context.Context, f flow, code, issuer, failure string) (*lintu.Identity, error) {
	refused := lintu.Errorf(lintu.CodeUnauthenticated, "单点登录没有成功，请重新登录；若再次失败，请联系管理员。", "The single sign-on did not succeed; please try again, and ask an administrator if it fails again.")
	if issuer != "" && issuer != o.Issuer {
		return nil, refused.Because(errors.New("the answer is another issuer's"))
	}
	if failure != "" {
		if !knownError.MatchString(failure) {
			failure = "unknown"
		}
		return nil, refused.Because(fmt.Errorf("the provider answers %s", failure))
	}
	provider, err := o.find()
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := o.oauth(provider).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return nil, refused.Because(exchangeError(err))
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return nil, refused.Because(fmt.Errorf("the provider's token: %w", err))
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 || id.Subject == "" {
		return nil, refused.Because(errors.New("the provider's token answers another request"))
	}
	return &lintu.Identity{Issuer: o.Issuer, Subject: id.Subject, Login: o.proposedLogin(ctx, provider, token, id)}, nil
}

// exchangeError keeps of the provider's answer what names nobody.
func exchangeError(err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil {
		if !knownError.MatchString(answer.ErrorCode) {
			return fmt.Errorf("the provider answers the code with status %d", answer.Response.StatusCode)
		}
		return fmt.Errorf("the provider answers the code with %s", answer.ErrorCode)
	}
	return fmt.Errorf("exchange the code: %w", err)
}

// proposedLogin is what the provider calls somebody, for a new account; "" if it
// does not say or if it is a number, which could be that of a phone.
func (o *sso) proposedLogin(ctx context.Context, p *oidc.Provider, token *oauth2.Token, id *oidc.IDToken) string {
	var claims struct {
		Login string `json:"preferred_username"`
	}
	if err := id.Claims(&claims); err == nil && claims.Login == "" {
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil || info.Subject != id.Subject || info.Claims(&claims) != nil {
			return ""
		}
	}
	if !strings.ContainsFunc(claims.Login, func(r rune) bool { return r < '0' || r > '9' }) {
		return ""
	}
	return claims.Login
}

//go:embed sso.html
var ssoHTML string

var ssoTemplate = newTemplate("sso", ssoHTML)

// ssoPage is what the browser shows on its way back from the provider.
type ssoPage struct {
	Lang, Name, Title, Text, Next, Link string
	Onward                              bool // go on by itself
}

// signedOnPage answers with a page of this server instead of a redirect: the
// session's cookie is Strict, and a browser that another site has sent here would
// not bring it to the address of a redirect. From our own page on it does.
func (s *Server) signedOnPage(c *fiber.Ctx, session *lintu.Session, next string, failure error) error {
	l := lang(c)
	p := ssoPage{Lang: l, Name: s.Name.In(l), Next: localPath(next)}
	switch {
	case failure != nil:
		e, status := asError(failure)
		s.Log.Warn("single sign-on failed", slog.String("id", requestID(c)), slog.Int("status", status), slog.Any("error", failure))
		c.Status(status)
		setRetryAfter(c, failure)
		p.Title, p.Text, p.Link = say(l, "登录没有成功", "Not signed in"), e.Text.In(l), say(l, "返回", "Back")
	case len(session.Grants) == 0:
		p.Title, p.Link = say(l, "已登录，但还没有角色", "Signed in, without a role yet"), say(l, "继续", "Continue")
		p.Text = fmt.Sprintf(say(l, "您的账号 %s 还没有任何角色，只能看到公开内容。请联系管理员为此账号授予角色。",
			"Your account %s has no role yet and sees what is public only. Ask an administrator to grant it one."), session.Login)
	default:
		p.Title, p.Link, p.Onward = say(l, "已登录", "Signed in"), say(l, "继续", "Continue"), true
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer") // this address holds the code
	return s.sendTemplate(c, ssoTemplate, p)
}
