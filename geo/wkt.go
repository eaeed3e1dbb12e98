package geo

import (
	"math"
	"strconv"
	"strings"
)

// Limits of well-known text. The longest that PROJ writes is some 6 kB with a
// depth of 7.
const (
	wktMaxBytes = 64 << 10
	wktMaxDepth = 16
)

// wktNode is KEYWORD[arg, arg …]. An argument is a string in quotes, a bare
// word or number, or a node.
type wktNode struct {
	keyword string // upper case
	args    []string
	nodes   []*wktNode
}

// wktParser reads WKT 1 or 2 by recursive descent.
type wktParser struct {
	s   string
	pos int
}

// parseWKT returns the first node of s. ESRI writes a vertical CRS behind it,
// after a comma, which is left alone.
func parseWKT(s string) (*wktNode, error) {
	if len(s) > wktMaxBytes {
		return nil, errorf("坐标系描述长达 %d 字节，超过 %d 字节的上限。",
			"The coordinate system's description has %d bytes; the limit is %d.", len(s), wktMaxBytes)
	}
	p := &wktParser{s: s}
	n := p.node(p.word(), 0)
	if n == nil {
		return nil, errorf("坐标系描述（WKT）在第 %d 个字节处有语法错误。",
			"The coordinate system's description (WKT) has a syntax error at byte %d.", p.pos+1)
	}
	return n, nil
}

// space skips white space and returns the next byte, 0 at the end.
func (p *wktParser) space() byte {
	for p.pos < len(p.s) {
		if c := p.s[p.pos]; c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		p.pos++
	}
	return 0
}

// word reads a bare word or number.
func (p *wktParser) word() string {
	p.space()
	start := p.pos
	for p.pos < len(p.s) && !strings.ContainsRune("[](),\" \t\r\n", rune(p.s[p.pos])) {
		p.pos++
	}
	return p.s[start:p.pos]
}

// quoted reads a string in quotes; a doubled quote stands for one.
func (p *wktParser) quoted() (string, bool) {
	p.pos++
	var b strings.Builder
	for p.pos < len(p.s) {
		end := strings.IndexByte(p.s[p.pos:], '"')
		if end < 0 {
			break
		}
		b.WriteString(p.s[p.pos : p.pos+end])
		p.pos += end + 1
		if p.pos >= len(p.s) || p.s[p.pos] != '"' {
			return b.String(), true
		}
		b.WriteByte('"')
		p.pos++
	}
	return "", false
}

// node reads from the bracket behind keyword to its partner; nil is a syntax error.
func (p *wktParser) node(keyword string, depth int) *wktNode {
	open := p.space()
	if keyword == "" || open != '[' && open != '(' || depth > wktMaxDepth {
		return nil
	}
	p.pos++
	n := &wktNode{keyword: strings.ToUpper(keyword)}
	for {
		if !p.argument(n, depth) {
			return nil
		}
		c := p.space()
		p.pos++
		switch {
		case c == ']' && open == '[', c == ')' && open == '(':
			return n
		case c != ',':
			p.pos--
			return nil
		}
	}
}

// argument reads one argument into n.
func (p *wktParser) argument(n *wktNode, depth int) bool {
	if p.space() == '"' {
		s, ok := p.quoted()
		n.args = append(n.args, s)
		return ok
	}
	w := p.word()
	if c := p.space(); c != '[' && c != '(' {
		n.args = append(n.args, w)
		return w != ""
	}
	child := p.node(w, depth+1)
	n.nodes = append(n.nodes, child)
	return child != nil
}

// child returns the first child with one of the keywords, or nil.
func (n *wktNode) child(keywords ...string) *wktNode {
	if n == nil {
		return nil
	}
	for _, c := range n.nodes {
		for _, k := range keywords {
			if c.keyword == k {
				return c
			}
		}
	}
	return nil
}

// arg returns the i-th argument that is no node, "" if there is none.
func (n *wktNode) arg(i int) string {
	if n == nil || i >= len(n.args) {
		return ""
	}
	return n.args[i]
}

// number returns the i-th argument as a number, NaN if it is none.
func (n *wktNode) number(i int) float64 {
	v, err := strconv.ParseFloat(n.arg(i), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
