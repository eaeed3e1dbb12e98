package api

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// listener gives connections that notice when their client goes away, and knows
// those over which nothing has come yet. Browsers open such connections in
// advance; fasthttp takes them for requests under way and its Shutdown would
// wait for them. It also keeps one address from holding all connections:
// fasthttp could count too, but would hide our connections in its own.
type listener struct {
	net.Listener
	at func(netip.Addr) *client

	mu    sync.Mutex
	open  map[*conn]struct{}
	fresh map[*conn]struct{} // of those that are open
	of    map[string]int     // connections by network
}

func newListener(ln net.Listener, at func(netip.Addr) *client) *listener {
	return &listener{Listener: ln, at: at, open: map[*conn]struct{}{}, fresh: map[*conn]struct{}{}, of: map[string]int{}}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.admit(nc); c != nil {
			return c, nil
		}
		_ = nc.Close() // it has been told nothing, and has lost nothing
	}
}

// admit returns nil if the connection's address has too many.
func (l *listener) admit(nc net.Conn) *conn {
	c := &conn{Conn: nc, home: l, peer: l.at(parseHop(nc.RemoteAddr().String()))}
	if c.peer.address.IsValid() && !c.peer.trusted { // a proxy stands for many clients
		c.from = c.peer.network
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.from != "" {
		if l.of[c.from] >= maxConnectionsOfOne {
			return nil
		}
		l.of[c.from]++
	}
	l.open[c], l.fresh[c] = struct{}{}, struct{}{}
	return c
}

// leave counts a connection that is closed no more.
func (l *listener) leave(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
	delete(l.fresh, c)
	if c.from == "" {
		return
	}
	if l.of[c.from]--; l.of[c.from] == 0 {
		delete(l.of, c.from)
	}
	c.from = "" // closed twice, counted once
}

// forget takes a connection out of the fresh ones.
func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.fresh, c)
}

// closeFresh closes the connections over which nothing has come.
func (l *listener) closeFresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.fresh {
		_ = c.Conn.Close() // its reader sees the error
	}
}

// closeRest closes all connections and returns how many there were. Fasthttp
// itself waits for streams without end.
func (l *listener) closeRest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Conn.Close() // who writes to it sees the error
	}
	return len(l.open)
}

// conn can be watched while a request is being answered: fasthttp reads nothing
// then and so would not see the client go. As in net/http, one byte is read in
// the background; if it is the first of the next request, it is kept for it.
type conn struct {
	net.Conn
	home *listener
	peer *client
	from string // network under which it is counted, if it is; under home.mu

	// Of the reading goroutine.
	used   bool // something has been read
	failed bool // a read has failed: more was wanted than came
	hold   bool // the next write is followed by another at once, with which it is to go out
	held   []byte

	mu       sync.Mutex
	watch    *connWatch
	deadline time.Time // for reads, as fasthttp wants it
	ahead    []byte    // read in the background
	aheadErr error
}

type connWatch struct {
	ended    chan struct{}
	stopping bool
}

var longAgo = time.Unix(1, 0)

// watchFor calls gone when the client closes the connection before its next
// request is read. The request at hand must have been read completely.
func (c *conn) watchFor(gone context.CancelFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watch != nil || c.ahead != nil || c.aheadErr != nil {
		return
	}
	w := &connWatch{ended: make(chan struct{})}
	c.watch = w
	_ = c.Conn.SetReadDeadline(time.Time{}) // fails only on a closed connection, which Read reports
	go func() {
		defer close(w.ended)
		var b [1]byte
		n, err := c.Conn.Read(b[:])
		c.mu.Lock()
		defer c.mu.Unlock()
		if n == 1 {
			c.ahead = b[:]
			return
		}
		if !w.stopping {
			c.aheadErr = err
			gone()
		}
	}()
}

// unwatch ends the background read.
func (c *conn) unwatch() {
	c.mu.Lock()
	w := c.watch
	if w == nil {
		c.mu.Unlock()
		return
	}
	w.stopping = true
	_ = c.Conn.SetReadDeadline(longAgo)
	c.mu.Unlock()
	<-w.ended
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watch = nil
	_ = c.Conn.SetReadDeadline(c.deadline)
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	c.unwatch()
	if len(p) > 0 && len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = nil
		return n, nil
	}
	if c.aheadErr != nil {
		c.failed = true
		return 0, c.aheadErr
	}
	n, err := c.Conn.Read(p)
	c.failed = c.failed || err != nil
	if !c.used && (n > 0 || err != nil) {
		c.used = true
		c.home.forget(c)
	}
	return n, err
}

// writeBuffer is what fasthttp gathers of an answer before it writes.
const writeBuffer = 4 << 10

// sendWhole lets an answer with a body of that many bytes go out in one piece. fasthttp
// writes the head with as much of the body as the buffer takes, and then the rest; a
// body that is larger than the buffer always has a rest.
func (c *conn) sendWhole(body int) { c.hold = body > writeBuffer }

// Write implements net.Conn. It ends when the client takes nothing for a while.
func (c *conn) Write(p []byte) (int, error) {
	if c.hold {
		c.hold, c.held = false, append(c.held, p...)
		return len(p), nil
	}
	if err := c.Conn.SetWriteDeadline(time.Now().Add(stallTimeout)); err != nil {
		return 0, err
	}
	if len(c.held) == 0 {
		return c.Conn.Write(p)
	}
	head := int64(len(c.held))
	both := net.Buffers{c.held, p}
	n, err := both.WriteTo(c.Conn)
	c.held = c.held[:0]
	return int(max(n-head, 0)), err
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.home.leave(c)
	return c.Conn.Close()
}

// SetReadDeadline implements net.Conn; during a watch it holds from its end on.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	if c.watch != nil {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.Conn.SetWriteDeadline(t)
}
