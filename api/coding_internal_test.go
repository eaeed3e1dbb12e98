package api

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// RFC 9110, 12.5.3.
func TestChosenCoding(t *testing.T) {
	for header, want := range map[string]string{
		"":                                  "identity",
		"gzip":                              "gzip",
		"x-gzip":                            "gzip",
		"GZIP":                              "gzip",
		"gzip, deflate, br, zstd":           "br",
		"gzip, deflate":                     "gzip",
		"deflate":                           "identity",
		"zstd, gzip":                        "zstd",
		"br;q=0.5, gzip;q=1.0":              "gzip",
		"br;q=0.001, gzip;q=0":              "br",
		"br ; q=0, gzip ;Q=0.3":             "gzip",
		"gzip;q=0":                          "identity",
		"identity, gzip;q=0.9":              "identity",
		"identity;q=0.5, gzip;q=0.5":        "gzip",
		"identity;q=0":                      "",
		"identity;q=0, deflate":             "",
		"identity;q=0, zstd":                "zstd",
		"*":                                 "br",
		"*;q=0":                             "",
		"*;q=0, gzip":                       "gzip",
		"*;q=0, identity;q=0.1":             "identity",
		"*;q=0.5, br;q=0":                   "zstd",
		"gzip;q=2":                          "identity",
		"gzip;q=-1":                         "identity",
		"gzip;q=NaN":                        "identity",
		"gzip;q=":                           "identity",
		",,gzip,":                           "gzip",
		"brx, gzip2, identity2, ;q=1, br=1": "identity",
		"gzip;level=9;q=0.2, zstd;q=0.1":    "gzip",
		"gzip;q=0, gzip":                    "gzip",
	} {
		app := fiber.New()
		ctx := &fasthttp.RequestCtx{}
		ctx.Request.Header.Set(fiber.HeaderAcceptEncoding, header)
		c := app.AcquireCtx(ctx)
		got := ""
		if i := chosenCoding(c.Context()); i >= 0 {
			got = codings[i].name
		}
		if got != want {
			t.Errorf("Accept-Encoding: %s gives %q, want %q", header, got, want)
		}
		app.ReleaseCtx(c)
	}
}
