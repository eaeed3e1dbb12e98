package tiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
		if layers, err := ParseLayers(names); err == nil && len(layers) != strings.Count(names, ",")+1 {
			t.Errorf("%q gives %d layers", names, len(layers))
		}
	})
}

// The cache never holds more than it may, and never gives what was put under
// another state.
func TestCacheKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 10 * (entryOverhead + 100)
		c := newCache(most)
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			place, state := rapid.StringOfN(rapid.RuneFrom([]rune("abcdefghijklmnop")), 1, 1, -1).Draw(t, "place"), rapid.SampledFrom([]string{"1", "2"}).Draw(t, "state")
			if tile, ok := c.get(place, state); ok && tile.Hash != place+state {
				t.Fatalf("%s in state %s is %s", place, state, tile.Hash)
			}
			c.put(place, state, &lintu.Tile{Hash: place + state, MVT: make([]byte, rapid.IntRange(0, most).Draw(t, "size"))})
			if c.used > most || len(c.byKey) != c.order.Len() {
				t.Fatalf("%d bytes in a cache of %d", c.used, most)
			}
		}
	})
}

func TestFlightsShareOneBuild(t *testing.T) {
	var f flights
	var builds atomic.Int32
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			tile, err := f.do(context.Background(), "a", func(context.Context) (*lintu.Tile, error) {
				builds.Add(1)
				<-gate
				return &lintu.Tile{Hash: "x"}, nil
			})
			if err != nil || tile.Hash != "x" {
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
	var f flights
	started, ended := make(chan struct{}), make(chan struct{})
	build := func(ctx context.Context) (*lintu.Tile, error) {
		close(started)
		<-ctx.Done()
		close(ended)
		return nil, ctx.Err()
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

func TestEncodeIsDeterministic(t *testing.T) {
	mvt := bytes.Repeat([]byte("abc"), 1000)
	a, err := encode(mvt)
	if err != nil {
		t.Fatal(err)
	}
	b, err := encode(bytes.Clone(mvt))
	if err != nil {
		t.Fatal(err)
	}
	if a.Hash != b.Hash || !bytes.Equal(a.Gzip, b.Gzip) {
		t.Error("equal messages give different tiles")
	}
	if empty, err := encode(nil); err != nil || empty.Gzip != nil {
		t.Error("an empty tile is compressed", err)
	}
}
