package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// casesChunk is how many cases of an export are read at a time, so that who reads
// slowly holds no connection to the database.
const casesChunk = 1000

// casesCSV streams all cases that are asked for and that the viewer sees. That it
// was asked for is in the audit before the first of them leaves.
func (s *Server) casesCSV(c *fiber.Ctx) error {
	if err := only(c, caseParams...); err != nil {
		return err
	}
	q, err := caseQuery(c)
	if err != nil {
		return err
	}
	t, err := s.caseTable(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, noStore)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="cases.csv"`)
	if c.Method() == fiber.MethodHead {
		c.Set(fiber.HeaderContentType, csvType)
		return nil
	}
	if err := s.noteCaseExport(c, q); err != nil {
		return err
	}
	v := s.viewer(c)
	return s.stream(c, csvType, func(ctx context.Context, out io.Writer, begun func()) error {
		bw := bufio.NewWriterSize(&firstWrite{out, begun}, 32<<10)
		if err := s.writeCases(ctx, v, q, t, bw); err != nil {
			return err
		}
		return bw.Flush()
	})
}

// noteCaseExport writes down what is exported; not what was looked for in the
// notes, which may be a name.
func (s *Server) noteCaseExport(c *fiber.Ctx, q lintu.CaseQuery) error {
	detail, err := json.Marshal(struct {
		Open     bool          `json:"open,omitempty"`
		Mine     bool          `json:"mine,omitempty"`
		Late     bool          `json:"late,omitempty"`
		States   []lintu.State `json:"states,omitempty"`
		Category string        `json:"category,omitempty"`
		Area     *lintu.ID     `json:"area,omitempty"`
		Unit     *lintu.ID     `json:"unit,omitempty"`
		Head     *lintu.ID     `json:"head,omitempty"`
		Urgency  lintu.Urgency `json:"urgency,omitempty"`
		Rung     lintu.Rung    `json:"rung,omitempty"`
		Source   lintu.Source  `json:"source,omitempty"`
		BBox     *lintu.BBox   `json:"bbox,omitempty"`
		From     *time.Time    `json:"from,omitempty"`
		To       *time.Time    `json:"to,omitempty"`
		ByText   bool          `json:"byText,omitempty"`
	}{q.Open, q.Mine, q.Late, q.States, q.Category, q.Area, q.Unit, q.Head, q.Urgency, q.Rung, q.Source, q.BBox, q.From, q.To, q.Text != ""})
	if err != nil {
		return err
	}
	v := s.viewer(c)
	return s.Audit.Append(c.UserContext(), s.Tenant, lintu.AuditEntry{Actor: v.Name, From: v.From, Act: lintu.ActExport, Kind: "cases", Detail: detail})
}

func (s *Server) writeCases(ctx context.Context, v *lintu.Viewer, q lintu.CaseQuery, t *caseTable, out io.Writer) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil { // so that spreadsheets take it for UTF-8
		return err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true // RFC 4180
	rows := [][]string{t.header()}
	for q.Limit = casesChunk; ; {
		n := 0
		err := s.Cases.EachCase(ctx, v, q, func(found *lintu.CaseView, cursor string) error {
			n++
			q.After = cursor
			rows = append(rows, t.row(found))
			return nil
		})
		if err != nil {
			return err
		}
		if err := w.WriteAll(rows); err != nil { // flushes
			return err
		}
		if n < casesChunk {
			return nil
		}
		rows = rows[:0]
	}
}

// caseTable turns cases into rows in one language, with times in the tenant's zone.
type caseTable struct {
	lang       string
	zone       *time.Location
	categories lintu.Categories
}

func (s *Server) caseTable(c *fiber.Ctx) (*caseTable, error) {
	categories, err := s.Settings.Categories(c.UserContext(), s.Tenant)
	if err != nil {
		return nil, err
	}
	calendar, err := s.Settings.Calendar(c.UserContext(), s.Tenant)
	if err != nil {
		return nil, err
	}
	return &caseTable{lang(c), calendar.Zone, categories}, nil
}

// caseColumns are the columns of an export. Words of people go through lintu.Cell.
var caseColumns = []struct {
	title lintu.Text
	cell  func(t *caseTable, c *lintu.CaseView) string
}{
	{lintu.Text{ZH: "编号", EN: "number"}, func(t *caseTable, c *lintu.CaseView) string { return lintu.Cell(c.Number) }},
	{lintu.Text{ZH: "状态", EN: "state"}, func(t *caseTable, c *lintu.CaseView) string { return t.word("state", string(c.State)) }},
	{lintu.Text{ZH: "类别代码", EN: "category code"}, func(t *caseTable, c *lintu.CaseView) string { return lintu.Cell(c.Category) }},
	{lintu.Text{ZH: "类别", EN: "category"}, func(t *caseTable, c *lintu.CaseView) string { return t.category(c.Category) }},
	{lintu.Text{ZH: "来源", EN: "source"}, func(t *caseTable, c *lintu.CaseView) string { return t.word("source", string(c.Source)) }},
	{lintu.Text{ZH: "紧急程度", EN: "urgency"}, func(t *caseTable, c *lintu.CaseView) string { return t.word("urgency", string(c.Urgency)) }},
	{lintu.Text{ZH: "层级", EN: "rung"}, func(t *caseTable, c *lintu.CaseView) string { return t.word("rung", string(c.Rung)) }},
	{lintu.Text{ZH: "办理方式", EN: "mode"}, func(t *caseTable, c *lintu.CaseView) string { return t.word("mode", string(c.Mode)) }},
	{lintu.Text{ZH: "公开范围", EN: "visibility"}, func(t *caseTable, c *lintu.CaseView) string { return t.word("visibility", string(c.Visibility)) }},
	{lintu.Text{ZH: "说明", EN: "note"}, func(t *caseTable, c *lintu.CaseView) string { return lintu.Cell(c.Note) }},
	{lintu.Text{ZH: "经度", EN: "longitude"}, func(t *caseTable, c *lintu.CaseView) string { return decimal(c.Place.Lon) }},
	{lintu.Text{ZH: "纬度", EN: "latitude"}, func(t *caseTable, c *lintu.CaseView) string { return decimal(c.Place.Lat) }},
	{lintu.Text{ZH: "街道", EN: "street"}, func(t *caseTable, c *lintu.CaseView) string { return areaName(c, lintu.Streets) }},
	{lintu.Text{ZH: "社区", EN: "community"}, func(t *caseTable, c *lintu.CaseView) string { return areaName(c, lintu.Communities) }},
	{lintu.Text{ZH: "网格", EN: "grid"}, func(t *caseTable, c *lintu.CaseView) string { return areaName(c, lintu.Grids) }},
	{lintu.Text{ZH: "责任单位代码", EN: "unit code"}, func(t *caseTable, c *lintu.CaseView) string { return lintu.Cell(handler(c).Code) }},
	{lintu.Text{ZH: "责任单位", EN: "unit"}, func(t *caseTable, c *lintu.CaseView) string { return lintu.Cell(handler(c).Name) }},
	{lintu.Text{ZH: "上报时间", EN: "reported"}, func(t *caseTable, c *lintu.CaseView) string { return t.time(&c.ReportedAt) }},
	{lintu.Text{ZH: "办理时限", EN: "due"}, func(t *caseTable, c *lintu.CaseView) string { return t.time(&c.Clock.Due) }},
	{lintu.Text{ZH: "办结时间", EN: "done"}, func(t *caseTable, c *lintu.CaseView) string { return t.time(c.DoneAt) }},
	{lintu.Text{ZH: "结案时间", EN: "closed"}, func(t *caseTable, c *lintu.CaseView) string { return t.time(c.ClosedAt) }},
	{lintu.Text{ZH: "按时", EN: "on time"}, func(t *caseTable, c *lintu.CaseView) string { return t.yes(c.OnTime) }},
	{lintu.Text{ZH: "居民确认", EN: "confirmed"}, func(t *caseTable, c *lintu.CaseView) string { return t.yes(c.Confirmed) }},
	{lintu.Text{ZH: "满意度", EN: "satisfaction"}, func(t *caseTable, c *lintu.CaseView) string { return count(c.Satisfaction) }},
	{lintu.Text{ZH: "标识", EN: "id"}, func(t *caseTable, c *lintu.CaseView) string { return c.ID.String() }},
}

func (t *caseTable) header() []string {
	titles := make([]string, len(caseColumns))
	for i, column := range caseColumns {
		titles[i] = column.title.In(t.lang)
	}
	return titles
}

func (t *caseTable) row(c *lintu.CaseView) []string {
	cells := make([]string, len(caseColumns))
	for i, column := range caseColumns {
		cells[i] = column.cell(t, c)
	}
	return cells
}

func (t *caseTable) category(code string) string {
	category, _ := t.categories.Find(code)
	return lintu.Cell(category.Title.In(t.lang))
}

func (t *caseTable) word(of, word string) string { return vocabulary[of][word].In(t.lang) }

func (t *caseTable) time(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.In(t.zone).Format(time.RFC3339)
}

func (t *caseTable) yes(is *bool) string {
	switch {
	case is == nil:
		return ""
	case *is:
		return lintu.Text{ZH: "是", EN: "yes"}.In(t.lang)
	}
	return lintu.Text{ZH: "否", EN: "no"}.In(t.lang)
}

// areaName is the name of the area of that layer that the case fell in.
func areaName(c *lintu.CaseView, layer lintu.Layer) string {
	for _, a := range c.Areas {
		if a.Layer == layer {
			return lintu.Cell(a.Name)
		}
	}
	return ""
}

func handler(c *lintu.CaseView) lintu.Handler {
	if c.Handler == nil {
		return lintu.Handler{}
	}
	return *c.Handler
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 7, 64) }

// count is empty for nothing.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
