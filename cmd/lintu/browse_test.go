package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

// browse runs the browser's part of the test against the server.
func browse(t *testing.T, s *server, data string, env []string) {
	node, web := need(t, "node"), filepath.Join("..", "..", "web")
	need(t, "chromium")
	if _, err := os.Stat(filepath.Join(web, "node_modules")); err != nil {
		missing(t, "web/node_modules is missing: run npm ci in web")
	}
	accounts, err := json.Marshal(s.passwords())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "e2e/run.mjs")
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "LINTU_URL="+s.url, "LINTU_CONTROL="+s.control(t, data, env), "LINTU_ACCOUNTS="+string(accounts), "LINTU_SHARED_DATA="+sharedData(t))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// control returns an address at which POST /kill kills the server, as kill -9 does, and
// POST /start starts it again on the same data and the same port; it is then served
// rather than shown, since a demo would give its accounts other passwords. POST /freeze
// lets the database of the data directory hang, POST /thaw ends that. When the test ends
// both run.
func (s *server) control(t *testing.T, data string, env []string) string {
	var mu sync.Mutex
	address, dead := strings.TrimPrefix(s.url, "http://"), false
	kill := func() error {
		mu.Lock()
		defer mu.Unlock()
		err := s.cmd.Process.Kill()
		_ = s.cmd.Wait() // says that it was killed
		dead = true
		return err
	}
	revive := func() error {
		mu.Lock()
		defer mu.Unlock()
		if !dead {
			return nil
		}
		shown := s.output
		if err := s.run(process(t, append(env, "LINTU_ADDR="+address), "serve"), os.Stderr); err != nil {
			return err
		}
		s.output, dead = shown, false
		return nil
	}
	thaw := func() error { return sqltest.Signal(data, syscall.SIGCONT) }
	answer := func(do func() error) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if err := do(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /kill", answer(kill))
	mux.HandleFunc("POST /start", answer(revive))
	mux.HandleFunc("POST /freeze", answer(func() error { return sqltest.Signal(data, syscall.SIGSTOP) }))
	mux.HandleFunc("POST /thaw", answer(thaw))
	control := httptest.NewServer(mux)
	t.Cleanup(func() {
		control.Close()
		if err := errors.Join(revive(), thaw()); err != nil {
			t.Error(err)
		}
	})
	return control.URL
}
