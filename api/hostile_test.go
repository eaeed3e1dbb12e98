package api_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSlowReadersHoldNothing opens more streams than the database has
// connections and reads none of them: others are answered all the same.
func TestSlowReadersHoldNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, 20000)
	for range 16 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(b.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET /ogc/collections/households/items?limit=10000 HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", b.auth())
		one := make([]byte, 1)
		if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(one); err != nil { // the stream has begun
			t.Fatal(err)
		}
	}
	if a := b.get("/ogc/collections/households/items?limit=1"); a.StatusCode != http.StatusOK {
		t.Errorf("one more reader: %d %s", a.StatusCode, a.body)
	}
	if a := b.get("/readyz"); a.StatusCode != http.StatusOK {
		t.Errorf("/readyz: %d %s", a.StatusCode, a.body)
	}
}

// TestForeignNamesChangeNothing plays a site that has pointed its own name at
// this server: to the browser the request is same-origin.
func TestForeignNamesChangeNothing(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	for host, want := range map[string]int{"evil.example": http.StatusForbidden, "localhost": http.StatusCreated, "192.0.2.7:8080": http.StatusCreated} {
		req, err := http.NewRequest("POST", b.base+"/api/v1/batches?name=a.geojson", strings.NewReader(twoUnits))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		req.Header.Set("Origin", "http://"+host)
		req.Header.Set("Authorization", "Bearer "+b.token)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("host %s: %d, want %d", host, res.StatusCode, want)
		}
	}
}
