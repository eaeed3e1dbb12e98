package api

import (
	"net"
	"sync"
	"time"

	"github.com/lintu-map/lintu"
)

// Bounds of one stream. What a client has not taken is kept up to subscriberBytes
// beyond what the system buffers; a write of which it takes nothing for
// subscriberStall ends it.
const (
	subscriberBytes  = 1 << 20
	subscriberStall  = 30 * time.Second
	subscriberBuffer = 64 << 10 // of the system
)

// Why a stream ends.
const (
	byeSession = "session" // who listens is no longer who began
	byeSlow    = "slow"    // more than the client takes
	byeStop    = "stop"    // the server stops
)

// subscriber is one open stream. While nothing is sent it holds no buffer and no
// goroutine but the one that waits for the client's end.
type subscriber struct {
	conn     *conn
	hub      *hub
	audience *audience
	session  lintu.ID // or token; zero for a visitor
	who      []string // under which it is counted
	beat     int      // the second of each beatEvery in which it is given a sign of life

	mu      sync.Mutex
	queue   net.Buffers
	size    int  // bytes in the queue and on their way
	held    bool // until what comes first is there
	writing bool
	ending  bool // nothing is added
}

// send adds to what the client will be sent. The bytes must not change afterwards.
// It does not wait.
func (s *subscriber) send(parts ...[]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return
	}
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if s.size+size > subscriberBytes {
		s.hub.cut.Inc()
		s.queue, s.ending = net.Buffers{bye(byeSlow)}, true
	} else {
		s.queue = append(s.queue, parts...)
		s.size += size
	}
	s.flush()
}

// release sends what comes first, and then what has been added meanwhile.
func (s *subscriber) release(first ...[]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(net.Buffers(first), s.queue...)
	s.held = false
	s.flush()
}

// end says why, after what has been added, and closes the connection.
func (s *subscriber) end(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return
	}
	s.queue, s.ending = append(s.queue, bye(why)), true
	s.flush()
}

func (s *subscriber) flush() {
	if !s.held && !s.writing && len(s.queue) > 0 {
		s.writing = true
		go s.write()
	}
}

// write writes until the queue is empty.
func (s *subscriber) write() {
	for {
		s.mu.Lock()
		queue, ending := s.queue, s.ending
		s.queue = nil
		if len(queue) == 0 {
			s.writing = false
			s.mu.Unlock()
			if ending {
				s.close()
			}
			return
		}
		s.mu.Unlock()
		err := s.conn.SetWriteDeadline(time.Now().Add(subscriberStall))
		var n int64
		if err == nil {
			n, err = queue.WriteTo(s.conn.Conn) // in one call of the system, where it can
		}
		if err != nil {
			s.close()
			return
		}
		s.mu.Lock()
		s.size -= int(n)
		s.mu.Unlock()
	}
}

// close ends the connection and the subscription. A second call does nothing.
func (s *subscriber) close() {
	s.mu.Lock()
	s.ending, s.queue = true, nil
	s.mu.Unlock()
	s.hub.leave(s)
	_ = s.conn.Close() // there is nobody to tell
}

func bye(why string) []byte {
	return []byte("event: bye\ndata: {\"why\":\"" + why + "\"}\n\n")
}
