package api_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/sql"
)

// raw sends bytes as they are, then FIN, and returns the answers that come
// until the server closes the connection.
func (b *bundle) raw(text string) []answer {
	b.t.Helper()
	if b.token != "" {
		text = strings.ReplaceAll(text, "Host: x\r\n", "Host: x\r\n"+b.auth())
	}
	c := b.dial()
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		b.t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		b.t.Fatal(err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		b.t.Fatal(err)
	}
	var answers []answer
	for r := bufio.NewReader(c); ; {
		res, err := http.ReadResponse(r, nil)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return answers
		}
		if err != nil {
			b.t.Fatal(err)
		}
		content, err := io.ReadAll(res.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		answers = append(answers, answer{res, content})
	}
}

// manyUnits is GeoJSON with one feature on each line, which is readable when it
// is cut at the end of a line.
func manyUnits(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, `{"type":"Feature","properties":{"code":"N%d","name":"派出所"},"geometry":{"type":"Point","coordinates":[113.61,28.11]}}`+"\n", i)
	}
	return s.String()
}

func chunk(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

func TestCutUploads(t *testing.T) { overBoth(t, testCutUploads) }

func testCutUploads(t *testing.T, o option) {
	dir := t.TempDir()
	plain := setup(t, 0)
	b := plain.again(func(c *apiConfig) { c.Importer = importer.New(plain.db, sql.NewGeodesy(plain.db), dir, c.UploadBytes) }, o)
	const (
		post    = "POST /api/v1/batches?name=a.geojsonl HTTP/1.1\r\nHost: x\r\n"
		chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
		form    = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.geojsonl\"\r\n\r\n"
		next    = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	)
	small, large := manyUnits(4), manyUnits(400)
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", n) }
	multi := post + "Content-Type: multipart/form-data; boundary=edge\r\n"
	for name, text := range map[string]string{
		"half of a small file":         post + length(2*len(small)) + small,
		"half of a large file":         post + length(2*len(large)) + large,
		"no last chunk":                chunked + chunk(large),
		"no last chunk, small":         chunked + chunk(small),
		"last chunk without its end":   chunked + chunk(large) + "0\r\n",
		"inside a chunk":               chunked + chunk(small) + "ffff\r\n" + small,
		"inside the size of a chunk":   chunked + chunk(small) + "ff",
		"no chunk at all":              chunked,
		"size is no number":            chunked + "zz\r\n" + small + "\r\n0\r\n\r\n" + next,
		"size is no number, then one":  chunked + "z5\r\nhello\r\n0\r\n\r\n" + next,
		"size too large":               chunked + "FFFFFFFFFFFFFFFF\r\n" + small + "\r\n0\r\n\r\n",
		"size negative":                chunked + "-1\r\n" + small + "\r\n0\r\n\r\n",
		"form cut inside the file":     multi + length(2*len(large)) + form + large,
		"form cut, chunked":            multi + "Transfer-Encoding: chunked\r\n\r\n" + chunk(form+large),
		"form without its last border": multi + length(len(form)+len(large)) + form + large,
		"form cut before the file":     multi + length(2*len(large)) + form[:30],
	} {
		answers := b.raw(text)
		if len(answers) != 1 || answers[0].StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d answers", name, len(answers))
			for _, a := range answers {
				t.Logf("%d %s", a.StatusCode, a.body)
			}
			continue
		}
		if text := string(answers[0].body); !strings.Contains(text, "没有完整到达") || !strings.Contains(text, "did not arrive whole") {
			t.Errorf("%s: %s", name, text)
		}
	}
	var list struct{ Batches []batchJSON }
	b.get("/api/v1/batches").json(t, &list)
	if len(list.Batches) != 0 {
		t.Errorf("%d batches of what did not arrive", len(list.Batches))
	}
	if left, err := os.ReadDir(dir); err != nil && !errors.Is(err, os.ErrNotExist) || len(left) != 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
	for name, text := range map[string]string{
		"length":            post + length(len(large)) + large,
		"chunked":           chunked + chunk(large[:5000]) + chunk(large[5000:]) + "0\r\n\r\n",
		"chunked, trailers": chunked + chunk(large) + "0\r\nDigest: x\r\n\r\n",
		"form":              multi + length(len(form)+len(large)+12) + form + large + "\r\n--edge--\r\n",
	} {
		if answers := b.raw(text + next); len(answers) != 2 || answers[0].StatusCode != http.StatusCreated || answers[1].StatusCode != http.StatusOK {
			t.Errorf("whole %s: %v", name, answers)
		}
	}
}

// A client that resets the connection leaves nothing, and is no fault of ours.
func TestResetUpload(t *testing.T) { overBoth(t, testResetUpload) }

func testResetUpload(t *testing.T, o option) {
	dir := t.TempDir()
	plain := setup(t, 0)
	b := plain.again(func(c *apiConfig) { c.Importer = importer.New(plain.db, sql.NewGeodesy(plain.db), dir, c.UploadBytes) }, o)
	c := b.dial()
	fmt.Fprintf(c, "POST /api/v1/batches?name=a.geojsonl HTTP/1.1\r\nHost: x\r\n%sContent-Length: 900000\r\n\r\n%s", b.auth(), manyUnits(400))
	b.until("the file is being written", func() bool { left, err := os.ReadDir(dir); return err == nil && len(left) == 1 })
	under := c
	if secure, ok := c.(*tls.Conn); ok {
		under = secure.NetConn()
	}
	if err := under.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	under.Close()
	b.until("the file is gone", func() bool { left, err := os.ReadDir(dir); return err == nil && len(left) == 0 })
	_, cookie := b.signedIn(tenant, "operator", "administrator everywhere")
	b.until("the request is counted", func() bool {
		return strings.Contains(string(b.get("/metrics", "Cookie", b.cookie(cookie)).body), `status="400"`)
	})
}
