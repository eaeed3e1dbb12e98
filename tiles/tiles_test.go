package tiles

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

func TestParseCoord(t *testing.T) {
	for _, c := range []struct {
		z, x, y string
		want    lintu.ErrorCode
	}{
		{"0", "0", "0", ""}, {"18", "262143", "262143", ""}, {"19", "0", "0", lintu.CodeNotFound}, {"1", "2", "0", lintu.CodeNotFound},
		{"1", "0", "2", lintu.CodeNotFound}, {"1", "99999999999999999999", "0", lintu.CodeNotFound}, {"", "0", "0", lintu.CodeInvalid},
		{"+1", "0", "0", lintu.CodeInvalid}, {"1", "00", "0", lintu.CodeInvalid}, {"1", " 0", "0", lintu.CodeInvalid},
		{"1", "０", "0", lintu.CodeInvalid}, {"1", strings.Repeat("9", 100), "0", lintu.CodeInvalid},
	} {
		if _, err := ParseCoord(c.z, c.x, c.y); lintu.CodeOf(err) != c.want {
			t.Errorf("%s/%s/%s: %v, want %q", c.z, c.x, c.y, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("grids,households", "3", "1", "2")
	f.Fuzz(func(t *testing.T, names, z, x, y string) {
		if c, err := ParseCoord(z, x, y); err == nil && fmt.Sprintf("%d/%d/%d", c.Z, c.X, c.Y) != z+"/"+x+"/"+y {
			t.Errorf("%q/%q/%q is a second address of %v", z, x, y, c)
		}
		if layers, err := parseLayers(names); err == nil && bits.OnesCount32(uint32(layers)) != strings.Count(names, ",")+1 {
			t.Errorf("%q gives %b", names, layers)
		}
	})
}

// The cache never holds more than it may, and never takes an older version for a newer.
func TestCacheKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 10 * (entryOverhead + 100)
		c, latest := newCache(most), map[address]uint64{}
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			at := address{Coord: Coord{X: rapid.IntRange(0, 15).Draw(t, "x")}}
			serial := rapid.Uint64Range(1, 9).Draw(t, "serial")
			size := func() []byte { return make([]byte, rapid.IntRange(0, most).Draw(t, "size")) }
			e := &entry{address: at, tag: fmt.Sprint(at.X, serial)}
			message := size()
			e.bodies[lintu.Plain].Store(&message)
			c.add(c.put(e, serial), lintu.Gzip, size())
			latest[at] = max(latest[at], serial)
			counted := 0
			for el := c.order.Front(); el != nil; el = el.Next() {
				e := el.Value.(*entry)
				counted += e.size
				size := entryOverhead
				for i := range e.bodies {
					b, _ := e.body(lintu.Coding(i))
					size += len(b)
				}
				if e.size != size || c.byAddress[e.address] != el {
					t.Fatalf("%v is counted with %d bytes and has %d", e.address, e.size, size)
				}
				if e.seen.Load() > latest[e.address] {
					t.Fatalf("%v is said to be of %d, and the latest was %d", e.address, e.seen.Load(), latest[e.address])
				}
			}
			if c.used > most || c.used != counted || len(c.byAddress) != c.order.Len() {
				t.Fatalf("%d bytes, counted as %d, in a cache of %d", counted, c.used, most)
			}
			if kept := c.get(at); kept != nil && kept.tag == e.tag && kept.seen.Load() < serial {
				t.Fatalf("what was current at %d is said to be of %d", serial, kept.seen.Load())
			}
		}
	})
}

func TestFlightsShareOneBuild(t *testing.T) {
	var f flights[string, string]
	var builds atomic.Int32
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			tile, err := f.do(context.Background(), "a", func(context.Context) (string, error) {
				builds.Add(1)
				<-gate
				return "x", nil
			})
			if err != nil || tile != "x" {
				t.Error(tile, err)
			}
		})
	}
	for { // all are aboard before the build ends
		f.mu.Lock()
		aboard := f.open["a"] != nil && f.open["a"].waiting == 20
		f.mu.Unlock()
		if aboard {
			break
		}
	}
	close(gate)
	wg.Wait()
	if builds.Load() != 1 || len(f.open) != 0 {
		t.Errorf("%d builds, %d left open", builds.Load(), len(f.open))
	}
}

func TestFlightEndsWithItsLastPassenger(t *testing.T) {
	var f flights[string, string]
	started, ended := make(chan struct{}), make(chan struct{})
	build := func(ctx context.Context) (string, error) {
		close(started)
		<-ctx.Done()
		close(ended)
		return "", ctx.Err()
	}
	first, leaveFirst := context.WithCancel(context.Background())
	second, leaveSecond := context.WithCancel(context.Background())
	results := make(chan error, 2)
	go func() { _, err := f.do(first, "a", build); results <- err }()
	<-started
	go func() { _, err := f.do(second, "a", build); results <- err }()
	for aboard := false; !aboard; {
		f.mu.Lock()
		aboard = f.open["a"].waiting == 2
		f.mu.Unlock()
	}
	leaveFirst()
	if err := <-results; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	select {
	case <-ended:
		t.Error("the build ended while somebody waited")
	default:
	}
	leaveSecond()
	<-results
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the build goes on for nobody")
	}
}

// Equal messages give equal bytes in each coding, also after others, and each coding
// can be undone.
func TestCompressingIsDeterministic(t *testing.T) {
	message := bytes.Repeat([]byte("a street and its households; "), 1000)
	for c := range lintu.Coding(lintu.Codings) {
		first, err := Compress(message, c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Compress(message[:100], c); err != nil {
			t.Fatal(err)
		}
		again, err := Compress(bytes.Clone(message), c)
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("coding %d: equal messages give different bytes, %v", c, err)
		}
		if got := unpacked(t, first, c); !bytes.Equal(got, message) {
			t.Errorf("coding %d gives %d bytes for %d", c, len(got), len(message))
		}
		if empty, err := Compress(nil, c); err != nil || len(empty) > 0 {
			t.Errorf("coding %d: nothing takes %d bytes, %v", c, len(empty), err)
		}
	}
}

func unpacked(t *testing.T, b []byte, c lintu.Coding) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch c {
	case lintu.Gzip:
		r, err = gzip.NewReader(r)
	case lintu.Brotli:
		r = brotli.NewReader(r)
	case lintu.Zstd:
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
