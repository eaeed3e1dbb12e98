package api_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// happened is one event of a stream.
type happened struct {
	Name, ID, Data string
}

// listening is a client of the stream.
type listening struct {
	t      testing.TB
	res    *http.Response
	events chan happened // closed at the end of the stream
	last   string        // id, of the last event taken
}

// listen opens the stream and takes hello.
func (b *bundle) listen(path string, headers ...string) *listening {
	b.t.Helper()
	l := b.open(path, headers...)
	if e := l.next(); e.Name != "hello" {
		b.t.Fatalf("the stream begins with %+v", e)
	}
	return l
}

// open opens the stream.
func (b *bundle) open(path string, headers ...string) *listening {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "GET", b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != 200 {
		content, _ := readAnswer(res)
		b.t.Fatalf("%d %s", res.StatusCode, content)
	}
	l := &listening{t: b.t, res: res, events: make(chan happened, 10000)}
	b.t.Cleanup(l.close)
	go l.read()
	return l
}

// read takes the stream apart, as browsers do.
func (l *listening) read() {
	defer close(l.events)
	lines := bufio.NewScanner(l.res.Body)
	lines.Buffer(nil, 1<<20)
	var e happened
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			e.Name = value
		case "data":
			e.Data = value
		case "id":
			e.ID = value
		case "":
			l.events <- e
			e.Name, e.Data = "", "" // the id stays
		}
	}
}

func (l *listening) close() { _ = l.res.Body.Close() }

// next is the next event; signs of life are passed over. An end is no event.
func (l *listening) next() happened {
	l.t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case e, ok := <-l.events:
			if !ok {
				return happened{Name: "end"}
			}
			if l.last = e.ID; e.Data != "" {
				return e
			}
		case <-late:
			l.t.Fatal("nothing is told for 20 s")
		}
	}
}

// pin is the next event, which must be a case.
func (l *listening) pin() lintu.Pin {
	l.t.Helper()
	e := l.next()
	var p lintu.Pin
	if err := json.Unmarshal([]byte(e.Data), &p); e.Name != "case" || err != nil {
		l.t.Fatalf("%+v: %v", e, err)
	}
	return p
}

// expect takes the next event, of that name and with that in its data.
func (l *listening) expect(name, data string) {
	l.t.Helper()
	if e := l.next(); e.Name != name || !strings.Contains(e.Data, data) {
		l.t.Fatalf("got %+v, want %s with %s", e, name, data)
	}
}

// ends passes over everything until the stream ends, and returns the last event.
func (l *listening) ends() happened {
	l.t.Helper()
	var last happened
	for e := l.next(); e.Name != "end"; e = l.next() {
		last = e
	}
	return last
}

// someone is an account with a session, as the server knows it and as a viewer.
type someone struct {
	viewer *lintu.Viewer
	cookie string
	login  string
}

// someone makes an account with roles.
func (b *bundle) someone(login string, roles ...string) someone {
	b.t.Helper()
	_, secret := b.signedIn(tenant, login, roles...)
	session, err := sql.NewAccounts(b.db, sql.AccountsConfig{}).Session(b.t.Context(), tenant, secret)
	if err != nil {
		b.t.Fatal(err)
	}
	return someone{&lintu.Viewer{Tenant: tenant, Account: session.Account, Grants: session.Grants, Public: lintu.PublicByDefault(),
		Name: "user:" + session.Account.String()}, b.cookie(secret), session.Login}
}

// Where cases of the tests are: in grid W000, and in W009 which is of another
// community.
var (
	inW000 = lintu.Place{Lon: 113.51, Lat: 28.005, Placed: lintu.ByMap}
	inW009 = lintu.Place{Lon: 113.69, Lat: 28.005, Placed: lintu.ByMap}
)

// report stores a case.
func (b *bundle) report(by someone, at lintu.Place, change ...func(*lintu.NewCase)) *lintu.CaseView {
	b.t.Helper()
	n := lintu.NewCase{ID: lintu.NewID(), Category: "B0501", Place: at, At: time.Now(), Note: "围墙倾斜", Source: lintu.FromPatrol}
	for _, f := range change {
		f(&n)
	}
	c, _, err := b.db.Report(b.t.Context(), tenant, n, lintu.Asker{Viewer: by.viewer})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// act does something to a case.
func (b *bundle) act(by someone, c *lintu.CaseView, act lintu.Act, change ...func(*lintu.Action)) *lintu.CaseView {
	b.t.Helper()
	a := lintu.Action{ID: lintu.NewID(), Act: act, Note: "已看过"}
	for _, f := range change {
		f(&a)
	}
	after, err := b.db.Act(b.t.Context(), tenant, c.ID, a, lintu.Asker{Viewer: by.viewer})
	if err != nil {
		b.t.Fatal(err)
	}
	return after
}

// visible makes an action amend who may know of the case.
func visible(v lintu.Visibility) func(*lintu.Action) {
	return func(a *lintu.Action) { a.Visibility = &v }
}
