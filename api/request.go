package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// recovered turns a panic of a handler into an error, so that it ends one answer
// only and its text stays in the log.
func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.logPanic(r, requestID(c))
			err = s.fail(c, fmt.Errorf("panic: %v", r))
		}
	}()
	return c.Next()
}

// logPanic is called where a panic was recovered; during is the id of the request
// or batch.
func (s *Server) logPanic(r any, during string) {
	s.Log.Error("panic", slog.String("id", during), slog.Any("value", r), slog.String("stack", string(debug.Stack())))
}

// What is read of a body that its handler left unread, and for how long, so that
// a client that is still sending sees the answer.
const (
	drainBytes   = 64 << 20
	drainTimeout = 5 * time.Second
)

// drained ends the connection after a request whose body was not read to its
// end: fasthttp would take the rest for the next request.
func drained(c *fiber.Ctx) error {
	err := c.Next()
	body := c.Context().Request.BodyStream()
	if body == nil {
		return err
	}
	deadlineErr := c.Context().Conn().SetReadDeadline(time.Now().Add(drainTimeout))
	if _, copyErr := io.CopyN(io.Discard, body, drainBytes); deadlineErr != nil || !errors.Is(copyErr, io.EOF) {
		c.Context().SetConnectionClose()
	}
	return err
}

// only refuses query parameters that are not in the list; lang is everywhere.
func only(c *fiber.Ctx, names ...string) error {
	for k, v := range c.Context().QueryArgs().All() {
		name := string(k)
		switch {
		case !utf8.Valid(k) || !utf8.Valid(v) || bytes.IndexByte(v, 0) >= 0:
			return lintu.Errorf(lintu.CodeInvalid, "参数不是有效的 UTF-8 文本。", "A parameter is no valid UTF-8 text.")
		case name != "lang" && !slices.Contains(names, name):
			return lintu.Errorf(lintu.CodeInvalid, "参数 “%[1]s” 不存在；可用的参数：%[2]s。", "There is no parameter %[1]q; there are %[2]s.",
				name, strings.Join(append(slices.Clone(names), "lang"), ", "))
		}
	}
	if l := c.Query("lang"); l != "" && l != "zh" && l != "en" {
		return lintu.Errorf(lintu.CodeInvalid, "参数 lang 只能是 zh 或 en。", "Parameter lang is zh or en.")
	}
	return nil
}

// number reads a whole number from least up; more than most is most.
func number(c *fiber.Ctx, name string, otherwise, least, most int) (int, error) {
	s := c.Query(name)
	if s == "" {
		if c.Context().QueryArgs().Has(name) {
			return 0, lintu.Errorf(lintu.CodeInvalid, "参数 %s 是空的。", "Parameter %s is empty.", name)
		}
		return otherwise, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if errors.Is(err, strconv.ErrRange) && !strings.HasPrefix(s, "-") {
		n, err = int64(most), nil
	}
	if err != nil || n < int64(least) {
		return 0, lintu.Errorf(lintu.CodeInvalid, "参数 %[1]s=%[2]q 应是不小于 %[3]d 的整数。", "Parameter %[1]s=%[2]q must be a whole number from %[3]d up.", name, s, least)
	}
	return int(min(n, int64(most))), nil
}

// param returns a decoded part of the path.
func param(c *fiber.Ctx, name string) (string, error) { return unescaped(c.Params(name), name) }

func unescaped(part, name string) (string, error) {
	s, err := url.PathUnescape(part)
	if err != nil || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", lintu.Errorf(lintu.CodeInvalid, "地址中的 %s 无法解析。", "The %s in the address cannot be read.", name)
	}
	return s, nil
}

// layerParam finds the layer named in the path.
func layerParam(c *fiber.Ctx, name string) (lintu.LayerInfo, error) {
	s, err := param(c, name)
	if err != nil {
		return lintu.LayerInfo{}, err
	}
	l, ok := lintu.LayerByName(lintu.Layer(s))
	if !ok {
		return l, lintu.Errorf(lintu.CodeNotFound, "没有名为 %q 的图层。", "There is no layer %q.", s)
	}
	return l, nil
}

// idParam reads an id in the path. What is no UUID does not exist.
func idParam(c *fiber.Ctx) (lintu.ID, error) {
	id, err := lintu.ParseID(c.Params("id"))
	if err != nil {
		e := lintu.AsError(err)
		return id, &lintu.Error{Code: lintu.CodeNotFound, Text: e.Text}
	}
	return id, nil
}

// instantParam reads datetime where only an instant makes sense; nil is now.
func instantParam(c *fiber.Ctx) (*time.Time, error) {
	s := c.Query("datetime")
	if s == "" {
		return nil, nil
	}
	t, err := parseInstant(s)
	return &t, err
}

func parseInstant(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		// A plus sign that was not encoded has become a blank.
		if t, err := time.Parse(layout, strings.ToUpper(strings.ReplaceAll(s, " ", "+"))); err == nil && t.Year() > 0 {
			return t, nil
		}
	}
	return time.Time{}, lintu.Errorf(lintu.CodeInvalid, "时间 %q 无效；应类似 2026-05-01T08:00:00+08:00。", "The time %q is not valid; it should look like 2026-05-01T08:00:00+08:00.", s)
}

// lang is zh or en: as the parameter says, else as the reader prefers, else zh.
func lang(c *fiber.Ctx) string {
	switch l := c.Query("lang"); l {
	case "zh", "en":
		return l
	}
	best, bestQ := "zh", 0.0
	for _, part := range strings.Split(c.Get(fiber.HeaderAcceptLanguage), ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64) // what is no number wants nothing
		}
		for _, l := range []string{"zh", "en"} {
			if q > bestQ && strings.HasPrefix(strings.ToLower(tag), l) {
				best, bestQ = l, q
			}
		}
	}
	return best
}

var hostPattern = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$|^\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?$`)

// base is the absolute address of the server without a slash at the end: the
// configured one, else what the request says, through a proxy only if trusted.
func (s *Server) base(c *fiber.Ctx) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	scheme, host := s.schemeOf(c.Context()), string(c.Context().Host())
	if s.trusts(c.Context()) {
		if v := firstOf(c.Get("X-Forwarded-Host")); v != "" {
			host = v
		}
	}
	if !hostPattern.MatchString(host) {
		host = c.Context().LocalAddr().String()
	}
	return scheme + "://" + host
}

// schemeOf is http or https, as the client reaches the server.
func (s *Server) schemeOf(ctx *fasthttp.RequestCtx) string {
	if s.PublicURL != "" {
		scheme, _, _ := strings.Cut(s.PublicURL, ":")
		return scheme
	}
	if s.trusts(ctx) {
		if v := firstOf(string(ctx.Request.Header.PeekCanonical(forwardedProtoKey))); v == "https" || v == "http" {
			return v
		}
	}
	return s.scheme
}

func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// readAll reads a small body.
func readAll(b io.Reader) ([]byte, error) {
	content, err := io.ReadAll(b)
	if err != nil {
		return nil, bodyError(err)
	}
	return content, nil
}

// smallBody is the body of a change, as bounded has read it. It is not unpacked,
// whatever Content-Encoding says: fiber's Body would, without a limit.
func smallBody(c *fiber.Ctx) []byte { return c.Context().Request.Body() }

// readJSON reads a small JSON body into v, and refuses query parameters, members
// that v has not, and what PostgreSQL cannot store. No error tells what was in it.
func readJSON(c *fiber.Ctx, v any) error {
	if err := only(c); err != nil {
		return err
	}
	b := smallBody(c)
	if !utf8.Valid(b) || bytes.Contains(b, []byte(`\u0000`)) {
		return lintu.Errorf(lintu.CodeInvalid, "请求内容不是有效的 UTF-8，或含有空字符（\\u0000）。", "The request's body is no valid UTF-8, or has a null character (\\u0000).")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return jsonError(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return jsonError(errors.New("more than one value"))
	}
	return nil
}

// body is the request's body, in memory or still coming. Reading more than limit
// bytes of it is CodeTooLarge; fasthttp's own limit does not hold for streams.
func body(c *fiber.Ctx, limit int64) *limitedBody {
	b := &limitedBody{left: limit, limit: limit, request: c.Context()}
	if b.r = c.Context().Request.BodyStream(); b.r == nil {
		b.r = bytes.NewReader(c.Context().Request.Body())
	}
	return b
}

type limitedBody struct {
	r           io.Reader
	left, limit int64
	until       time.Time // when all of it must have come, if set
	request     *fasthttp.RequestCtx
	err         error // of an earlier Read
}

// Read implements io.Reader. io.EOF is the end of a body that arrived whole.
func (b *limitedBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.read(p)
	if b.err = err; err != nil && err != io.EOF {
		b.request.SetConnectionClose() // where the next request begins is not known
	}
	return n, err
}

func (b *limitedBody) read(p []byte) (int, error) {
	deadline := time.Now().Add(stallTimeout)
	if !b.until.IsZero() && b.until.Before(deadline) {
		deadline = b.until
	}
	if err := b.request.Conn().SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLarge(b.limit)
	}
	// fasthttp reports the end of the connection as the end of the body, with
	// Content-Length not reached and with the last chunk missing alike. After a
	// whole body nothing has been read from the connection in vain.
	if cn, ok := b.request.Conn().(*conn); ok && err == io.EOF && cn.failed {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// arriving is content of a body, whose errors are bodyError.
type arriving struct{ io.Reader }

// Read implements io.Reader.
func (a arriving) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = bodyError(err)
	}
	return n, err
}

// bodyError says that a body did not arrive whole, unless it is known better.
func bodyError(err error) error {
	var known *lintu.Error
	if errors.As(err, &known) {
		return err
	}
	return lintu.Errorf(lintu.CodeInvalid, "请求内容没有完整到达，或在途中损坏；什么都没有保存，请重新发送。",
		"The request's body did not arrive whole or was damaged on its way; nothing of it was kept, please send it again.").Because(err)
}
