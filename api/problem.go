package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// statusOf is the one table from error codes to HTTP.
var statusOf = map[lintu.ErrorCode]int{
	lintu.CodeInvalid:         http.StatusBadRequest,
	lintu.CodeUnauthenticated: http.StatusUnauthorized,
	lintu.CodeForbidden:       http.StatusForbidden,
	lintu.CodeNotFound:        http.StatusNotFound,
	lintu.CodeConflict:        http.StatusConflict,
	lintu.CodeThrottled:       http.StatusTooManyRequests,
	lintu.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	lintu.CodeUnavailable:     http.StatusServiceUnavailable,
	lintu.CodeInternal:        http.StatusInternalServerError,
}

// problem is an RFC 9457 problem with the fields of lintu's errors.
type problem struct {
	Type     string          `json:"type"`
	Title    string          `json:"title"`
	Status   int             `json:"status"`
	Code     lintu.ErrorCode `json:"code"`
	Detail   string          `json:"detail"`
	Text     lintu.Text      `json:"text"`
	Instance string          `json:"instance,omitempty"`
	Request  string          `json:"requestId,omitempty"`
	// MustChange says that it is refused until a one-time password is changed.
	MustChange bool `json:"mustChange,omitempty"`
	// RetryAfter is the header, in seconds: who draws tiles by a library may not see headers.
	RetryAfter int `json:"retryAfter,omitempty"`
}

func problemOf(err error, lang string) problem {
	e, status := asError(err)
	return problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: e.Code, Detail: e.Text.In(lang), Text: e.Text}
}

// asError finds what a person can be told, and the HTTP status: that of the code
// except for what HTTP itself refuses.
func asError(err error) (*lintu.Error, int) {
	var f *fiber.Error
	switch {
	case errors.As(err, &f) && (f.Code == fiber.StatusBadGateway || f.Message == io.ErrUnexpectedEOF.Error()):
		// What fiber makes of a connection that fails in the first bytes of a body,
		// which fasthttp reads before any handler is called.
		e := lintu.AsError(bodyError(f))
		return e, statusOf[e.Code]
	case errors.As(err, &f):
		e := fromFiber(f)
		return e, f.Code
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		e := tooLarge(bodyBytes)
		return e, statusOf[e.Code]
	case errors.Is(err, context.DeadlineExceeded):
		e := lintu.Errorf(lintu.CodeUnavailable, "处理时间过长，请稍后再试或缩小范围。", "This took too long; please try again or ask for less.").Because(err)
		return e, statusOf[e.Code]
	case errors.Is(err, context.Canceled):
		e := lintu.Errorf(lintu.CodeUnavailable, "请求已取消。", "The request was cancelled.").Because(err)
		return e, statusOf[e.Code]
	}
	e := lintu.AsError(err)
	return e, statusOf[e.Code]
}

func fromFiber(f *fiber.Error) *lintu.Error {
	switch {
	case f.Code == fiber.StatusNotFound:
		return lintu.Errorf(lintu.CodeNotFound, "这里什么也没有；可用地址见 /ogc 和 /api/v1/openapi.json。", "There is nothing here; /ogc and /api/v1/openapi.json list the addresses.")
	case f.Code == fiber.StatusMethodNotAllowed:
		return lintu.Errorf(lintu.CodeInvalid, "此地址不支持这种请求方法。", "This address does not take requests of that method.")
	case f.Code == fiber.StatusNotAcceptable:
		return lintu.Errorf(lintu.CodeInvalid, "这里的内容只以 identity、gzip、br 或 zstd 编码提供，而请求头 Accept-Encoding 都不接受；请去掉它。",
			"What is here comes in the codings identity, gzip, br and zstd, and Accept-Encoding takes none of them; please leave it out.")
	case f.Code < 500:
		return lintu.Errorf(lintu.CodeInvalid, "请求无法理解。", "The request cannot be understood.").Because(f)
	}
	return lintu.AsError(f)
}

func tooLarge(limit int64) *lintu.Error {
	return lintu.Errorf(lintu.CodeTooLarge, "内容超过上限 %d 字节。", "The content is larger than the limit of %d bytes.", limit)
}

// setRetryAfter says how long a client should wait before it asks again, where
// waiting helps; in seconds, else 0.
func setRetryAfter(c *fiber.Ctx, err error) int {
	e, status := asError(err)
	wait := e.RetryAfter
	if wait == 0 && status == http.StatusServiceUnavailable {
		wait = 5 * time.Second
	}
	seconds := int(math.Ceil(wait.Seconds()))
	if seconds > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	}
	return seconds
}

// fail answers with the problem. Our own faults go to the log with their cause;
// the caller's are the caller's business.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	if requestID(c) == "" { // fasthttp itself could not read the request
		s.begin(c.Context())
	}
	p := problemOf(err, lang(c))
	p.Instance, p.Request = c.Path(), requestID(c)
	if a := knownAsker(c); a != nil && p.Code == lintu.CodeForbidden {
		p.MustChange = a.mustChange()
	}
	if p.Status >= 500 && !errors.Is(err, context.Canceled) {
		s.Log.LogAttrs(c.UserContext(), slog.LevelError, "request failed", slog.String("id", p.Request), slog.String("method", c.Method()),
			slog.String("route", c.Route().Path), slog.Int("status", p.Status), slog.Any("error", err))
	}
	c.Response().ResetBody()
	if cn, ok := c.Context().Conn().(*conn); ok {
		cn.sendWhole(0) // what was to be sent is not
	}
	for _, h := range []string{fiber.HeaderContentEncoding, fiber.HeaderETag, fiber.HeaderLastModified} {
		c.Response().Header.Del(h)
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	if p.Status == http.StatusUnauthorized && len(c.Response().Header.Peek(fiber.HeaderWWWAuthenticate)) == 0 {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="lintu"`)
	}
	p.RetryAfter = setRetryAfter(c, err)
	c.Status(p.Status)
	return c.JSON(p, "application/problem+json")
}
