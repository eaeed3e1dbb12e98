package api_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
)

// ca signs the certificates of tests.
type ca struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

var testCA = sync.OnceValue(func() ca {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lintu test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	cert := must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))))
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return ca{cert, key, pool}
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// writePair writes a certificate for 127.0.0.1 with that serial number.
func writePair(t testing.TB, certFile, keyFile string, serial int64) {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature}
	der := must(x509.CreateCertificate(rand.Reader, template, testCA().cert, &key.PublicKey, testCA().key))
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// withTLS lets the server speak HTTPS.
func withTLS(t testing.TB) option {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, 7)
	return func(c *apiConfig) { c.TLSCert, c.TLSKey = cert, key }
}

// overBoth runs a test over HTTP and over HTTPS: the connections are the same
// wrapper around different things.
func overBoth(t *testing.T, test func(*testing.T, option)) {
	t.Parallel()
	t.Run("HTTP", func(t *testing.T) { t.Parallel(); test(t, func(*apiConfig) {}) })
	t.Run("HTTPS", func(t *testing.T) { t.Parallel(); test(t, withTLS(t)) })
}

// dial opens a connection over which bytes are sent as they are.
func (b *bundle) dial() net.Conn {
	b.t.Helper()
	scheme, address, _ := strings.Cut(b.base, "://")
	var c net.Conn
	var err error
	if scheme == "https" {
		c, err = tls.Dial("tcp", address, &tls.Config{RootCAs: testCA().pool})
	} else {
		c, err = net.Dial("tcp", address)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	b := setup(t, 500, withTLS(t))
	a := b.get("/tiles/counties.json")
	if a.StatusCode != 200 || a.TLS == nil || !strings.Contains(string(a.body), `"https://127.0.0.1:`) || a.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := b.get("/ogc/collections/households/items?limit=500"); a.StatusCode != 200 || !strings.Contains(string(a.body), `"numberReturned":500`) {
		t.Errorf("stream: %d, %d bytes", a.StatusCode, len(a.body))
	}
	old := &tls.Config{RootCAs: testCA().pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if c, err := tls.Dial("tcp", strings.TrimPrefix(b.base, "https://"), old); err == nil {
		c.Close()
		t.Error("TLS 1.1 is spoken")
	}
	if res, err := client.Get(strings.Replace(b.base, "https:", "http:", 1) + "/"); err == nil {
		res.Body.Close()
		t.Errorf("HTTP is answered with %d", res.StatusCode)
	}
	if a := b.get("/healthz"); a.StatusCode != 200 {
		t.Errorf("afterwards: %d", a.StatusCode)
	}
}

// serial is the number of the certificate that a new connection is shown.
func (b *bundle) serial() int64 {
	c := b.dial()
	defer c.Close()
	return c.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestCipherSuites(t *testing.T) {
	t.Parallel()
	b := setup(t, 0, withTLS(t))
	for suite, spoken := range map[uint16]bool{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: true, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: true,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: false, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: false,
	} {
		c, err := tls.Dial("tcp", strings.TrimPrefix(b.base, "https://"),
			&tls.Config{RootCAs: testCA().pool, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite}})
		if err == nil {
			c.Close()
		}
		if (err == nil) != spoken {
			t.Errorf("%s: %v", tls.CipherSuiteName(suite), err)
		}
	}
}

func TestCertificateIsReplacedWhileServing(t *testing.T) {
	t.Parallel()
	o := withTLS(t)
	var cfg apiConfig
	o(&cfg)
	b := setup(t, 0).again(o)
	kept := b.dial()
	defer kept.Close()
	if got := b.serial(); got != 7 {
		t.Fatalf("certificate %d", got)
	}
	writePair(t, cfg.TLSCert, cfg.TLSKey, 8)
	b.until("the new certificate is shown", func() bool { return b.serial() == 8 })
	if err := os.WriteFile(cfg.TLSCert, []byte("half of"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.until("the broken one is in the log", func() bool { return strings.Contains(b.log.String(), "the old one stays") })
	if got := b.serial(); got != 8 {
		t.Errorf("with a broken file the certificate is %d", got)
	}
	writePair(t, cfg.TLSCert, cfg.TLSKey, 9)
	b.until("the mended certificate is shown", func() bool { return b.serial() == 9 })
	fmt.Fprint(kept, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if res, err := http.ReadResponse(bufio.NewReader(kept), nil); err != nil || res.StatusCode != 200 {
		t.Errorf("an open connection did not outlive it: %v", err)
	}
}

func TestBadCertificates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	writePair(t, file("a.pem"), file("a.key"), 1)
	writePair(t, file("b.pem"), file("b.key"), 2)
	if err := os.WriteFile(file("empty"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]api.Config{
		"certificate alone":        {TLSCert: file("a.pem")},
		"key alone":                {TLSKey: file("a.key")},
		"no such file":             {TLSCert: file("none"), TLSKey: file("a.key")},
		"folder":                   {TLSCert: file("a.pem"), TLSKey: dir},
		"empty file":               {TLSCert: file("empty"), TLSKey: file("a.key")},
		"another's key":            {TLSCert: file("a.pem"), TLSKey: file("b.key")},
		"mixed up":                 {TLSCert: file("a.key"), TLSKey: file("a.pem")},
		"public address over HTTP": {TLSCert: file("a.pem"), TLSKey: file("a.key"), PublicURL: "http://map.example.cn"},
	} {
		if _, err := api.New(cfg); lintu.CodeOf(err) != lintu.CodeInvalid || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Over TLS too, a connection that was opened in advance keeps nothing from
// stopping.
func TestStopDoesNotWaitForUnusedSecureConnections(t *testing.T) {
	t.Parallel()
	cfg := api.Config{}
	withTLS(t)(&cfg)
	s := must(api.New(cfg))
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	s.Start(ln)
	b := &bundle{t: t, base: "https://" + ln.Addr().String()}
	defer b.dial().Close()
	silent := must(net.Dial("tcp", ln.Addr().String())) // not even a handshake
	defer silent.Close()
	if a := b.get("/healthz"); a.StatusCode != 200 {
		t.Fatal(a.StatusCode)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}
