package importer

import (
	"slices"
	"sort"

	"github.com/lintu-map/lintu"
)

// Special sources of a field, where no column is meant.
const (
	SourceRow   = "@row"   // the row's number in the file
	SourceShape = "@shape" // a hash of the geometry: equal shapes have equal codes
)

// Indexes of the special sources in mapping.column.
const (
	fromNothing = -1
	fromRow     = -2
	fromShape   = -3
)

// Scores from which a guess is taken without asking.
const (
	sureRequired = 0.7
	sureOptional = 0.6
	sureBaseCode = 0.85 // base layers do well with @shape
	tooClose     = 0.05 // the runner-up of a required field must be further away
	worthNaming  = 0.2  // below that a column is no candidate
)

// mapping says from which column each import field of a layer comes.
type mapping struct {
	layer  lintu.LayerInfo
	people bool            // names in the file can be persons'
	fields []lintu.Field   // in the order of Row.Values
	column []int           // per field: index of the column, or one of from…
	score  []float64       // per field
	used   map[string]bool // names of the columns that feed a field

	personal       []lintu.Field // of the layer's person
	personalColumn []int         // per personal field: index of the column, or fromNothing
	personalScore  []float64
	personalTitle  []string // the column's name
}

// choice is a column that may feed a field.
type choice struct {
	column int
	score  float64
}

// guessMapping finds the column of each field. people says that names in the
// file can be persons'. said holds what a person answered, field → column, ""
// for none. Questions are what is not certain.
func guessMapping(layer lintu.LayerInfo, people bool, profiles []profile, said map[string]string) (mapping, []lintu.Question, error) {
	m := mapping{layer: layer, people: people, fields: layer.ImportFields()}
	m.column = make([]int, len(m.fields))
	m.score = make([]float64, len(m.fields))
	used := map[int]bool{}
	for i, f := range m.fields {
		m.column[i] = fromNothing
		column, ok := said[f.Name]
		if !ok {
			continue
		}
		c, err := m.said(f, column, profiles)
		if err != nil {
			return m, nil, err
		}
		m.column[i], m.score[i] = c, 1
		used[c] = true
	}
	if err := knownFields(layer, said); err != nil {
		return m, nil, err
	}
	if err := m.guessPersonal(profiles, said, used); err != nil {
		return m, nil, err
	}
	var questions []lintu.Question
	for _, i := range m.byPriority() {
		if _, ok := said[m.fields[i].Name]; ok {
			continue
		}
		if q := m.guess(i, profiles, used); q != nil {
			questions = append(questions, *q)
		}
	}
	m.used = map[string]bool{}
	for _, c := range slices.Concat(m.column, m.personalColumn) {
		if c >= 0 {
			m.used[profiles[c].name] = true
		}
	}
	return m, questions, nil
}

// byPriority lists the fields in the order in which they take their columns.
func (m *mapping) byPriority() []int {
	rank := map[string]int{roleCode: 0, roleHead: 1, roleParent: 2, roleBuilding: 3, roleName: 4}
	order := make([]int, len(m.fields))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		ra, oka := rank[m.fields[order[a]].Name]
		rb, okb := rank[m.fields[order[b]].Name]
		return oka && (!okb || ra < rb)
	})
	return order
}

// guess fills field i, or returns the question to ask.
func (m *mapping) guess(i int, profiles []profile, used map[int]bool) *lintu.Question {
	f := m.fields[i]
	choices := m.rankColumns(f, profiles, used)
	derived := f.Name == roleCode && m.layer.Kind == lintu.KindBase
	sure := sureOptional
	switch {
	case derived:
		sure = sureBaseCode
	case f.Required:
		sure = sureRequired
	}
	if len(choices) > 0 && choices[0].score >= sure {
		near := f.Required && len(choices) > 1 && choices[0].score-choices[1].score < tooClose
		if !near {
			m.column[i], m.score[i] = choices[0].column, choices[0].score
			used[choices[0].column] = true
			return nil
		}
	}
	if derived {
		m.column[i], m.score[i] = fromShape, 1
		return nil
	}
	if !f.Required {
		return nil
	}
	q := m.columnQuestion(f, choices, profiles)
	return &q
}

// rankColumns lists the columns that may feed the field, best first.
func (m *mapping) rankColumns(f lintu.Field, profiles []profile, used map[int]bool) []choice {
	var choices []choice
	for c := range profiles {
		p := &profiles[c]
		if used[c] || p.filled == 0 || p.isPersonal(m.people) {
			continue
		}
		score := columnScore(f, m.layer, p)
		if score >= worthNaming {
			choices = append(choices, choice{c, score})
		}
	}
	sort.SliceStable(choices, func(a, b int) bool { return choices[a].score > choices[b].score })
	return choices
}

// aboutPeople reports whether names in the files of a layer can be persons'.
// While nobody knows the layer they can.
func aboutPeople(layer lintu.LayerInfo, decided bool) bool {
	return !decided || layer.Kind != lintu.KindArea && layer.Kind != lintu.KindBase
}

// columnScore joins what the header says with what the values say.
func columnScore(f lintu.Field, layer lintu.LayerInfo, p *profile) float64 {
	header := headerScore(p.name, f.Name, layer.Name)
	switch f.Name {
	case roleCode:
		return codeScore(header, layer, p)
	case roleName:
		if p.allDigits() > 0.5 {
			return header * 0.2
		}
		if header > 0 && p.share(p.han) > 0.8 && p.unique() {
			header = min(1, header+0.05)
		}
	case roleFloors:
		if p.allDigits() < 0.5 && p.kind != "integer" {
			return header * 0.5
		}
	case roleClass, roleStation:
		return header * classShare(f, layer, p)
	case roleParent, roleHead, roleBuilding:
		if p.share(p.han) > 0.5 {
			return header * 0.3
		}
	}
	return header
}

// codeScore wants codes that are there for every row and different in each.
func codeScore(header float64, layer lintu.LayerInfo, p *profile) float64 {
	plausible := 0.0
	if layer.Kind == lintu.KindArea {
		plausible = p.digitsOf(codeLengths[layer.Level]...)
	}
	switch {
	case plausible <= 0.9:
	case header == 0:
		header = 0.65
	default:
		header = min(1, header+0.05)
	}
	switch {
	case p.unique():
	case p.filled > 0 && float64(p.distinct)/float64(p.filled) > 0.98:
		header *= 0.85
	default:
		header *= 0.15
	}
	if p.share(p.han) > 0.5 {
		header *= 0.3
	}
	return header
}

// codeLengths are the numbers of digits that an area's code can have: GB/T 2260
// for counties, the 12 digits of the statistical code down to communities, and
// what cities append below them.
var codeLengths = map[lintu.Level][]int{
	lintu.LevelCounty:    {6, 12},
	lintu.LevelStreet:    {9, 12},
	lintu.LevelCommunity: {12},
	lintu.LevelGroup:     {12, 14, 15, 16},
	lintu.LevelGrid:      {12, 14, 15, 16, 18},
	lintu.LevelCell:      {15},
}

// classShare says how well the values of a column serve as classes.
func classShare(f lintu.Field, layer lintu.LayerInfo, p *profile) float64 {
	if len(f.Values) == 0 {
		if p.filled > 20 && p.distinct*2 > p.filled {
			return 0.3
		}
		return 1
	}
	known := 0
	for _, v := range p.values {
		if _, ok := translate(f, layer, v); ok {
			known++
		}
	}
	return 0.5 + 0.5*float64(known)/float64(max(1, len(p.values)))
}
