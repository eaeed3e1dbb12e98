package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/lintu-map/lintu"
)

// Limits of a table.
const (
	maxTableColumns = 1000
	topRows         = 30  // among which the headings are looked for
	layoutRows      = 200 // that show what is a coordinate
)

// tableFile is a table of cells that can be read any number of times.
type tableFile interface {
	// rows begins with the first row. Tables that know their encoding ignore c.
	rows(c charset) (cells, error)
	// strict says that every row has as many cells as there are headings.
	strict() bool
}

// cells yields rows until io.EOF. Its other errors are *lintu.Errors.
type cells interface {
	// next returns a row that is valid until the next call.
	next() (*cellRow, error)
}

// cellRow is one row as it stands in the file: text in UTF-8, trimmed.
type cellRow struct {
	number int64  // as spreadsheet programs count: from 1, headings and blank rows too
	line   []byte // of all cells, one behind the other
	ends   []int
	faults []cellFault
}

// cellFault is what is wrong with a cell, or with the row where column is -1.
type cellFault struct {
	column int
	rule   string
}

func (r *cellRow) reset(number int64) {
	r.number, r.line, r.ends, r.faults = number, r.line[:0], r.ends[:0], r.faults[:0]
}

func (r *cellRow) fault(column int, rule string) {
	if len(r.faults) < maxIssues {
		r.faults = append(r.faults, cellFault{column, rule})
	}
}

// add appends a cell.
func (r *cellRow) add(text []byte) {
	from := len(r.line)
	r.line = append(r.line, text...)
	r.close(from)
}

// close ends the cell whose text was appended from there on.
func (r *cellRow) close(from int) {
	kept := bytes.TrimSpace(r.line[from:])
	r.line = append(r.line[:from], kept...)
	r.ends = append(r.ends, len(r.line))
}

func (r *cellRow) cell(i int) []byte {
	if i >= len(r.ends) {
		return nil
	}
	from := 0
	if i > 0 {
		from = r.ends[i-1]
	}
	return r.line[from:r.ends[i]]
}

func (r *cellRow) blank() bool { return len(r.line) == 0 }

func (r *cellRow) filled() int {
	n := 0
	for i := range r.ends {
		if len(r.cell(i)) > 0 {
			n++
		}
	}
	return n
}

func (r *cellRow) clone() *cellRow {
	c := *r
	c.line, c.ends, c.faults = slices.Clone(r.line), slices.Clone(r.ends), slices.Clone(r.faults)
	return &c
}

// tabular is a sheet of cells read as a dataset.
type tabular struct {
	title   string // of the dataset, for people
	file    tableFile
	charset charset // the default of a pass
}

// layout is where things stand in a table.
type layout struct {
	headings int64 // the number of the row of headings
	columns  []SourceColumn
	hidden   int // headings that are not shown
	above    int // rows above the headings that are none
	places   placeColumns
}

// newTable describes a table. Whatever can be read of it is a layer of points.
func newTable(d *Dataset, f tableFile, c charset) error {
	t := &tabular{title: d.Name, file: f, charset: c}
	d.Count, d.Shape = -1, lintu.Point
	l, err := t.layout(c)
	if err != nil {
		return err
	}
	d.Columns, d.open = l.columns, t.pass
	if l.above > 0 {
		d.note("表头在第 %d 行；它上面的行没有读取", "the headings are in row %d; what stands above them was not read", l.headings)
	}
	if l.hidden > 0 {
		d.note("%d 个列名像个人信息，改用列号称呼", "%d headings look like personal data; these columns are called by their number", l.hidden)
	}
	if !l.places.note.IsZero() {
		d.Notes = append(d.Notes, l.places.note)
	}
	return nil
}

// layout reads the top of the table under an encoding.
func (t *tabular) layout(c charset) (*layout, error) {
	rows, err := t.file.rows(c)
	if err != nil {
		return nil, err
	}
	top, err := readTop(rows)
	if err != nil {
		return nil, t.noHeadings(err)
	}
	l := &layout{headings: top.head().number, above: top.at}
	if err := t.name(l, top.head()); err != nil {
		return nil, err
	}
	var sample [][]string
	for _, row := range top.rows[top.at+1:] {
		sample = append(sample, l.values(row))
	}
	for len(sample) < layoutRows {
		row, err := rows.next()
		if err != nil && !isData(err) {
			return nil, err
		}
		if err != nil {
			break // a fault further down is for those who read all rows
		}
		if !row.blank() {
			sample = append(sample, l.values(row))
		}
	}
	l.places = findPlaces(l.columns, sample)
	return l, nil
}

// values are the texts of a row below the headings.
func (l *layout) values(row *cellRow) []string {
	values := make([]string, len(l.columns))
	for i := range values {
		values[i] = string(row.cell(i))
	}
	return values
}

var errNoHeadings = errors.New("no row of headings")

// noHeadings says that a table has no first row to name its columns by.
func (t *tabular) noHeadings(err error) error {
	if !errors.Is(err, errNoHeadings) {
		return err
	}
	return lintu.Errorf(lintu.CodeInvalid, "表 %s 没有表头：请在数据上方用一行写出各列的名称（至少两列，名称各不相同）。",
		"The table %s has no row of headings. Write the names of its columns into a row above the data: two at least, and different ones.", t.title)
}

// tableTop are the first rows of a table that are not blank.
type tableTop struct {
	rows []*cellRow
	at   int // of the headings
}

func (t *tableTop) head() *cellRow { return t.rows[t.at] }

// readTop finds the row of headings: the first that is at least half as wide as
// the widest of the top. What stands above it is a title.
func readTop(rows cells) (*tableTop, error) {
	var top []*cellRow
	width := 0
	for len(top) < topRows {
		row, err := rows.next()
		if errors.Is(err, io.EOF) || isData(err) && len(top) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.blank() {
			continue
		}
		top = append(top, row.clone())
		width = max(width, row.filled())
	}
	for i, row := range top {
		if 2*row.filled() < width {
			continue
		}
		if width < 2 || !readsLikeHeadings(row) {
			break
		}
		return &tableTop{top, i}, nil
	}
	return nil, errNoHeadings
}

// readsLikeHeadings refuses rows that are data: numbers, things that occur twice,
// numbers of telephones or of people.
func readsLikeHeadings(row *cellRow) bool {
	seen := map[string]bool{}
	numbers := 0
	for i := range row.ends {
		v := string(row.cell(i))
		if v == "" {
			continue
		}
		if seen[v] || holdsMobile(v) || holdsCitizenNumber(v) {
			return false
		}
		seen[v] = true
		if _, digits := onlyDigits(plainNumber(v)); digits {
			numbers++
		}
	}
	return 2*numbers <= len(seen)
}

// name names the columns. Headings that are empty are numbered, and so are those
// that may be a person's name: they would be shown.
func (t *tabular) name(l *layout, head *cellRow) error {
	n := len(head.ends)
	for n > 0 && len(head.cell(n-1)) == 0 && !t.file.strict() {
		n--
	}
	if n > maxTableColumns {
		return lintu.Errorf(lintu.CodeTooLarge, "表 %s 有 %d 列，最多 %d 列；请只保留要导入的列。",
			"The table %s has %d columns, and %d at most can be read. Keep only those to import.", t.title, n, maxTableColumns)
	}
	taken := map[string]bool{}
	for i := range n {
		name := cleanText(string(head.cell(i)))
		if name != "" && !knownHeading(name) && readsLikePerson(name) {
			name = ""
			l.hidden++
		}
		if name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		name = clip(name, sampleMaxRunes)
		for k, base := 2, name; taken[name]; k++ {
			name = fmt.Sprintf("%s_%d", base, k)
		}
		taken[name] = true
		l.columns = append(l.columns, SourceColumn{Name: name, Type: "string"})
	}
	return nil
}

// plainHeadings are headings of tables that begin like a surname.
var plainHeadings = wordSet(`高程 高度 金额 方向 方位 方位角 方式 程度 任务 石材 水源 白天 龙头 温度 万元 房号 房间 房屋 房产 单价 经办 经纬 车牌 车位 常住 常住人口 时间 时长 计数 项目 安全 成员 成分 成绩 应急 易地 广播 文化 文化程度 党员 党费 党龄 党派`)

// knownHeading reports whether a heading is a word that headings are made of.
func knownHeading(name string) bool {
	h := foldHeader(name)
	if personalHeaders[h] || systemHeaders[h] || plainHeadings[h] || isHeadingOf(h) {
		return true
	}
	for _, l := range lintu.Layers {
		for _, role := range []string{roleCode, roleName, roleParent, roleHead, roleBuilding, roleClass, roleStation, roleFloors, roleAddress} {
			if headerScore(name, role, l.Name) > 0 {
				return true
			}
		}
	}
	return false
}

// pass starts to read under an encoding; "" is the default.
func (t *tabular) pass(encoding string) (pass, error) {
	c := t.charset
	if encoding != "" {
		var err error
		if c, err = charsetOf(encoding); err != nil {
			return nil, err
		}
	}
	l, err := t.layout(c)
	if err != nil {
		return nil, err
	}
	rows, err := t.file.rows(c)
	if err != nil {
		return nil, err
	}
	return &tablePass{layout: l, rows: rows, strict: t.file.strict(), label: c.label}, nil
}
