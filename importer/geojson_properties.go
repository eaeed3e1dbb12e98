package importer

import (
	"bytes"
	"fmt"

	"github.com/lintu-map/lintu"
)

// Limits of the properties of features.
const (
	maxColumns     = 1000
	maxColumnBytes = 256
	maxRawBytes    = 64 << 10 // of a property that is a list or an object
	maxCRSBytes    = 4 << 10
	maxIssues      = 8 // of one row
)

// properties reads the object under "properties" into the values of the row.
func (p *geoJSONPass) properties(rec *Record) error {
	p.lex.pos++
	for first := true; ; first = false {
		ok, err := p.lex.member(first)
		if err != nil || !ok {
			return err
		}
		column, err := p.column(rec)
		if err == nil && column >= 0 {
			err = p.property(rec, column)
		} else if err == nil {
			err = p.lex.skip()
		}
		if err != nil {
			return err
		}
	}
}

// column finds or adds the column of the key in the lexer; -1 if its value is
// to be left out.
func (p *geoJSONPass) column(rec *Record) (int, error) {
	key := p.lex.text
	if len(key) > maxColumnBytes {
		p.bad(rec, ruleFeatureInvalid, corrupt("属性名超过 %d 字节", "a property's name is longer than %d bytes", maxColumnBytes))
		return -1, nil
	}
	i, ok := p.byName[string(key)]
	if !ok {
		if len(p.cols) == maxColumns {
			return -1, lintu.Errorf(lintu.CodeTooLarge, "GeoJSON 的属性超过 %d 种；请只保留需要的。",
				"The GeoJSON has more than %d different properties. Keep those that are needed.", maxColumns)
		}
		i = len(p.cols)
		p.byName[string(key)] = i
		name := string(key)
		if discreetNumbers(name) != name {
			name = fmt.Sprintf("column_%d", i+1)
		}
		p.cols = append(p.cols, SourceColumn{Name: name})
		p.seen, p.spans = append(p.seen, 0), append(p.spans, [2]int{})
	}
	if p.seen[i] == p.row+1 {
		p.bad(rec, ruleDuplicateKey, corrupt("属性 %s 出现了两次", "it has the property %s twice", p.cols[i].Name))
		return -1, nil
	}
	p.seen[i] = p.row + 1
	return i, nil
}

// property reads the value of a column.
func (p *geoJSONPass) property(rec *Record, column int) error {
	c, err := p.lex.peek()
	if err != nil {
		return err
	}
	kind := ""
	switch {
	case c == 'n':
		return p.lex.literal("null")
	case c == 't' || c == 'f':
		word := map[byte]string{'t': "true", 'f': "false"}[c]
		p.lex.text = append(p.lex.text[:0], word...)
		kind, err = "boolean", p.lex.literal(word)
	case c == '"':
		kind, err = "string", p.lex.string()
		if p.lex.bad {
			rec.Issues = append(rec.Issues, Issue{Rule: ruleTextUndecodable, Column: p.cols[column].Name, Text: lintu.Say(
				"属性 %s 的值不是合法的 %s 文字", "the value of the property %s is not valid %s", p.cols[column].Name, p.label)})
		}
	case startsNumber(c):
		kind, err = "integer", p.lex.number()
		if bytes.ContainsAny(p.lex.text, ".eE") {
			kind = "number"
		}
	default:
		if err = p.lex.raw(maxRawBytes); err == nil && len(p.lex.text) > maxRawBytes {
			p.bad(rec, ruleFeatureInvalid, corrupt("属性 %s 的值超过 %d 字节", "the value of the property %s is longer than %d bytes", p.cols[column].Name, maxRawBytes))
			return nil
		}
	}
	if err != nil {
		return err
	}
	p.typed(column, kind)
	from := len(p.line)
	p.line = append(p.line, bytes.TrimSpace(p.lex.text)...)
	p.spans[column] = [2]int{from, len(p.line)}
	p.ofRow = append(p.ofRow, column)
	return nil
}

// mixedType marks a column whose values differ in type while it is being read.
const mixedType = "mixed"

// typed widens a column's type by one more value.
func (p *geoJSONPass) typed(column int, kind string) {
	t := &p.cols[column].Type
	numbers := (*t == "integer" || *t == "number") && (kind == "integer" || kind == "number")
	switch {
	case kind == "" || *t == mixedType:
		*t = mixedType
	case *t == "" || *t == kind:
		*t = kind
	case numbers:
		*t = "number"
	default:
		*t = mixedType
	}
}

// values puts the row's values in the order of the columns; they share one
// string.
func (p *geoJSONPass) values(rec *Record) {
	rec.Values = rec.Values[:0]
	for range p.cols {
		rec.Values = append(rec.Values, "")
	}
	all := string(p.line)
	for _, i := range p.ofRow {
		rec.Values[i] = all[p.spans[i][0]:p.spans[i][1]]
	}
}
