package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// tileMeasure measures tiles of a town.
type tileMeasure struct {
	*tileTown
	each time.Duration // that each figure is measured at least
}

// answers are what the tiles of a list hold, to be compared: their features.
type answers []int

// figures are what one tile cost, as the mean over a list.
type figures struct {
	cpu       cpu
	tiles     int // of the list
	asked     int
	perSecond float64
	p50, p99  time.Duration
	bytes     float64
	features  float64
}

// The ways to make a tile.
const (
	wayAsMVT    = "ST_AsMVT alone"
	wayDatabase = "lintu by PostGIS"
	wayMemory   = "lintu in memory"
	wayGzip     = "lintu in memory, gzip"
)

func waysOf(source string) []string {
	if source == fromMemory {
		return []string{wayMemory, wayGzip}
	}
	return []string{wayDatabase}
}

// errLate is the error where the database is not done in the time that lintu gives a
// statement.
var errLate = errors.New("the database took too long")

// tileClient asks one server for tiles, one after the other over one connection.
type tileClient struct {
	http    http.Client
	base    string
	coding  string
	tokens  []string
	asked   int
	scratch bytes.Buffer
}

func (m *tileMeasure) client(address, coding string) *tileClient {
	return &tileClient{base: "http://" + address, coding: coding, tokens: m.tokens,
		http: http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1}}}
}

func tilePath(layer lintu.Layer, c maptile.Tile) string {
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layer, c.Z, c.X, c.Y)
}

// headers say who asks. They change from one request to the next, because nobody may ask
// for thousands of tiles a second.
func (c *tileClient) headers(h http.Header) {
	n := c.asked
	c.asked++
	h.Set("Authorization", "Bearer "+c.tokens[n%len(c.tokens)])
	h.Set("X-Forwarded-For", forwardedFor(n))
	h.Set("Accept-Encoding", c.coding)
}

func forwardedFor(n int) string { return fmt.Sprintf("198.18.%d.%d", n/200%200, 1+n%200) }

// get returns a tile, which is lent until the next call. A tile in which there is
// nothing is empty.
func (c *tileClient) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	c.headers(req.Header)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	c.scratch.Reset()
	if _, err := c.scratch.ReadFrom(res.Body); err != nil {
		return nil, err
	}
	got := res.Header.Get("Content-Encoding")
	switch {
	case res.StatusCode == http.StatusNoContent && c.scratch.Len() == 0:
	case res.StatusCode == http.StatusServiceUnavailable:
		return nil, fmt.Errorf("%s: %w: %.200s", path, errLate, c.scratch.Bytes())
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %d %.200s", path, res.StatusCode, c.scratch.Bytes())
	case c.coding == "gzip" && got != "gzip" || c.coding != "gzip" && got != "":
		return nil, fmt.Errorf("%s: Accept-Encoding %s was answered with %q", path, c.coding, got)
	}
	return c.scratch.Bytes(), nil
}

// check asks for all tiles of a list and compares how many features they hold with
// what is wanted; nil wants nothing yet. It also compares the compressed ones.
func (m *tileMeasure) check(ctx context.Context, d *drawer, s subject, zoom int, want answers) (answers, error) {
	raw, packed := m.client(d.address, "identity"), m.client(d.address, "gzip")
	defer raw.http.CloseIdleConnections()
	defer packed.http.CloseIdleConnections()
	var got answers
	for _, c := range m.lists[zoom] {
		path := tilePath(s.layer.Name, c)
		mvt, err := raw.get(ctx, path)
		if err != nil {
			return nil, err
		}
		n, err := countFeatures(mvt)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		got = append(got, n)
		if len(mvt) == 0 {
			continue
		}
		body, err := packed.get(ctx, path)
		if err == nil {
			err = unpacksTo(body, mvt)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return got, m.compare(s, zoom, got, want)
}

// compare compares how many features tiles hold with what is wanted; nil wants nothing.
func (m *tileMeasure) compare(s subject, zoom int, got, want answers) error {
	for i, c := range m.lists[zoom] {
		if want != nil && !s.equal(got[i], want[i]) {
			return fmt.Errorf("%s, %s: %d features, where there were %d", s.title, tilePath(s.layer.Name, c), got[i], want[i])
		}
	}
	return nil
}

// equal reports whether a tile holds what is wanted. A polygon that reaches a unit or so
// into the buffer at a corner may be drawn by one and not by another: of a hundred, one
// may be missing.
func (s subject) equal(n, want int) bool {
	if s.layer.Shape == lintu.Point {
		return n == want
	}
	return max(n, want)-min(n, want) <= 1+want/100
}

func unpacksTo(packed, mvt []byte) error {
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	unpacked, err := io.ReadAll(zr)
	if err == nil && !bytes.Equal(unpacked, mvt) {
		err = errors.New("compressed it is another tile")
	}
	return err
}

// clientsMost is how many ask at once, where the list is long enough that they do not
// meet at a tile.
const clientsMost = 4

// ask measures a server over HTTP: clients go through the list, each from another place,
// as often as it takes.
func (m *tileMeasure) ask(ctx context.Context, d *drawer, s subject, zoom int, way string) (figures, error) {
	coding := "identity"
	if way == wayGzip {
		coding = "gzip"
	}
	list := m.lists[zoom]
	asked := make([]askedTiles, max(1, min(clientsMost, len(list)/10)))
	return d.measure(len(list), func() (askedTiles, error) {
		group, ctx := errgroup.WithContext(ctx)
		until := time.Now().Add(m.each)
		for i := range asked {
			group.Go(func() error {
				client := m.client(d.address, coding)
				client.asked = i * 1000 // as others
				defer client.http.CloseIdleConnections()
				from := i * len(list) / len(asked)
				return asked[i].ask(ctx, client, s.layer.Name, slices.Concat(list[from:], list[:from]), until)
			})
		}
		err := group.Wait()
		var all askedTiles
		for _, a := range asked {
			all.Took, all.Bytes = append(all.Took, a.Took...), all.Bytes+a.Bytes
		}
		return all, err
	})
}

// askedTiles are how long tiles took, and how large they were together; where they are
// counted, also the features of each.
type askedTiles struct {
	Took     []time.Duration
	Bytes    int
	Features answers
	Late     string // why they were not made in time; "" if they were
}

// ask asks for whole lists until it is time, at least for one.
func (a *askedTiles) ask(ctx context.Context, client *tileClient, layer lintu.Layer, list maptile.Tiles, until time.Time) error {
	for len(a.Took) == 0 || time.Now().Before(until) {
		for _, c := range list {
			start := time.Now()
			body, err := client.get(ctx, tilePath(layer, c))
			if err != nil {
				return err
			}
			a.Took = append(a.Took, time.Since(start))
			a.Bytes += len(body)
		}
	}
	return nil
}

// measure does some work and says what one tile of it cost.
func (d *drawer) measure(tiles int, work func() (askedTiles, error)) (figures, error) {
	before, err := d.accounts.used()
	if err != nil {
		return figures{}, err
	}
	start := time.Now()
	asked, err := work()
	if err != nil {
		return figures{}, err
	}
	elapsed := time.Since(start)
	after, err := d.accounts.used()
	if err != nil {
		return figures{}, err
	}
	n := float64(len(asked.Took))
	f := figures{cpu: after.sub(before).without(d.idle.scaled(elapsed.Seconds())).scaled(1 / n), tiles: tiles, asked: len(asked.Took),
		perSecond: n / elapsed.Seconds(), bytes: float64(asked.Bytes) / n}
	f.p50, f.p99 = halfAndMost(asked.Took)
	return f, nil
}

// halfAndMost are the 50th and the 99th of a hundred.
func halfAndMost(took []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[min(len(took)-1, int(share*float64(len(took))))] }
	return at(0.5), at(0.99)
}

// countFeatures counts the features of all layers of a vector tile: fields 2 of its
// fields 3.
func countFeatures(mvt []byte) (n int, err error) {
	err = eachField(mvt, func(field uint64, layer []byte) error {
		if field != 3 {
			return nil
		}
		return eachField(layer, func(field uint64, _ []byte) error {
			if field == 2 {
				n++
			}
			return nil
		})
	})
	return n, err
}

var errTorn = errors.New("the tile is no protobuf message")

// eachField calls yield with the number of each field of a protobuf message, and with
// its content where it has a length.
func eachField(b []byte, yield func(field uint64, content []byte) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return errTorn
		}
		b = b[n:]
		v, n := binary.Uvarint(b)
		if n <= 0 || tag&7 != 0 && tag&7 != 2 || tag&7 == 2 && v > uint64(len(b)-n) {
			return errTorn
		}
		b = b[n:]
		var content []byte
		if tag&7 == 2 {
			content, b = b[:v], b[v:]
		}
		if err := yield(tag>>3, content); err != nil {
			return err
		}
	}
	return nil
}
