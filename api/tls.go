package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/lintu-map/lintu"
)

// certificatePoll is how soon a new certificate is used after it was put in place.
const certificatePoll = 2 * time.Second

// certificate is what the server shows over TLS. Its files are read again when
// they change, so that a renewed certificate needs no restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               atomic.Pointer[tls.Certificate]
	seen              string // the state of the files at the last reading
}

// openCertificate reads the pair; CodeInvalid if it cannot be used.
func openCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	if certFile == "" || keyFile == "" {
		return nil, lintu.Errorf(lintu.CodeInvalid, "LINTU_TLS_CERT 和 LINTU_TLS_KEY 要么都设置，要么都不设置。", "Set both LINTU_TLS_CERT and LINTU_TLS_KEY, or neither.")
	}
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	c.seen = c.state()
	pair, err := c.read()
	if err != nil {
		return nil, err
	}
	c.take(pair)
	return c, nil
}

// CheckTLS tells what is wrong with the pair, before anything is started with it;
// none at all is plain HTTP.
func CheckTLS(certFile, keyFile string) error {
	if certFile == "" && keyFile == "" {
		return nil
	}
	_, err := openCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	return err
}

func (c *certificate) read() (*tls.Certificate, error) {
	cert, err := readPEM("LINTU_TLS_CERT", c.certFile)
	if err != nil {
		return nil, err
	}
	key, err := readPEM("LINTU_TLS_KEY", c.keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, lintu.Errorf(lintu.CodeInvalid, "LINTU_TLS_CERT（%[1]s）和 LINTU_TLS_KEY（%[2]s）不能一起使用：%[3]v。需要 PEM 格式的证书（先服务器、后中间证书）和与之匹配、未加密的私钥。",
			"LINTU_TLS_CERT (%[1]s) and LINTU_TLS_KEY (%[2]s) do not work together: %[3]v. They must be PEM: the server's certificate followed by the intermediate ones, and its private key without a password.",
			c.certFile, c.keyFile, err)
	}
	return &pair, nil
}

func readPEM(setting, name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, lintu.Errorf(lintu.CodeInvalid, "%[1]s 指定的文件无法读取：%[2]v。", "The file of %[1]s cannot be read: %[2]v.", setting, err)
	}
	return b, nil
}

// take uses the pair from the next connection on.
func (c *certificate) take(pair *tls.Certificate) {
	c.now.Store(pair)
	leaf := pair.Leaf
	level := slog.LevelInfo
	if time.Now().After(leaf.NotAfter) || time.Now().Before(leaf.NotBefore) {
		level = slog.LevelWarn
	}
	c.log.Log(context.Background(), level, "TLS certificate", "names", namesOf(leaf), "notBefore", leaf.NotBefore, "notAfter", leaf.NotAfter)
}

func namesOf(leaf *x509.Certificate) []string {
	names := append([]string{}, leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// refresh reads the files if they have changed. A pair that cannot be used is
// logged, and the old one stays; so does the moment between the writing of the
// two files.
func (c *certificate) refresh() {
	state := c.state()
	if state == c.seen {
		return
	}
	c.seen = state
	pair, err := c.read()
	if err != nil {
		c.log.Error("the new TLS certificate cannot be used; the old one stays", slog.Any("error", err))
		return
	}
	c.take(pair)
}

// state differs when a file was written, replaced, or linked elsewhere.
func (c *certificate) state() string {
	state := ""
	for _, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return err.Error()
		}
		state += fmt.Sprintln(info.ModTime().UnixNano(), info.Size())
	}
	return state
}

// watch refreshes until ctx ends.
func (c *certificate) watch(ctx context.Context) {
	tick := time.NewTicker(certificatePoll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			c.refresh()
		case <-ctx.Done():
			return
		}
	}
}

// suites of TLS 1.2 agree on fresh keys and authenticate what they encrypt; those of
// 1.3 all do, and cannot be chosen. Go would also offer AES in CBC mode.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// config is that of the listener. fasthttp speaks HTTP/1.1 only.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		CipherSuites: suites,
		NextProtos:   []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.now.Load(), nil
		},
	}
}
