package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// BenchmarkWarmTile asks again and again for a tile that is ready, over one connection,
// as a visitor and as who has signed in. Nearly all that is allocated is the server's.
// With -benchtime=3000x nobody is told to wait.
func BenchmarkWarmTile(b *testing.B) {
	s := setup(b, 1000, func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1"} })
	for name, c := range map[string]struct{ layers, auth string }{
		"visitor":   {"communities,grids,roads", ""},
		"signed in": {town, s.auth()},
	} {
		b.Run(name, func(b *testing.B) {
			conn := s.dial()
			defer conn.Close()
			in := bufio.NewReader(conn)
			request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nX-Forwarded-For: 198.18.1.1\r\n%s\r\n", centre(c.layers, 14), c.auth)
			ask := func() {
				if _, err := io.WriteString(conn, request); err != nil {
					b.Fatal(err)
				}
				res, err := http.ReadResponse(in, nil)
				if err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(res, err)
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil {
					b.Fatal(err)
				}
			}
			ask()
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
		})
	}
}
