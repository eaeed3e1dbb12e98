package api

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// client is where a client is.
type client struct {
	address netip.Addr
	text    string // of the address, as it stands in limits, logs and the audit; "" over what has none, such as a Unix socket
	network string // that is counted as one
	trusted bool   // it is a trusted proxy
}

func (s *Server) newClient(a netip.Addr) *client {
	at := &client{address: a, network: network(a), trusted: s.trusted(a)}
	if a.IsValid() {
		at.text = a.String()
	}
	return at
}

func (s *Server) clientAddress(c *fiber.Ctx) string { return s.client(c.Context()).text }

// clientKey is where a request keeps its client, if that is another than its peer.
const clientKey = "client"

// client is where the client is: the other end of the connection or, if that is a
// trusted proxy, the rightmost address in X-Forwarded-For that is no trusted proxy.
// What stands left of it the client could have written itself.
func (s *Server) client(ctx *fasthttp.RequestCtx) *client {
	at := s.peer(ctx)
	if !at.trusted {
		return at
	}
	if found, ok := ctx.UserValue(clientKey).(*client); ok {
		return found
	}
	found := s.clientBehind(at.address, ctx.Request.Header.PeekAll(fiber.HeaderXForwardedFor))
	ctx.SetUserValue(clientKey, found)
	return found
}

// clientBehind is for whom a trusted proxy speaks, by the lines of X-Forwarded-For.
func (s *Server) clientBehind(proxy netip.Addr, lines [][]byte) *client {
	if len(lines) != 1 {
		return s.newClient(s.addressBehind(lines, proxy))
	}
	found := s.behind.get(proxy, lines[0])
	if found == nil {
		found = s.newClient(s.addressBehind(lines, proxy))
		s.behind.put(behindKey{proxy, string(lines[0])}, found)
	}
	return found
}

// behind remembers clients of trusted proxies by what those say of them, since each
// request says it anew.
type behind struct {
	mu    sync.RWMutex
	byKey map[behindKey]*client
}

type behindKey struct {
	proxy     netip.Addr
	forwarded string // X-Forwarded-For
}

// maxBehind is how many are remembered, as many as can be connected; with more, all are
// forgotten.
const maxBehind = maxConnections

// get returns nil where nothing is remembered.
func (b *behind) get(proxy netip.Addr, forwarded []byte) *client {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.byKey[behindKey{proxy, string(forwarded)}]
}

func (b *behind) put(key behindKey, c *client) {
	if len(key.forwarded) > 256 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byKey == nil || len(b.byKey) >= maxBehind {
		b.byKey = map[behindKey]*client{}
	}
	b.byKey[key] = c
}

// peer is the other end of the connection.
func (s *Server) peer(ctx *fasthttp.RequestCtx) *client {
	if cn, ok := ctx.Conn().(*conn); ok {
		return cn.peer
	}
	return s.newClient(parseHop(ctx.RemoteAddr().String()))
}

// addressBehind is the address of that client.
func (s *Server) addressBehind(lines [][]byte, at netip.Addr) netip.Addr {
	var hops []string
	for _, line := range lines {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	for _, hop := range slices.Backward(hops) {
		next := parseHop(strings.TrimSpace(hop))
		if !next.IsValid() {
			return at // who wrote this is the last that is known
		}
		if at = next; !s.trusted(at) {
			return at
		}
	}
	return at
}

// parseHop reads an address with or without brackets and a port.
func parseHop(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s = strings.TrimSuffix(inner, "]")
	}
	a, _ := netip.ParseAddr(s) // the zero Addr says that it is none
	return a.Unmap().WithZone("")
}

// trusts reports whether the other end of the connection is a trusted proxy.
func (s *Server) trusts(ctx *fasthttp.RequestCtx) bool { return s.peer(ctx).trusted }

func (s *Server) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

func parsePrefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(text); err == nil {
				p = netip.PrefixFrom(a, a.BitLen())
			}
		}
		if err != nil {
			return nil, lintu.Errorf(lintu.CodeInvalid, "可信代理 %q 不是 IP 地址或网段。", "Trusted proxy %q is neither an IP address nor a prefix.", text)
		}
		out = append(out, p)
	}
	return out, nil
}
