package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
)

// eye looks at tiles as a client does that keeps what it has seen.
type eye struct {
	*scribbling
	random *rand.Rand
	kept   map[string]view // by server, address and coding
}

// keptMost is how many tiles an eye keeps.
const keptMost = 300

// view is a tile as it was answered.
type view struct {
	tag  string
	lag  string // what the server says of how old it may be; "" is not
	mvt  []byte
	when time.Time // the request began
	by   string    // address of the request, and how it was answered
}

func (r *scribbling) newEye(seed uint64) *eye {
	return &eye{scribbling: r, random: rand.New(rand.NewPCG(r.seed, seed)), kept: map[string]view{}}
}

// codings are what clients take.
var codings = []string{"identity", "gzip", "br", "zstd", "gzip, deflate, br, zstd"}

// address is that of a tile of some layers.
func address(layers []lintu.Layer, t maptile.Tile) string {
	var names []string
	for _, l := range layers {
		names = append(names, string(l))
	}
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", strings.Join(names, ","), t.Z, t.X, t.Y)
}

// tile asks a server, with the tag of what was seen last.
func (e *eye) tile(ctx context.Context, server string, layers []lintu.Layer, t maptile.Tile) (view, error) {
	path, coding := address(layers, t), codings[e.random.IntN(len(codings))]
	key := server + path + " " + coding
	had, again := e.kept[key]
	res, body, began, err := e.ask(ctx, server+path, coding, had.tag)
	if err != nil {
		return view{}, err
	}
	v := view{tag: res.Header.Get("ETag"), lag: res.Header.Get("Lintu-Lag"), when: began, by: fmt.Sprintf("%s%s (%s, had %s) is %s, tag %s", server, path, coding, had.tag, res.Status, res.Header.Get("ETag"))}
	switch {
	case res.StatusCode == http.StatusNotModified && again:
		v.mvt = had.mvt
	case res.StatusCode == http.StatusOK || res.StatusCode == http.StatusNoContent:
		if v.mvt, err = unpack(res.Header.Get("Content-Encoding"), body); err != nil {
			return view{}, fmt.Errorf("%s: %w", v.by, err)
		}
		e.sameTag(path, v)
	case res.StatusCode == http.StatusServiceUnavailable:
		return view{}, fmt.Errorf("%s: %w: %.300s", v.by, errUnavailable, body)
	default:
		return view{}, fmt.Errorf("%s: %.300s", v.by, body)
	}
	if len(e.kept) >= keptMost {
		clear(e.kept)
	}
	e.kept[key] = v
	return v, nil
}

// ask asks until it is not told to wait.
func (e *eye) ask(ctx context.Context, url, coding, tag string) (*http.Response, []byte, time.Time, error) {
	for {
		began := time.Now()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, nil, began, err
		}
		req.Header.Set("Cookie", e.cookies[e.random.IntN(len(e.cookies))])
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.2.%d.%d", e.random.IntN(250), 1+e.random.IntN(250)))
		req.Header.Set("Accept-Encoding", coding)
		if tag != "" {
			req.Header.Set("If-None-Match", tag)
		}
		res, err := browser.Do(req)
		if err != nil {
			return nil, nil, began, err
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusTooManyRequests {
			return res, body, began, err
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return nil, nil, began, err
		}
	}
}

// browser never unpacks by itself.
var browser = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}}

// sameTag checks that equal tags are equal bytes, whoever gave them and when.
func (e *eye) sameTag(path string, v view) {
	if v.tag == "" {
		e.fault("%s: it has no tag", v.by)
		return
	}
	sum := sha256.Sum256(v.mvt)
	hash, key := hex.EncodeToString(sum[:8]), path+" "+v.tag
	e.mu.Lock()
	known, ok := e.tags[key]
	e.tags[key] = hash
	e.mu.Unlock()
	if ok && known != hash {
		e.fault("%s: other bytes had this tag", v.by)
	}
}

func unpack(coding string, body []byte) ([]byte, error) {
	var r io.Reader = bytes.NewReader(body)
	var err error
	switch coding {
	case "", "identity":
	case "gzip":
		r, err = gzip.NewReader(r)
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		var d *zstd.Decoder
		if d, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1)); err == nil {
			defer d.Close()
		}
		r = d
	default:
		err = fmt.Errorf("coding %q was not asked for", coding)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

var errTwice = errors.New("a layer occurs twice")

// layersOf reads a tile; each layer is in it once.
func layersOf(v view) (map[string]*mvt.Layer, error) {
	layers, err := mvt.Unmarshal(v.mvt)
	found := map[string]*mvt.Layer{}
	for _, l := range layers {
		if found[l.Name] != nil {
			err = errTwice
		}
		found[l.Name] = l
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.by, err)
	}
	return found, nil
}
