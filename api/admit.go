package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// How long answers may be kept. admitted sets one of the first two.
const (
	revalidate = "no-cache"          // kept, but asked for before each use: a 304 costs one look at the change log
	forViewer  = "private, no-cache" // likewise, by the browser of who asked only
	noStore    = "no-store"          // personal data, accounts, what is never the same twice
)

// admitted lets through who has what the route needs, and writes down whom it
// refused.
func (s *Server) admitted(r Route) fiber.Handler {
	handler := r.handler
	if !r.untimed {
		handler = timed(handler)
	}
	if r.asksNobody() {
		return func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderCacheControl, revalidate)
			return handler(c)
		}
	}
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, forViewer)
		vary(c, "Cookie, Authorization")
		if r.away {
			c.Locals(awayKey, true)
		}
		a, err := s.ask(c)
		if err != nil {
			return err
		}
		if err := s.paceViewer(c, a.viewer); err != nil {
			return err
		}
		if err = r.admits(a); err == nil {
			err = handler(c)
		}
		if lintu.CodeOf(err) == lintu.CodeForbidden && !a.fromMemory { // else there is no audit to write to
			s.noteRefusal(a.viewer, r)
		}
		return err
	}
}

// admits is CodeUnauthenticated for a visitor and CodeForbidden for others who
// have not what the route needs.
func (r Route) admits(a *asker) error {
	switch {
	case a.mustChange() && !r.AtFirst:
		return lintu.Errorf(lintu.CodeForbidden, "请先修改一次性密码，然后再使用。", "Change the one-time password first; nothing else works before.")
	case r.Need == Anyone:
		return nil
	case !a.viewer.SignedIn():
		return lintu.Errorf(lintu.CodeUnauthenticated, "请先登录。", "Please sign in.")
	case r.InPerson && !a.inPerson():
		return lintu.Errorf(lintu.CodeForbidden, "访问令牌不能做这件事，请登录后操作。", "A token cannot do this; please sign in.")
	case r.Need == SignedIn:
		return nil
	case r.Need == CaseRight && (a.viewer.May(lintu.SeeCases) || a.viewer.May(lintu.ReportCases)):
		return nil
	case !a.viewer.May(lintu.Right(r.Need)):
		return lintu.Errorf(lintu.CodeForbidden, "您的角色没有此项权限：%s。", "Your roles do not give the right to this: %s.", r.Need)
	}
	return nil
}

// refusals counts the refused requests of an account to a route, of which the
// first of a minute is written to the audit.
type refusals struct {
	mu   sync.Mutex
	runs map[refusalKey]*refusalRun
}

type refusalKey struct{ actor, method, path string }

type refusalRun struct {
	since   time.Time
	repeats int // since then, not written
}

const (
	refusalPeriod = time.Minute
	refusalRuns   = 10000
)

// note reports whether to write a refusal at that time, and how many since the
// last written one were not.
func (f *refusals) note(key refusalKey, now time.Time) (write bool, repeats int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	run := f.runs[key]
	if run != nil && now.Sub(run.since) < refusalPeriod {
		run.repeats++
		return false, 0
	}
	if run != nil {
		repeats = run.repeats
	}
	if len(f.runs) >= refusalRuns { // more accounts than any place has: forget what they repeated
		f.runs = nil
	}
	if f.runs == nil {
		f.runs = map[refusalKey]*refusalRun{}
	}
	f.runs[key] = &refusalRun{since: now}
	return true, repeats
}

// noteRefusal writes to the audit that somebody signed in was refused. The
// reader's leaving does not prevent it.
func (s *Server) noteRefusal(v *lintu.Viewer, r Route) {
	if !v.SignedIn() {
		return
	}
	write, repeats := s.refusals.note(refusalKey{v.Name, r.Method, r.Path}, time.Now())
	if !write {
		return
	}
	detail, err := json.Marshal(struct {
		Route   string `json:"route"`
		Repeats int    `json:"repeats,omitempty"` // before, unwritten
	}{r.Method + " " + r.Path, repeats})
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		err = s.Audit.Append(ctx, s.Tenant, lintu.AuditEntry{Actor: v.Name, From: v.From, Act: lintu.ActRefuse, Kind: "route", Detail: detail})
	}
	if err != nil {
		s.Log.Error("a refusal is not in the audit", slog.String("actor", v.Name), slog.String("route", r.Method+" "+r.Path), slog.Any("error", err))
	}
}
