package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu/sql/sqltest"
)

// asLintu makes the test binary behave as lintu, so that tests can start it as
// a process of its own and kill it.
const asLintu = "LINTU_TEST_AS_LINTU"

func TestMain(m *testing.M) {
	if os.Getenv(asLintu) != "" {
		main()
	}
	sqltest.Main(m)
}

// process returns lintu as a command, ready to start, with messages in English.
func process(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asLintu+"=1", "LINTU_LANG=en", "LINTU_ADDR=127.0.0.1:0")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// passwordPattern is what passwords look like that lintu makes.
var passwordPattern = regexp.MustCompile(`[2-9a-z]{5}(-[2-9a-z]{5}){3}`)

// lintuRun runs a command of lintu to its end.
func lintuRun(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return lintuAsked(t, env, "", args...)
}

// lintuAsked is lintuRun for a command that asks, with the lines of its answers.
func lintuAsked(t *testing.T, env []string, answers string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := process(t, env, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(answers), &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if passwordPattern.MatchString(errs.String()) {
		t.Errorf("lintu %v wrote a password to standard error:\n%s", args, errs.String())
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// dataDir makes a data directory that the unprivileged user of the database can
// pass through, which t.TempDir is not for root.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lintu-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// server is a lintu process that answers requests.
type server struct {
	cmd    *exec.Cmd
	url    string
	output *bytes.Buffer // standard output until it was ready
	rest   chan struct{} // closed when standard output ends
	cookie string        // of the session that signIn has got
}

var addressPattern = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start runs lintu until it says where the map is.
func start(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	return startLogging(t, os.Stderr, env, args...)
}

// startLogging is start with the log going to a file.
func startLogging(t *testing.T, log *os.File, env []string, args ...string) *server {
	t.Helper()
	s := &server{}
	t.Cleanup(func() { s.stop(t) })
	if err := s.run(process(t, env, args...), log); err != nil {
		t.Fatal(err)
	}
	return s
}

// run starts the process and returns when it says where the map is.
func (s *server) run(cmd *exec.Cmd, log *os.File) error {
	s.cmd, s.url, s.output, s.rest = cmd, "", &bytes.Buffer{}, make(chan struct{})
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.output.WriteString(lines.Text() + "\n")
		if s.url = addressPattern.FindString(lines.Text()); s.url != "" {
			break
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		close(s.rest)
	}()
	if s.url == "" {
		return fmt.Errorf("lintu %v did not get ready:\n%s", cmd.Args[1:], s.output)
	}
	return nil
}

// stop ends the process as an operator would and waits for it.
func (s *server) stop(t *testing.T) {
	if s.cmd == nil || s.cmd.Process == nil || s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.rest
	if err := s.cmd.Wait(); err != nil && s.url != "" {
		t.Errorf("lintu did not stop cleanly: %v", err)
	}
}

// get fetches a path and returns the answer with its body unpacked.
func (s *server) get(t *testing.T, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if s.cookie != "" {
		req.Header.Set("Cookie", s.cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.Header.Get("Content-Encoding") == "gzip" && len(body) > 0 {
		zr, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body, err = io.ReadAll(zr); err != nil {
			t.Fatal(err)
		}
	}
	return res, body
}

// passwords are those that a demo has printed, by login.
func (s *server) passwords() map[string]string {
	found := map[string]string{}
	for _, line := range strings.Split(s.output.String(), "\n") {
		if password := passwordPattern.FindString(line); password != "" {
			found[strings.Fields(line)[0]] = password
		}
	}
	return found
}

// signIn lets get ask as one of the demo's accounts.
func (s *server) signIn(t *testing.T, login string) {
	t.Helper()
	said, err := json.Marshal(map[string]string{"login": login, "password": s.passwords()[login]})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(s.url+"/api/v1/session", "application/json", bytes.NewReader(said))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cookies := res.Cookies()
	if res.StatusCode != http.StatusOK || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("%s cannot sign in: %s, cookies %v", login, res.Status, cookies)
	}
	s.cookie = cookies[0].Name + "=" + cookies[0].Value
}

// centreTile is the address of the town's centre at a zoom with households.
func centreTile(t *testing.T, s *server) string {
	t.Helper()
	_, body := s.get(t, "/api/v1/search?q=%E7%A5%9E%E4%BB%99%E5%9D%B3%E7%A4%BE%E5%8C%BA")
	var found struct {
		Hits []struct {
			Name     string
			Lon, Lat float64
		}
	}
	if err := json.Unmarshal(body, &found); err != nil || len(found.Hits) == 0 || found.Hits[0].Name != "神仙坳社区" {
		t.Fatalf("search for 神仙坳社区: %v %s", err, body)
	}
	at := maptile.At([2]float64{found.Hits[0].Lon, found.Hits[0].Lat}, 15)
	return "/tiles/communities,grids,households/" + strings.Join([]string{"15", itoa(at.X), itoa(at.Y)}, "/") + ".mvt"
}

func itoa(n uint32) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestDemo(t *testing.T) {
	data := dataDir(t)
	env := []string{"LINTU_DATA=" + data}
	first := start(t, env, "demo")
	tile := centreTile(t, first)
	if res, _ := first.get(t, tile); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a visitor is shown households: %s", res.Status)
	}
	first.signIn(t, "viewer")

	t.Run("tile decodes", func(t *testing.T) {
		_, body := first.get(t, tile)
		layers, err := mvt.Unmarshal(body)
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, l := range layers {
			count[l.Name] = len(l.Features)
		}
		for _, name := range []string{"communities", "grids", "households"} {
			if count[name] == 0 {
				t.Errorf("no %s in %s: %v", name, tile, count)
			}
		}
	})
	t.Run("accounts", func(t *testing.T) { demoAccounts(t, data, first.output.String()) })
	t.Run("ogrinfo counts the households", func(t *testing.T) { ogrinfo(t, first) })
	t.Run("pages", func(t *testing.T) { browse(t, first, data, env) })

	res, before := first.get(t, tile, "Accept-Encoding", "identity")
	etag := res.Header.Get("ETag")
	t.Run("same bytes and 304", func(t *testing.T) {
		_, again := first.get(t, tile, "Accept-Encoding", "identity")
		if !bytes.Equal(before, again) {
			t.Error("the same tile has other bytes at the second request")
		}
		res, body := first.get(t, tile, "Accept-Encoding", "identity", "If-None-Match", etag)
		if res.StatusCode != http.StatusNotModified || len(body) != 0 {
			t.Errorf("If-None-Match %s: %s with %d bytes", etag, res.Status, len(body))
		}
	})
	t.Run("second server", func(t *testing.T) {
		second := start(t, []string{"LINTU_DATA=" + dataDir(t), "LINTU_DATABASE_URL=" + databaseURL(t, data),
			"LINTU_KEY_FILE=" + filepath.Join(data, "keys", "master.key")}, "serve")
		second.cookie = first.cookie
		res, other := second.get(t, tile, "Accept-Encoding", "identity")
		if !bytes.Equal(before, other) || res.Header.Get("ETag") != etag {
			t.Error("a second server on the same database sends other bytes")
		}
	})
	first.stop(t)
	t.Run("restart", func(t *testing.T) {
		second := start(t, env, "demo", "--day", "2000")
		second.signIn(t, "viewer")
		res, after := second.get(t, tile, "Accept-Encoding", "identity")
		if !bytes.Equal(before, after) || res.Header.Get("ETag") != etag {
			t.Error("after a restart the tile has other bytes")
		}
		if strings.Contains(second.output.String(), "Importing") {
			t.Errorf("the second start made the town again:\n%s", second.output)
		}
		second.signIn(t, "dispatcher")
		for _, note := range []string{"巡查发现路灯不亮", "学校对面的围墙向外倾斜", "晚上没处停车", "五栋加装电梯"} {
			awaitDay(t, second, note)
		}
	})
}

// awaitDay waits until a story of the demo's day has come to its end.
func awaitDay(t *testing.T, s *server, note string) {
	t.Helper()
	query := url.Values{"text": {"演示：" + note}, "from": {time.Now().Add(-10 * time.Minute).UTC().Format(time.RFC3339)}, "state": {"evaluated"}}.Encode()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		res, body := s.get(t, "/api/v1/cases?"+query)
		var found struct {
			Cases []struct{ Source string }
		}
		if err := json.Unmarshal(body, &found); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s", note, res.Status, body)
		}
		if len(found.Cases) > 0 {
			return
		}
		<-tick.C
	}
}

// ogrinfo reads the households as a GIS would.
func ogrinfo(t *testing.T, s *server) {
	headers := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(headers, []byte("Cookie: "+s.cookie+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(need(t, "ogrinfo"), "-so", "OAPIF:"+s.url+"/ogc", "households")
	cmd.Env = append(os.Environ(), "GDAL_HTTP_HEADER_FILE="+headers)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Feature Count: 47000") {
		t.Errorf("ogrinfo: %v\n%s", err, out)
	}
}

// need returns the path of a program that the test drives.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" is not installed: run script/install-test")
	}
	return path
}

// missing skips the test aloud, but fails it in CI, where all must be there.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// sharedData is the folder with the real files.
func sharedData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LINTU_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		missing(t, "the shared data is not at "+dir+": set LINTU_SHARED_DATA")
	}
	return dir
}
