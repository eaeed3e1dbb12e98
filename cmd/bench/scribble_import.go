package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/lintu-map/lintu"
)

// planner brings files to the server of the other process, as the planner of a street
// does: to add, to change, to replace, to look what they would do, and takes them back.
type planner struct {
	*pen
	cookie  string
	made    int // codes
	cases   caseWriter
	before  map[spot]thing // the last batch, while it can be taken back
	last    lintu.ID
	changed []moved
	working string // address of the batch of the last job
}

// write implements author.
func (w *planner) write(ctx context.Context) error {
	for !w.enough() && ctx.Err() == nil {
		w.n++
		var err error
		if w.random.IntN(3) == 0 {
			err = w.bring(ctx)
		} else {
			err = w.cases.change(ctx)
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !w.excuses(err) {
			return fmt.Errorf("%s, operation %d: %w", w.name, w.n, err)
		}
		if err := w.recover(ctx); err != nil {
			return fmt.Errorf("%s, operation %d: %w", w.name, w.n, err)
		}
	}
	return nil
}

// recover waits for the server, and until it is done with what was under way, and
// reads the ground anew.
func (w *planner) recover(ctx context.Context) error {
	w.tally("writers that had to look what became of a change", 1)
	w.before = nil
	for end := time.Now().Add(3 * shakenFor); ; {
		err := w.settled(ctx)
		if err == nil {
			err = w.reread(ctx)
		}
		if err == nil || ctx.Err() != nil || time.Now().After(end) {
			return err
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return nil //nolint:nilerr // the trial has ended
		}
	}
}

// settled waits until the last job has ended, and with it every edit that was under way:
// a server that was killed may leave one to the database that is about to commit.
func (w *planner) settled(ctx context.Context) error {
	at := cmp.Or(w.working, "/api/v1/batches?limit=1")
	for {
		said, err := w.call(ctx, http.MethodGet, at, nil)
		if err != nil {
			return err
		}
		if !bytes.Contains(said, []byte(`"state":"running"`)) {
			break
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	_, err := w.db.Owner().Exec(ctx, `SELECT pg_advisory_xact_lock(1, $1)`, scribbleTenant)
	return err
}

// bulk is how many households a large file brings.
const bulk = 2000

// bring does something with a batch.
func (w *planner) bring(ctx context.Context) error {
	if w.before != nil && w.random.IntN(4) == 0 {
		return w.undo(ctx)
	}
	s := allSpecies[[]int{0, 0, 0, 1, 2, 3, 5, 8}[w.random.IntN(8)]]
	n, replace := 1+w.random.IntN(30), w.random.IntN(4) == 0
	if s.layer == lintu.Households && w.random.IntN(10) == 0 {
		n = bulk
	}
	next, file, changes := w.draw(s, n, replace)
	if len(file) == 0 {
		return nil
	}
	var b struct{ ID lintu.ID }
	if err := w.upload(ctx, s.layer, file, &b); err != nil {
		return err
	}
	at := "/api/v1/batches/" + b.ID.String()
	if err := w.explain(ctx, at, s.layer, replace); err != nil {
		return err
	}
	if w.random.IntN(6) == 0 {
		return w.discard(ctx, at, changes)
	}
	if err := w.job(ctx, at, "apply"); err != nil {
		return err
	}
	w.done.Add(1)
	w.tally(fmt.Sprintf("batches applied, of them replacing: %v", replace), 1)
	w.tally("rows imported", len(file))
	w.before, w.last, w.changed = w.things, b.ID, changes
	w.things = next
	return w.look(ctx, "imported", changes)
}

// draw draws the rows of a file and what is there after it. A file that replaces has
// all that is to stay.
func (w *planner) draw(s species, n int, replace bool) (next map[spot]thing, file []thing, changes []moved) {
	next = maps.Clone(w.things)
	there := map[string]thing{}
	for _, t := range w.things {
		if t.layer == s.layer && !t.gone {
			there[t.code] = t
		}
	}
	if replace {
		for _, t := range there {
			if w.random.IntN(5) > 0 && len(file) < 300 {
				file = append(file, t)
				continue
			}
			gone := t
			gone.gone = true
			next[spot{t.layer, t.code}] = gone
			changes = append(changes, moved{t, gone})
		}
	}
	for range n {
		t, old := w.drawOne(s, there)
		if old.code != "" && next[spot{old.layer, old.code}].gone { // it was left out above
			continue
		}
		file = append(file[:0:0], file...)
		file = without(file, t.code)
		file = append(file, t)
		next[spot{t.layer, t.code}] = t
		changes = append(changes, moved{old, t})
	}
	w.unlinkGone(next)
	return next, file, changes
}

func without(file []thing, code string) []thing {
	var out []thing
	for _, t := range file {
		if t.code != code {
			out = append(out, t)
		}
	}
	return out
}

// drawOne draws a new thing, or a change of one that is there.
func (w *planner) drawOne(s species, there map[string]thing) (t, old thing) {
	if old, ok := anyThing(w.things, s.layer, false, w.random); ok && w.random.IntN(2) == 0 {
		t = there[old.code].with("name", s.named(old.code, fmt.Sprintf("新名%d号", w.random.IntN(3000))))
		if w.random.IntN(2) == 0 {
			t.lon, t.lat = w.place(w.random)
		}
		return t, old
	}
	w.made++
	lon, lat := w.place(w.random)
	t = thing{layer: s.layer, code: fmt.Sprintf("%s%d", w.mark, w.made), lon: lon, lat: lat, half: s.half}
	t = t.with("name", s.named(t.code, fmt.Sprintf("第%d号", w.made)))
	if head, ok := anyThing(w.things, lintu.Heads, false, w.random); ok && s.layer == lintu.Households {
		t = t.with("head", head.code)
	}
	return t, thing{}
}

// unlinkGone takes heads that are no longer there from their households.
func (w *planner) unlinkGone(things map[spot]thing) {
	for at, t := range things {
		if head := t.values["head"]; head != "" && (t.gone || things[spot{lintu.Heads, head}].gone) {
			things[at] = t.with("head", "")
		}
	}
}

func (w *planner) undo(ctx context.Context) error {
	before := w.before
	w.before = nil
	if err := w.job(ctx, "/api/v1/batches/"+w.last.String(), "undo"); err != nil {
		return err
	}
	w.done.Add(1)
	w.tally("batches taken back", 1)
	for at, t := range w.things { // what it brought is gone, and cases went on
		switch was, ok := before[at]; {
		case at.layer == lintu.Cases:
		case ok:
			w.things[at] = was
		default:
			t.gone = true
			w.things[at] = t.with("head", "")
		}
	}
	var back []moved
	for _, m := range w.changed {
		back = append(back, moved{m.new, m.old})
	}
	return w.look(ctx, "taken back", back)
}

func (w *planner) discard(ctx context.Context, at string, changes []moved) error {
	if _, err := w.call(ctx, http.MethodDelete, at, nil); err != nil {
		return err
	}
	w.tally("batches only tried", 1)
	return w.look(ctx, "tried", changes)
}

// upload sends a file; one in ten breaks off and is sent again.
func (w *planner) upload(ctx context.Context, layer lintu.Layer, file []thing, into any) error {
	var features []any
	for _, t := range file {
		properties := map[string]any{"code": t.code, "name": t.values["name"]}
		if layer == lintu.Households {
			properties["head"] = t.values["head"]
		}
		if layer == lintu.Units {
			properties["class"] = "community"
		}
		features = append(features, map[string]any{"type": "Feature", "geometry": t.geoJSON(), "properties": properties})
	}
	content, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return err
	}
	path := fmt.Sprintf("/api/v1/batches?name=%s.geojson", layer)
	if w.random.IntN(10) == 0 {
		w.tally("uploads that broke off", 1)
		if _, err := w.call(ctx, http.MethodPost, path, io.MultiReader(bytes.NewReader(content[:len(content)/2]), brokenOff{})); err == nil {
			return fmt.Errorf("half of a file is taken for whole")
		}
	}
	said, err := w.call(ctx, http.MethodPost, path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	return json.Unmarshal(said, into)
}

// brokenOff is the end of a body that does not come whole.
type brokenOff struct{}

// Read implements io.Reader.
func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// explain answers what the importer asks.
func (w *planner) explain(ctx context.Context, at string, layer lintu.Layer, replace bool) error {
	columns := map[string]string{"code": "code", "name": "name"}
	switch layer {
	case lintu.Households:
		columns["head"] = "head"
	case lintu.Units:
		columns["class"] = "class"
	}
	body, err := json.Marshal(map[string]lintu.Answers{"": {Layer: layer, CRS: "EPSG:4326", Map: columns, CloseMissing: replace}})
	if err == nil {
		_, err = w.call(ctx, http.MethodPut, at+"/answers", bytes.NewReader(body))
	}
	return err
}

// job runs a job on a batch to its end.
func (w *planner) job(ctx context.Context, at, kind string) error {
	w.working = at
	if _, err := w.call(ctx, http.MethodPost, at+"/"+kind, nil); err != nil {
		return err
	}
	for {
		said, err := w.call(ctx, http.MethodGet, at, nil)
		if err != nil {
			return err
		}
		var b struct {
			Job *struct {
				State string
				Error struct{ Code, Detail string }
			}
		}
		if err := json.Unmarshal(said, &b); err != nil {
			return err
		}
		switch {
		case b.Job == nil:
			return fmt.Errorf("%s of %s: the server knows nothing of it", kind, at)
		case b.Job.State == "done":
			return nil
		case b.Job.State == "failed" && b.Job.Error.Code == string(lintu.CodeUnavailable):
			return fmt.Errorf("%s of %s: %w: %s", kind, at, errUnavailable, b.Job.Error.Detail)
		case b.Job.State == "failed":
			return fmt.Errorf("%s of %s: %s", kind, at, b.Job.Error.Detail)
		}
		if err := wait(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// call asks the server, and again where it says that it is too much.
func (w *planner) call(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	return w.callAs(ctx, w.cookie, method, path, body)
}

func (w *planner) callAs(ctx context.Context, cookie, method, path string, body io.Reader) ([]byte, error) {
	var content []byte
	if from, ok := body.(*bytes.Reader); ok {
		content, _ = io.ReadAll(from) // memory
	}
	for {
		if content != nil {
			body = bytes.NewReader(content)
		}
		req, err := http.NewRequestWithContext(ctx, method, w.server+path, body)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Cookie", cookie)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.3.%d.%d", w.random.IntN(250), 1+w.random.IntN(250)))
		res, err := browser.Do(req)
		if err != nil {
			return nil, err
		}
		said, err := io.ReadAll(res.Body)
		res.Body.Close()
		switch {
		case err != nil:
			return nil, err
		case res.StatusCode == http.StatusTooManyRequests:
			if err := wait(ctx, 200*time.Millisecond); err != nil {
				return nil, err
			}
		case res.StatusCode == http.StatusServiceUnavailable:
			return nil, fmt.Errorf("%s %s: %w: %.600s", method, path, errUnavailable, said)
		case res.StatusCode >= 300:
			return nil, fmt.Errorf("%s %s is answered %s: %.600s", method, path, res.Status, said)
		default:
			return said, nil
		}
	}
}

// post sends a document and reads the answer into another.
func (w *planner) post(ctx context.Context, path string, body, into any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	said, err := w.callAs(ctx, w.cookies[w.random.IntN(len(w.cookies))], http.MethodPost, path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	return json.Unmarshal(said, into)
}
