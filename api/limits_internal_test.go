package api

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// A slash at the end, with which routes answer too, is no way around a limit.
func TestKindsOfRequests(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	for request, want := range map[string]kind{
		"POST /api/v1/session": kindLogin, "POST /api/v1/session/": kindLogin, "POST /api/v1/door/AB/cases//": kindDoor,
		"PUT /api/v1/door/AB/photos/1/": kindPicture, "POST /api/v1/follow": kindFollow, "POST /api/v1/follow/acts/": kindSaid,
		"PUT /api/v1/meetings/1": kindChange, "GET /": kindRead,
	} {
		method, path, _ := strings.Cut(request, " ")
		var ctx fasthttp.RequestCtx
		ctx.Request.Header.SetMethod(method)
		ctx.Request.SetRequestURI(path)
		c := app.AcquireCtx(&ctx)
		if got := kindOf(c); got != want {
			t.Errorf("%s is a %s, not a %s", request, got, want)
		}
		app.ReleaseCtx(c)
	}
}

func TestLimitsAreBounded(t *testing.T) {
	t.Parallel()
	l, now := newLimits(), time.Unix(1000, 0)
	p := pace{time.Minute, 2}
	victim := limitKey{kindLogin, "victim"}
	for i, want := range []time.Duration{0, 0, time.Minute, time.Minute} {
		if got := l.wait(victim, p, now); got != want {
			t.Errorf("request %d waits %v, want %v", i, got, want)
		}
	}
	if got := l.wait(victim, p, now.Add(time.Minute)); got != 0 {
		t.Errorf("after the wait it waits %v", got)
	}
	l.wait(victim, p, now.Add(time.Minute))
	idle := maxKeys / 2
	for i := range idle { // who have asked long ago
		l.wait(limitKey{kindLogin, fmt.Sprint(i)}, p, now.Add(-time.Hour))
	}
	for i := range maxKeys - 1 - idle {
		l.wait(limitKey{kindLogin, fmt.Sprint(idle + i)}, p, now)
	}
	if len(l.busy) != maxKeys {
		t.Fatalf("%d keys", len(l.busy))
	}
	l.wait(limitKey{kindLogin, "one more"}, p, now)
	if len(l.busy) != maxKeys-idle+1 || l.wait(victim, p, now.Add(time.Minute)) == 0 {
		t.Errorf("of %d keys %d are left: not those who are not ahead are forgotten", maxKeys, len(l.busy))
	}
	for i := range 2 * maxKeys {
		l.wait(limitKey{kindLogin, fmt.Sprint(maxKeys + i)}, p, now)
	}
	if len(l.busy) > maxKeys || len(l.busy) < maxKeys/2 {
		t.Errorf("%d keys", len(l.busy))
	}
}

func TestUploadsAreCounted(t *testing.T) {
	t.Parallel()
	u := uploading{most: maxUploads, mostOfOne: maxUploadsOfOne}
	var ends []func()
	for i := range maxUploads {
		end, err := u.begin(fmt.Sprint(i / maxUploadsOfOne))
		if err != nil {
			t.Fatal(i, err)
		}
		ends = append(ends, end)
	}
	if _, err := u.begin("0"); err == nil {
		t.Error("one has more than its share")
	}
	if _, err := u.begin("other"); err == nil {
		t.Error("more than all")
	}
	for _, end := range ends {
		end()
	}
	if u.all != 0 || len(u.of) != 0 {
		t.Errorf("%d left, of %v", u.all, u.of)
	}
}

// pipes gives connections of given addresses.
type pipes struct {
	net.Listener
	from []string
}

type pipe struct {
	net.Conn
	from string
}

func (p pipe) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(p.from))
}

func (p pipe) Close() error { return nil }

func (p *pipes) Accept() (net.Conn, error) {
	if len(p.from) == 0 {
		return nil, net.ErrClosed
	}
	next := p.from[0]
	p.from = p.from[1:]
	return pipe{from: next}, nil
}

func TestConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	proxy := netip.MustParseAddr("10.0.0.1")
	source := &pipes{}
	l := newListener(source, func(a netip.Addr) *client { return &client{address: a, network: network(a), trusted: a == proxy} })
	accept := func(from ...string) (got []*conn) {
		source.from = from
		for {
			c, err := l.Accept()
			if err != nil {
				return got
			}
			got = append(got, c.(*conn))
		}
	}
	many := func(from string) []string { return slices.Repeat([]string{from}, maxConnectionsOfOne+5) }
	first := accept(many("[2001:db8::1]:5000")...)
	if len(first) != maxConnectionsOfOne || len(accept("[2001:db8::2]:1")) != 0 {
		t.Errorf("%d connections of one /64", len(first))
	}
	if n := len(accept("[2001:db8:0:1::1]:1", "192.0.2.1:1")); n != 2 {
		t.Errorf("%d connections of two others", n)
	}
	if n := len(accept(many("10.0.0.1:9")...)); n != maxConnectionsOfOne+5 {
		t.Errorf("%d connections of the proxy", n)
	}
	for range 2 { // fasthttp closes some twice
		_ = first[0].Close()
	}
	if n := len(accept("[2001:db8::3]:1", "[2001:db8::4]:1")); n != 1 {
		t.Errorf("%d connections in the place of one", n)
	}
}
