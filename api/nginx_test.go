package api_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestBehindNginx runs the configuration that docs/operation.md shows, with
// other addresses, in front of the server.
func TestBehindNginx(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if nginx, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			skip(t, "nginx is not installed")
		}
	}
	manual := string(must(os.ReadFile("../docs/operation.md")))
	_, rest, _ := strings.Cut(manual, "```nginx\n")
	block, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/operation.md has no configuration for nginx")
	}
	front := must(net.Listen("tcp", "127.0.0.1:0"))
	address := front.Addr().String()
	front.Close() // nginx opens it anew
	b := setup(t, 500, func(c *apiConfig) {
		c.TrustedProxies, c.PublicURL = []string{"127.0.0.1"}, "https://"+address
	})
	b = withImporter(t, b, func(c *apiConfig) {
		c.TrustedProxies, c.PublicURL = []string{"127.0.0.1"}, "https://"+address
	})
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, 3)
	for _, change := range []struct{ from, to string }{
		{`listen 443`, "listen " + address}, {`(?m)^( *ssl_certificate) .*$`, "$1 " + cert + ";"}, {`(?m)^( *ssl_certificate_key) .*$`, "$1 " + key + ";"},
		{`http://127\.0\.0\.1:8080`, b.base},
	} {
		pattern := regexp.MustCompile(change.from)
		if !pattern.MatchString(block) {
			t.Fatalf("the configuration has no %s", change.from)
		}
		block = pattern.ReplaceAllString(block, change.to)
	}
	temp := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += fmt.Sprintf("%s_temp_path %s;\n", kind, filepath.Join(dir, kind))
	}
	conf := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf("daemon off;\nworker_processes 1;\npid %s;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n%s%s}\n", filepath.Join(dir, "pid"), temp, block)
	if os.Geteuid() == 0 {
		text = "user root;\n" + text // the folders are root's
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nginx, "-p", dir, "-c", conf, "-e", "stderr")
	var out logBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // both end the test's own process
		_ = cmd.Wait()
	})
	b.until("nginx listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	b.base = "https://" + address
	a := b.get("/tiles/counties.json", "X-Forwarded-For", "198.51.100.9", "X-Forwarded-Host", "evil.example")
	if a.StatusCode != 200 || !strings.Contains(string(a.body), b.base+"/tiles/") || a.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %s\n%s", a.StatusCode, a.body, out.String())
	}
	if line := regexp.MustCompile(`id=` + a.Header.Get("X-Request-Id") + ` .*`).FindString(b.log.String()); !strings.HasSuffix(line, " from=198.51.100.9") { // the client is at a trusted address here
		t.Errorf("log: %q", line)
	}
	if a := b.get("/ogc/collections/households/items?limit=500"); a.StatusCode != 200 || !strings.Contains(string(a.body), `"numberReturned":500`) {
		t.Errorf("stream: %d, %d bytes", a.StatusCode, len(a.body))
	}
	if a := b.do("POST", "/api/v1/batches?name=a.geojson", strings.NewReader(twoUnits), "Origin", b.base); a.StatusCode != 201 || !strings.HasPrefix(a.Header.Get("Location"), b.base) {
		t.Errorf("upload: %d %s", a.StatusCode, a.body)
	}
	if a := b.do("POST", "/api/v1/batches?name=a.geojson", strings.NewReader(twoUnits), "Origin", "https://evil.example"); a.StatusCode != 403 {
		t.Errorf("upload of another site: %d %s", a.StatusCode, a.body)
	}
	wall := b.someone("wall", "viewer everywhere")
	boss := b.someone("boss", "dispatcher everywhere")
	l := b.listen("/api/v1/events", "Cookie", wall.cookie)
	for range 3 { // each comes when it happens, and not when a buffer is full
		c := b.report(boss, inW000)
		if p := l.pin(); p.ID != c.ID {
			t.Errorf("told of %+v", p)
		}
	}
}
