package importer

import (
	"errors"
	"io"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// ruleCoordinateInvalid is the rule of rows whose coordinates are no pair of
// numbers.
const ruleCoordinateInvalid = "coordinate-invalid"

// tablePass is one reading of a table.
type tablePass struct {
	*layout
	rows   cells
	strict bool
	label  string
	beyond int64 // rows with cells to the right of the headings
}

func (p *tablePass) columns() []SourceColumn { return p.layout.columns }

func (p *tablePass) notes() []lintu.Text {
	if p.beyond == 0 {
		return nil
	}
	return []lintu.Text{lintu.Say("%d 行在表头右侧还有内容，没有列名，不读取", "%d rows have cells to the right of the headings, which were not read", p.beyond)}
}

// placed reports whether rows can have a place at all.
func (p *tablePass) placed() bool { return p.places.found }

// next goes to the next row below the headings that is not blank.
func (p *tablePass) next(rec *Record) (bool, error) {
	for {
		row, err := p.rows.next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if row.number <= p.headings || row.blank() && len(row.faults) == 0 {
			continue
		}
		rec.Number, rec.Geometry, rec.LooseRings = row.number, nil, false
		rec.Values, rec.Issues = rec.Values[:0], rec.Issues[:0]
		p.take(rec, row)
		return true, nil
	}
}

// take makes a record of a row. All its values share one string.
func (p *tablePass) take(rec *Record, row *cellRow) {
	all, from := string(row.line), 0
	width := len(p.layout.columns)
	for i, to := range row.ends {
		if i < width {
			rec.Values = append(rec.Values, all[from:to])
		}
		from = to
	}
	p.judgeWidth(rec, row, width)
	for len(rec.Values) < width {
		rec.Values = append(rec.Values, "")
	}
	for _, f := range row.faults {
		p.judge(rec, f)
	}
	p.place(rec)
}

func (p *tablePass) judgeWidth(rec *Record, row *cellRow, width int) {
	n := len(row.ends)
	for n > width && len(row.cell(n-1)) == 0 {
		n--
	}
	switch {
	case p.strict && n != width:
		rec.refuse(ruleRowRagged, nil, "这一行有 %d 格，表头有 %d 列", "it has %d cells where there are %d headings", n, width)
	case n > width:
		p.beyond++
	}
}

// judge turns a fault into an issue that holds nothing of the cell.
func (p *tablePass) judge(rec *Record, f cellFault) {
	column := ""
	if f.column >= len(p.layout.columns) {
		return
	}
	if f.column >= 0 {
		column = p.layout.columns[f.column].Name
	}
	issue := Issue{Rule: f.rule, Column: column}
	switch f.rule {
	case ruleTextUndecodable:
		issue.Text = lintu.Say("列 %s 的值不是合法的 %s 文字", "the value of column %s is not valid %s", column, p.label)
	case ruleCellError:
		issue.Text = lintu.Say("列 %s 的公式没有算出结果", "the formula in column %s has no result", column)
	default:
		issue.Text = lintu.Text{ZH: "引号没有成对，或立在格子中间", EN: "a quotation mark has no twin, or stands in the middle of a cell"}
	}
	rec.Issues = append(rec.Issues, issue)
}

// place makes the row's point of its two coordinates.
func (p *tablePass) place(rec *Record) {
	if !p.places.found {
		return
	}
	x, y := rec.Values[p.places.x], rec.Values[p.places.y]
	if x == "" && y == "" {
		return
	}
	lon, okX := parseCoordinate(x)
	lat, okY := parseCoordinate(y)
	if !okX || !okY {
		rec.refuse(ruleCoordinateInvalid, nil, "列 %[1]s 和 %[2]s 不是一对坐标（应是十进制的数）",
			"columns %[1]s and %[2]s are no pair of coordinates (which are decimal numbers)", p.layout.columns[p.places.x].Name, p.layout.columns[p.places.y].Name)
		return
	}
	rec.Geometry = orb.Point{lon, lat}
}
