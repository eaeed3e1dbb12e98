package main

import (
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
	"github.com/lintu-map/lintu/sql"
)

// config is everything that can be configured, by LINTU_* variables or flags.
type config struct {
	DatabaseURL    string   `name:"database-url" env:"LINTU_DATABASE_URL" help:"PostgreSQL server to use; without it lintu runs a private one in the data directory." placeholder:"URL"`
	Data           string   `env:"LINTU_DATA" help:"Data directory: private database, uploads. Default ./var, for root /var/lib/lintu." placeholder:"DIR"`
	KeyFile        string   `name:"key-file" env:"LINTU_KEY_FILE" help:"File with the master key of personal data, made at the first start. Default keys/master.key in the data directory." placeholder:"FILE"`
	Photos         string   `env:"LINTU_PHOTOS" help:"S3 bucket for the photos of cases, s3://BUCKET/PREFIX?endpoint=HOST. Default the directory photos in the data directory." placeholder:"URL"`
	UnmaskPerDay   int      `name:"unmask-per-day" env:"LINTU_UNMASK_PER_DAY" default:"${unmaskPerDay}" help:"How many persons an account may unmask a day."`
	PGBin          string   `name:"pg-bin" env:"LINTU_PG_BIN" help:"Where initdb and postgres of the private database are; found by themselves if unset." placeholder:"DIR"`
	Tenant         int32    `env:"LINTU_TENANT" default:"1" help:"The jurisdiction whose data this server shows."`
	Lang           string   `env:"LINTU_LANG" enum:",zh,en" default:"" help:"Language of messages: zh or en. Default from LANG, else zh." placeholder:"LANG"`
	Addr           string   `env:"LINTU_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	PublicURL      string   `name:"public-url" env:"LINTU_PUBLIC_URL" help:"How clients reach this server, for absolute links; default from the request." placeholder:"URL"`
	TrustedProxies []string `env:"LINTU_TRUSTED_PROXIES" help:"Addresses or networks whose X-Forwarded-* headers are believed." placeholder:"CIDR"`
	TLSCert        string   `name:"tls-cert" env:"LINTU_TLS_CERT" help:"PEM file with the certificate, to speak HTTPS; read again when it changes." placeholder:"FILE"`
	TLSKey         string   `name:"tls-key" env:"LINTU_TLS_KEY" help:"PEM file with the certificate's private key." placeholder:"FILE"`
	OIDCIssuer     string   `name:"oidc-issuer" env:"LINTU_OIDC_ISSUER" help:"Single sign-on: address of the OpenID Connect provider. Needs LINTU_PUBLIC_URL." placeholder:"URL"`
	OIDCClientID   string   `name:"oidc-client-id" env:"LINTU_OIDC_CLIENT_ID" help:"Single sign-on: how the provider knows lintu." placeholder:"ID"`
	OIDCSecretFile string   `name:"oidc-secret-file" env:"LINTU_OIDC_SECRET_FILE" help:"Single sign-on: file with the client's secret." placeholder:"FILE"`
	AllowedOrigins []string `name:"allowed-origins" env:"LINTU_ALLOWED_ORIGINS" help:"Other origins whose pages may read tiles, styles and OGC answers; default none." placeholder:"ORIGIN,…"`
	PublicLayers   []string `name:"public-layers" env:"LINTU_PUBLIC_LAYERS" help:"Layers shown to those who have not signed in, or none. Default: boundaries and base map." placeholder:"LAYER,…"`
	TileMemory     string   `name:"tile-memory" env:"LINTU_TILE_MEMORY" help:"How much memory the layers and tiles of the map may take, such as 800MB or 4GB. Default a quarter of the machine's, or of its control group's." placeholder:"SIZE"`
	Title          string   `env:"LINTU_TITLE" help:"Name of the place, shown on the pages."`
	Basemap        string   `env:"LINTU_BASEMAP" help:"Base map beneath the layers: a {z}/{x}/{y} raster URL or a TileJSON URL. Without it the imported base layers are the base map." placeholder:"URL"`
}

// check completes and validates the configuration; the error says which
// setting is wrong and what it should look like.
func (c *config) check(env []string) error {
	if c.Lang == "" {
		c.Lang = langOf(env)
	}
	if c.Data == "" {
		c.Data = "var"
		if os.Geteuid() == 0 {
			c.Data = "/var/lib/lintu"
		}
	}
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	c.Data = dir
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.Data, "keys", "master.key")
	}
	if c.UnmaskPerDay < 1 {
		return lintu.Errorf(lintu.CodeInvalid, "LINTU_UNMASK_PER_DAY 应为正整数。", "LINTU_UNMASK_PER_DAY must be a positive number.")
	}
	if c.Tenant < 1 {
		return lintu.Errorf(lintu.CodeInvalid, "LINTU_TENANT 应为正整数。", "LINTU_TENANT must be a positive number.")
	}
	if _, err := c.tileBytes(); err != nil {
		return err
	}
	if err := lintu.CheckPublic(c.public()); err != nil {
		return err
	}
	for name, value := range map[string]string{"LINTU_PUBLIC_URL": c.PublicURL, "LINTU_BASEMAP": c.Basemap} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return lintu.Errorf(lintu.CodeInvalid, "%s 应为 http:// 或 https:// 开头的网址。",
				"%s must be a URL that starts with http:// or https://.", name)
		}
	}
	return nil
}

// The least and the most that LINTU_TILE_MEMORY can be.
const (
	tileBytesLeast = 16 << 20
	tileBytesMost  = 1 << 40
)

// tileBytes is how much memory layers and tiles may take: by default a quarter, since
// the private database has one too, and as much is left to the kernel's cache and to
// what is read and garbage for a while.
func (c *config) tileBytes() (int, error) {
	if c.TileMemory == "" {
		return int(max(sql.MachineMemory()/4, tileBytesLeast)), nil
	}
	digits := strings.TrimRight(c.TileMemory, "KMGTBkmgtb ")
	unit, known := map[string]float64{"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[strings.ToUpper(strings.TrimSpace(c.TileMemory[len(digits):]))]
	n, err := strconv.ParseFloat(digits, 64)
	fits := n*unit >= tileBytesLeast && n*unit <= tileBytesMost // NaN, which ParseFloat takes, does not
	if err != nil || !known || !fits {
		return 0, lintu.Errorf(lintu.CodeInvalid, "LINTU_TILE_MEMORY 的值 %q 无效；应类似 800MB 或 4GB，至少 16MB。",
			"LINTU_TILE_MEMORY is %q; it should look like 800MB or 4GB, and be at least 16MB.", c.TileMemory)
	}
	return int(n * unit), nil
}

// public are the layers shown to everyone.
func (c *config) public() []lintu.Layer {
	if len(c.PublicLayers) == 0 {
		return lintu.PublicByDefault()
	}
	layers := []lintu.Layer{}
	for _, name := range c.PublicLayers {
		if name = strings.TrimSpace(name); name != "none" {
			layers = append(layers, lintu.Layer(name))
		}
	}
	return layers
}

// sso is the single sign-on, nil where none is configured.
func (c *config) sso() (*api.SSO, error) {
	if c.OIDCIssuer == "" {
		if c.OIDCClientID+c.OIDCSecretFile != "" {
			return nil, lintu.Errorf(lintu.CodeInvalid, "单点登录还需要 LINTU_OIDC_ISSUER。", "Single sign-on also needs LINTU_OIDC_ISSUER.")
		}
		return nil, nil
	}
	secret, err := os.ReadFile(c.OIDCSecretFile)
	if err != nil {
		return nil, lintu.Errorf(lintu.CodeInvalid, "LINTU_OIDC_SECRET_FILE 指定的文件无法读取：%v。", "The file of LINTU_OIDC_SECRET_FILE cannot be read: %v.", err)
	}
	return &api.SSO{Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, Secret: strings.TrimSpace(string(secret))}, nil
}

// name is the place as the pages show it.
func (c *config) name() lintu.Text {
	if c.Title == "" {
		return lintu.Say("邻图", "lintu")
	}
	return lintu.Text{ZH: c.Title, EN: c.Title}
}

// langOf reads the language of the POSIX locale variables: English where they
// say so, Chinese otherwise.
func langOf(env []string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, kv := range env {
			if v, ok := strings.CutPrefix(kv, name+"="); ok && v != "" {
				if strings.HasPrefix(v, "en") {
					return "en"
				}
				return "zh"
			}
		}
	}
	return "zh"
}

// LogValue prints the configuration without secrets.
func (c config) LogValue() slog.Value {
	database := "private"
	if c.DatabaseURL != "" {
		database = "given" // its forms can hold a password in several places
		if u, err := url.Parse(c.DatabaseURL); err == nil && u.Host != "" {
			database = u.Scheme + "://" + u.Host + u.Path
		}
	}
	return slog.GroupValue(
		slog.String("database", database), slog.String("data", c.Data), slog.String("keyFile", c.KeyFile),
		slog.Int("tenant", int(c.Tenant)), slog.String("lang", c.Lang),
		slog.String("photos", c.Photos), slog.String("addr", c.Addr), slog.String("publicURL", c.PublicURL), slog.String("tlsCert", c.TLSCert), slog.String("oidcIssuer", c.OIDCIssuer),
		slog.Any("trustedProxies", c.TrustedProxies), slog.Any("allowedOrigins", c.AllowedOrigins),
		slog.Any("publicLayers", c.public()),
		slog.String("tileMemory", c.TileMemory), slog.String("title", c.Title),
		slog.Bool("basemap", c.Basemap != ""))
}
