package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// auditParams select entries, in the list and in the export.
var auditParams = []string{"from", "to", "actor", "act", "kind", "address", "alerts"}

// auditDoc is an entry with the login of the account that acted.
type auditDoc struct {
	lintu.AuditEntry
	Login string `json:"login,omitempty"`
}

// auditQuery reads what is asked for. An actor without a colon is a login.
func (s *Server) auditQuery(c *fiber.Ctx, logins map[string]string) (q lintu.AuditQuery, err error) {
	q = lintu.AuditQuery{Actor: c.Query("actor"), Act: c.Query("act"), Kind: c.Query("kind"), Address: c.Query("address")}
	for name, at := range map[string]**time.Time{"from": &q.From, "to": &q.To} {
		if text := c.Query(name); text != "" {
			t, err := parseInstant(text)
			if err != nil {
				return q, err
			}
			*at = &t
		}
	}
	switch c.Query("alerts") {
	case "true":
		q.Alerts = true
	case "", "false":
	default:
		return q, lintu.Errorf(lintu.CodeInvalid, "参数 alerts 只能是 true 或 false。", "Parameter alerts is true or false.")
	}
	for actor, login := range logins {
		if strings.EqualFold(login, q.Actor) {
			q.Actor = actor
			break
		}
	}
	return q, nil
}

// logins are the logins of the accounts by their names in the audit.
func (s *Server) logins(ctx context.Context) (map[string]string, error) {
	list, err := s.Registrar.Accounts(ctx, s.Tenant)
	names := make(map[string]string, len(list))
	for _, a := range list {
		names["user:"+a.ID.String()] = a.Login
	}
	return names, err
}

func (s *Server) audit(c *fiber.Ctx) error {
	if err := only(c, append([]string{"before", "limit"}, auditParams...)...); err != nil {
		return err
	}
	logins, err := s.logins(c.UserContext())
	if err != nil {
		return err
	}
	q, err := s.auditQuery(c, logins)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", 100, 1, 1000)
	if err != nil {
		return err
	}
	if text := c.Query("before"); text != "" {
		if q.After, err = strconv.ParseInt(text, 10, 64); err != nil || q.After < 1 {
			return lintu.Errorf(lintu.CodeInvalid, "参数 before 应为正整数。", "Parameter before is a positive whole number.")
		}
	}
	q.Limit = limit + 1 // one more tells whether there is a next page
	docs := []auditDoc{}
	err = s.Audit.EachEntry(c.UserContext(), s.Tenant, q, func(e lintu.AuditEntry) error {
		docs = append(docs, auditDoc{e, logins[e.Actor]})
		return nil
	})
	if err != nil {
		return err
	}
	var next *int64
	if len(docs) > limit {
		docs = docs[:limit]
		next = &docs[limit-1].Seq
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"entries": docs, "next": next})
}

// auditCSV streams all entries that are asked for. That it was asked for is in
// the audit before the first of them leaves.
func (s *Server) auditCSV(c *fiber.Ctx) error {
	if err := only(c, auditParams...); err != nil {
		return err
	}
	logins, err := s.logins(c.UserContext())
	if err != nil {
		return err
	}
	q, err := s.auditQuery(c, logins)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="audit.csv"`)
	if c.Method() == fiber.MethodHead {
		c.Set(fiber.HeaderContentType, csvType)
		return nil
	}
	if err := s.noteExport(c, q); err != nil {
		return err
	}
	return s.stream(c, csvType, func(ctx context.Context, out io.Writer, begun func()) error {
		bw := bufio.NewWriterSize(&firstWrite{out, begun}, 32<<10)
		if err := s.writeAudit(ctx, q, logins, bw); err != nil {
			return err
		}
		return bw.Flush()
	})
}

const csvType = "text/csv; charset=utf-8"

// noteExport writes down what is exported.
func (s *Server) noteExport(c *fiber.Ctx, q lintu.AuditQuery) error {
	detail, err := json.Marshal(struct {
		From    *time.Time `json:"from,omitempty"`
		To      *time.Time `json:"to,omitempty"`
		Actor   string     `json:"actor,omitempty"`
		Act     string     `json:"act,omitempty"`
		Kind    string     `json:"kind,omitempty"`
		Address string     `json:"address,omitempty"`
		Alerts  bool       `json:"alerts,omitempty"`
	}{q.From, q.To, q.Actor, q.Act, q.Kind, q.Address, q.Alerts})
	if err != nil {
		return err
	}
	v := s.viewer(c)
	return s.Audit.Append(c.UserContext(), s.Tenant, lintu.AuditEntry{Actor: v.Name, From: v.From, Act: lintu.ActExport, Kind: "audit", Detail: detail})
}

// auditChunk is how many entries of an export are read at a time, so that who
// reads slowly holds no connection to the database.
const auditChunk = 5000

// loginColumn is where an export has the actor's login: behind the actor.
const loginColumn = 3

func (s *Server) writeAudit(ctx context.Context, q lintu.AuditQuery, logins map[string]string, out io.Writer) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil { // so that spreadsheets take it for UTF-8
		return err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true // RFC 4180
	rows := [][]string{slices.Insert(slices.Clone(lintu.AuditColumns), loginColumn, "login")}
	for q.Limit = auditChunk; ; {
		n := 0
		err := s.Audit.EachEntry(ctx, s.Tenant, q, func(e lintu.AuditEntry) error {
			n++
			q.After = e.Seq
			rows = append(rows, slices.Insert(e.Record(), loginColumn, lintu.Cell(logins[e.Actor])))
			return nil
		})
		if err != nil {
			return err
		}
		if err := w.WriteAll(rows); err != nil { // flushes
			return err
		}
		if n < auditChunk {
			return nil
		}
		rows = rows[:0]
	}
}

// verification is what the last look at the whole audit found, nil if it found
// a fault or has not ended.
type verification = atomic.Pointer[lintu.AuditHead]

// verifyJob is the job's place among those of batches, none of which has this id.
var verifyJob lintu.ID

func (s *Server) verifyAudit(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	run, err := s.jobs.begin(verifyJob, "verify")
	if err != nil {
		return err
	}
	s.verified.Store(nil)
	id := requestID(c)
	go func() {
		err := s.guardStream(id, func() error {
			head, err := s.Audit.VerifyAudit(s.jobs.ctx, s.Tenant, s.jobs.progress(run))
			if err == nil {
				s.verified.Store(&head)
			}
			return err
		})
		if lintu.CodeOf(err) == lintu.CodeInternal && !errors.Is(err, context.Canceled) {
			s.Log.Error("job failed", slog.String("kind", "verify"), slog.Any("error", err))
		}
		s.jobs.end(run, err)
	}()
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(fiber.StatusAccepted).JSON(fiber.Map{"job": s.jobs.of(verifyJob)})
}

func (s *Server) verifiedAudit(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	job := s.jobs.of(verifyJob)
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"job": job, "head": s.verified.Load()})
}
