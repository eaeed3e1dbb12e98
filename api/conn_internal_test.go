package api

import (
	"net"
	"testing"
	"time"
)

// deadlines is a connection that remembers until when writes were allowed.
type deadlines struct {
	net.Conn
	writes []time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.writes = append(d.writes, t)
	return nil
}

func (d *deadlines) Write(p []byte) (int, error) { return len(p), nil }

// TestFaultWriteTimeout: how long an answer takes as a whole is not limited, only
// how long it stands still.
func TestFaultWriteTimeout(t *testing.T) {
	t.Parallel()
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.app.Config().WriteTimeout; got != 0 {
		t.Errorf("answers are cut after %v", got)
	}
	under := &deadlines{}
	c := &conn{Conn: under, home: newListener(nil, s.newClient)}
	for range 3 {
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if len(under.writes) != 3 || under.writes[2].Before(under.writes[0]) {
		t.Errorf("the time to write is not given anew: %v", under.writes)
	}
}
