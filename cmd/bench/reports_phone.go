package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/lintu-map/lintu"
)

// kept is a report that a phone keeps until the server has said that it is durable.
type kept struct {
	report lintu.NewCase
	body   []byte // as it is sent each time
	photos map[lintu.ID][]byte
	number string // that it was given
}

// phone is a grid worker's phone.
type phone struct {
	to      string // address of the proxy
	cookie  string
	address string // that it seems to come from
	outbox  []*kept
	client  *http.Client

	acked   *atomic.Int64 // of all phones
	retries *atomic.Int64
}

// noteMark is in every report's words, to look for in logs.
const noteMark = "围墙往外倾"

// fill puts n reports into the outbox, around a place.
func (p *phone) fill(n int, lon, lat float64, category string) error {
	for i := range n {
		k := &kept{photos: map[lintu.ID][]byte{}}
		k.report = lintu.NewCase{ID: lintu.NewID(), Category: category, At: time.Now().Add(-time.Duration(i) * time.Minute),
			Place: lintu.Place{Lon: lon + rand.Float64()*0.004, Lat: lat + rand.Float64()*0.004, Accuracy: 8, Placed: lintu.ByGPS},
			Note:  fmt.Sprintf("%s，第 %d 处 %s", noteMark, i+1, p.address), Source: lintu.FromPatrol}
		for range []int{0, 1, 1, 1, 1, 1, 2, 1, 1, 3}[rand.IntN(10)] {
			picture, err := snapshot()
			if err != nil {
				return err
			}
			id := lintu.NewID()
			k.photos[id], k.report.Photos = picture, append(k.report.Photos, id)
		}
		var err error
		if k.body, err = json.Marshal(k.report); err != nil {
			return err
		}
		p.outbox = append(p.outbox, k)
	}
	return nil
}

// snapshot is a picture like no other: a small one or, of ten, one of some 100 kB.
func snapshot() ([]byte, error) {
	side := 24
	if rand.IntN(10) == 0 {
		side = 240
	}
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = byte(rand.Uint32())
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90})
	return b.Bytes(), err
}

// send empties the outbox, each report after its photos, and gives up only with ctx
// or when the server refuses what it should take.
func (p *phone) send(ctx context.Context) error {
	for _, k := range p.outbox {
		for id, picture := range k.photos {
			var said lintu.Photo
			if err := p.until(ctx, http.MethodPut, "/api/v1/photos/"+id.String(), picture, &said); err != nil {
				return err
			}
			if said.ID != id || said.Bytes != int64(len(picture)) {
				return fmt.Errorf("photo %s of %d bytes is answered with %s of %d", id, len(picture), said.ID, said.Bytes)
			}
		}
		var said struct {
			Case    lintu.Case
			Durable bool
		}
		if err := p.until(ctx, http.MethodPost, "/api/v1/cases", k.body, &said); err != nil {
			return err
		}
		if said.Case.ID != k.report.ID || !said.Durable {
			return fmt.Errorf("report %s is answered with %s, durable %v", k.report.ID, said.Case.ID, said.Durable)
		}
		k.number = said.Case.Number
		p.acked.Add(1)
	}
	return nil
}

// Backoff of a phone: full jitter below a bound that doubles.
const (
	backoffLeast = 50 * time.Millisecond
	backoffMost  = 4 * time.Second
	patience     = 10 * time.Second // for one answer
)

// until sends until there is an answer that says yes.
func (p *phone) until(ctx context.Context, method, path string, body []byte, said any) error {
	for bound := backoffLeast; ; bound = min(2*bound, backoffMost) {
		wait, err := p.try(ctx, method, path, body, said)
		if err != nil || wait < 0 {
			return err
		}
		p.retries.Add(1)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(max(wait, time.Duration(rand.Int64N(int64(bound))))):
		}
	}
}

// try sends once. It returns how long to wait at least before the next time, -1 where
// there need be none; an error where the server refuses.
func (p *phone) try(ctx context.Context, method, path string, body []byte, said any) (wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.to+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.GetBody = nil
	req.Header.Set("Cookie", p.cookie)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("X-Forwarded-For", p.address)
	res, err := p.client.Do(req)
	if err != nil {
		return 0, nil // cut
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return 0, nil // cut
	case res.StatusCode == http.StatusOK || res.StatusCode == http.StatusCreated:
		return -1, json.Unmarshal(answer, said)
	case later(res.StatusCode):
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After")) // 0 where it is not said
		return min(time.Duration(seconds)*time.Second, backoffMost), nil
	}
	return 0, fmt.Errorf("%s %s is answered %s: %.300s", method, path, res.Status, answer)
}
