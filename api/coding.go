package api

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// codings are those of tiles as HTTP has them, in the order of preference where the
// client has none: by what they weigh. Each has its own strong tag, as RFC 9110 wants it.
var codings = []struct {
	coding     lintu.Coding
	name       string
	tagEnd     string // of the tag that a tile has in it
	nameAsSent []byte
}{
	{lintu.Brotli, "br", `-br"`, []byte("br")},
	{lintu.Zstd, "zstd", `-zstd"`, []byte("zstd")},
	{lintu.Gzip, "gzip", `-gz"`, []byte("gzip")},
	{lintu.Plain, "identity", `"`, nil},
}

// chosenCoding finds the coding that the client likes best, as an index of codings. It
// is -1 where the client takes none of them.
func chosenCoding(ctx *fasthttp.RequestCtx) int {
	header, best, bestWeight := accepted(ctx), -1, 0
	for i := range codings {
		if weight := header.weight(codings[i].name); weight > bestWeight {
			if best, bestWeight = i, weight; weight == mostLiked {
				break
			}
		}
	}
	return best
}

// vary says that the answer depends on more headers of the request. Each is named by
// one who calls.
func vary(c *fiber.Ctx, names string) {
	h := &c.Context().Response.Header
	said := append(make([]byte, 0, 128), h.PeekCanonical(varyKey)...)
	if len(said) > 0 {
		said = append(said, ", "...)
	}
	h.SetCanonical(varyKey, append(said, names...))
}

// takes reports whether Accept-Encoding allows a content coding.
func takes(c *fiber.Ctx, coding string) bool { return accepted(c.Context()).weight(coding) > 0 }

// acceptEncoding is the header of that name.
type acceptEncoding string

// accepted is what the client takes. Without a header that is all, and none is packed:
// who says nothing may not know about codings.
func accepted(ctx *fasthttp.RequestCtx) acceptEncoding {
	return acceptEncoding(ctx.Request.Header.PeekCanonical(acceptEncodingKey))
}

// mostLiked is the weight of what is liked best.
const mostLiked = 1000

// weight is how much the client likes a coding, in thousandths; 0 is not at all. What
// the header does not name has the weight of *, if that is there. Otherwise only
// identity is allowed, and liked less than whatever is named.
func (a acceptEncoding) weight(coding string) int {
	const leastLiked = 1
	named, others := -1, -1
	for rest, more := string(a), true; more; {
		var item string
		item, rest, more = strings.Cut(rest, ",")
		name, params, _ := strings.Cut(item, ";")
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, coding), coding == "gzip" && strings.EqualFold(name, "x-gzip"):
			named = max(named, quality(params))
		case name == "*":
			others = max(others, quality(params))
		}
	}
	switch {
	case named >= 0:
		return named
	case others >= 0:
		return others
	case coding == "identity":
		return leastLiked
	}
	return 0
}

// quality reads the weight among the parameters of an item, in thousandths: the most where
// there is none, 0 where it is not what RFC 9110 allows.
func quality(params string) int {
	for rest, more := params, true; more; {
		var param string
		param, rest, more = strings.Cut(rest, ";")
		key, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(key), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return int(q * mostLiked)
	}
	return mostLiked
}
