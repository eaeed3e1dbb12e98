package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// categories answers with everything that a page needs to name and to report a
// case, as the tenant has it.
func (s *Server) categories(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	ctx := c.UserContext()
	tree, err := s.Settings.Categories(ctx, s.Tenant)
	if err != nil {
		return err
	}
	limits, err := s.Settings.Limits(ctx, s.Tenant)
	if err != nil {
		return err
	}
	calendar, err := s.Settings.Calendar(ctx, s.Tenant)
	if err != nil {
		return err
	}
	if tree == nil {
		tree = lintu.Categories{}
	}
	doc := fiber.Map{"categories": tree, "sources": lintu.Sources, "urgencies": lintu.Urgencies, "rungs": lintu.Rungs,
		"states": lintu.States, "stages": lintu.Stages, "acts": lintu.Acts, "limits": limits}
	if warning := calendar.WarnAhead(time.Now(), tree); !warning.IsZero() {
		doc["calendarWarning"] = warning
	}
	content, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	doc["version"] = hex.EncodeToString(sum[:8])
	if content, err = json.Marshal(doc); err != nil {
		return err
	}
	return sendTagged(c, jsonType, content)
}

// outline is what is sent of a case of which the viewer sees no more.
type outline struct {
	ID         lintu.ID            `json:"id"`
	Number     string              `json:"number"`
	State      lintu.State         `json:"state"`
	Category   string              `json:"category"`
	Place      lintu.Place         `json:"place"`
	Areas      []lintu.AreaVersion `json:"areas"`
	Clock      outlineClock        `json:"clock"`
	ReportedAt time.Time           `json:"reportedAt"`
	Since      time.Time           `json:"since"`
}

type outlineClock struct {
	Due time.Time `json:"due"`
}

// caseDoc is a case as it is sent to who sees that much of it.
func caseDoc(v *lintu.CaseView) any {
	areas := v.Areas
	if areas == nil {
		areas = []lintu.AreaVersion{}
	}
	if v.Sight != lintu.Whole {
		return outline{v.ID, v.Number, v.State, v.Category, v.Place, areas, outlineClock{v.Clock.Due}, v.ReportedAt, v.Since}
	}
	doc := *v
	doc.Areas = areas
	if doc.Acts == nil {
		doc.Acts = []lintu.Act{}
	}
	return doc
}

const (
	defaultCases = 100
	maxCases     = 1000
)

func (s *Server) cases(c *fiber.Ctx) error {
	if err := only(c, append([]string{"limit", "after"}, caseParams...)...); err != nil {
		return err
	}
	q, err := caseQuery(c)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", defaultCases, 1, maxCases)
	if err != nil {
		return err
	}
	ctx, v, asOf := c.UserContext(), s.viewer(c), time.Now()
	total, err := s.Cases.CountCases(ctx, v, q)
	if err != nil {
		return err
	}
	q.Limit, q.After = limit+1, c.Query("after") // one more tells whether there is a next page
	docs, last, next := []any{}, "", (*string)(nil)
	err = s.Cases.EachCase(ctx, v, q, func(found *lintu.CaseView, cursor string) error {
		if len(docs) == limit {
			next = &last
			return nil
		}
		docs, last = append(docs, caseDoc(found)), cursor
		return nil
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"cases": docs, "asOf": asOf, "next": next, "total": total})
}

// oneCase is the case of the path.
func (s *Server) oneCase(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	found, err := s.Cases.Case(c.UserContext(), s.viewer(c), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(caseDoc(found))
}

// caseEvents is the history of a case, the first event first.
func (s *Server) caseEvents(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	events, err := s.Cases.History(c.UserContext(), s.viewer(c), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"events": events})
}

// similarDoc is a case near by as it is sent.
type similarDoc struct {
	Case     any     `json:"case"`
	Metres   float64 `json:"metres"`
	Category bool    `json:"sameCategory"`
}

func (s *Server) similarCases(c *fiber.Ctx) error {
	if err := only(c, "lon", "lat", "category", "but"); err != nil {
		return err
	}
	lon, err := degrees(c, "lon", 180)
	if err != nil {
		return err
	}
	lat, err := degrees(c, "lat", 90)
	if err != nil {
		return err
	}
	but, err := idQuery(c, "but")
	if err != nil {
		return err
	}
	found, err := s.Cases.SimilarCases(c.UserContext(), s.viewer(c), lon, lat, c.Query("category"), but)
	if err != nil {
		return err
	}
	docs := make([]similarDoc, len(found))
	for i := range found {
		docs[i] = similarDoc{caseDoc(&found[i].Case), math.Round(found[i].Metres*10) / 10, found[i].Category}
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"similar": docs})
}
