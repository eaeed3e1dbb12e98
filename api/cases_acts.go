package api

import (
	"log/slog"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// caseBytes bounds the body of a report or an act: its words, ids and phases.
const caseBytes = 64 << 10

// readCaseJSON is readJSON for what is done to cases.
func readCaseJSON(c *fiber.Ctx, v any) error {
	if len(smallBody(c)) > caseBytes {
		return tooLarge(caseBytes)
	}
	return readJSON(c, v)
}

// durably answers with a case as it is after what was sent is stored.
func durably(c *fiber.Ctx, status int, v *lintu.CaseView) error {
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.Status(status).JSON(fiber.Map{"case": caseDoc(v), "durable": true})
}

// reportCase stores a pin. The same again is answered like the first time, so
// that a phone can send it until it has had the answer.
func (s *Server) reportCase(c *fiber.Ctx) error {
	var said lintu.NewCase
	if err := readCaseJSON(c, &said); err != nil {
		return err
	}
	found, _, err := s.Cases.Report(c.UserContext(), s.Tenant, said, lintu.Asker{Viewer: s.viewer(c)})
	if err != nil {
		return err
	}
	c.Location("/api/v1/cases/" + said.ID.String())
	status := fiber.StatusCreated
	if found.Again {
		status = fiber.StatusOK
	}
	return durably(c, status, found)
}

func (s *Server) actOnCase(c *fiber.Ctx) error {
	var said lintu.Action
	if err := readCaseJSON(c, &said); err != nil {
		return err
	}
	if said.ID.IsZero() {
		return noActionID()
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	found, err := s.Cases.Act(c.UserContext(), s.Tenant, id, said, lintu.Asker{Viewer: s.viewer(c)})
	if err != nil {
		return err
	}
	return durably(c, fiber.StatusOK, found)
}

func noActionID() error {
	return lintu.Errorf(lintu.CodeInvalid, "缺少操作编号 id（UUIDv7）。", "The act has no id (UUIDv7).")
}

// maxActs is on how many cases can be acted at once.
const maxActs = 200

// acted is what became of one of many.
type acted struct {
	Case  lintu.ID `json:"case"`
	OK    bool     `json:"ok,omitempty"`
	Error *problem `json:"error,omitempty"`
}

// actOnCases does the same to many cases, to each by itself: that one refuses does
// not keep it from the others, and the whole can be sent again.
func (s *Server) actOnCases(c *fiber.Ctx) error {
	var said struct {
		Cases  []lintu.ID
		Action lintu.Action
	}
	if err := readCaseJSON(c, &said); err != nil {
		return err
	}
	switch {
	case said.Action.ID.IsZero():
		return noActionID()
	case len(said.Cases) == 0 || len(said.Cases) > maxActs:
		return lintu.Errorf(lintu.CodeInvalid, "请列出 1 到 %d 个案卷（cases）。", "List 1 to %d cases (cases).", maxActs)
	case said.Action.Seq != nil:
		return lintu.Errorf(lintu.CodeInvalid, "批量操作不能带 seq：每个案卷的进展不同。", "seq cannot be given for many cases: each has its own.")
	}
	results := make([]acted, len(said.Cases))
	for i, id := range said.Cases {
		results[i] = s.actOnOne(c, id, said.Action)
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"results": results})
}

func (s *Server) actOnOne(c *fiber.Ctx, id lintu.ID, a lintu.Action) acted {
	a.ID = a.ID.With(id)
	_, err := s.Cases.Act(c.UserContext(), s.Tenant, id, a, lintu.Asker{Viewer: s.viewer(c)})
	if err == nil {
		return acted{Case: id, OK: true}
	}
	p := problemOf(err, lang(c))
	if p.Status == http.StatusInternalServerError {
		s.Log.LogAttrs(c.UserContext(), slog.LevelError, "act failed", slog.String("id", requestID(c)), slog.String("case", id.String()), slog.Any("error", err))
	}
	return acted{Case: id, Error: &p}
}

// unmaskContact answers with how to reach who reported the case.
func (s *Server) unmaskContact(c *fiber.Ctx) error {
	var said struct {
		Purpose lintu.Purpose
		Why     string
	}
	if err := readJSON(c, &said); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	contact, err := s.Cases.Contact(c.UserContext(), s.viewer(c), id, said.Purpose, said.Why)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"contact": contact})
}
