package main

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
)

// cutter passes connections on to the database's socket, and can cut those that listen.
type cutter struct {
	url      string // of the database through it
	listener net.Listener
	socket   string

	mu        sync.Mutex
	listening map[net.Conn]bool
	ended     sync.WaitGroup
}

// startCutter takes the URL of a database on a socket.
func startCutter(database string) (*cutter, error) {
	u, err := url.Parse(database)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	port := q.Get("port")
	if port == "" {
		port = "5432"
	}
	c := &cutter{socket: filepath.Join(q.Get("host"), ".s.PGSQL."+port), listening: map[net.Conn]bool{}}
	if c.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(c.listener.Addr().String())
	if err != nil {
		return nil, err
	}
	q.Set("host", host)
	q.Set("port", port)
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	c.url = u.String()
	c.ended.Go(c.accept)
	return c, nil
}

func (c *cutter) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.ended.Go(func() { c.pass(conn) })
	}
}

// pass copies both ways until one side ends. What a connection calls itself stands in
// the first bytes that it sends.
func (c *cutter) pass(conn net.Conn) {
	defer conn.Close()
	database, err := net.Dial("unix", c.socket)
	if err != nil {
		return
	}
	defer database.Close()
	first := make([]byte, 4096)
	n, err := conn.Read(first)
	if err != nil {
		return
	}
	if bytes.Contains(first[:n], []byte(" live\x00")) {
		c.note(conn, true)
		defer c.note(conn, false)
	}
	if _, err := database.Write(first[:n]); err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(conn, database) // ends with either
		conn.Close()
	})
	_, _ = io.Copy(database, conn)
	database.Close()
	back.Wait()
}

func (c *cutter) note(conn net.Conn, listening bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if listening {
		c.listening[conn] = true
	} else {
		delete(c.listening, conn)
	}
}

// cut cuts the connections that listen, without a word, and returns how many.
func (c *cutter) cut() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.listening)
	for conn := range c.listening {
		conn.Close()
	}
	clear(c.listening)
	return n
}

func (c *cutter) close() error {
	err := c.listener.Close()
	c.ended.Wait()
	return err
}
