package lintu

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed category_default.txt
var categoryText string

// DefaultCategories are those of a new tenant.
func DefaultCategories() Categories {
	var tree Categories
	for line := range strings.Lines(categoryText) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		tree = append(tree, tree.read(line))
	}
	return tree
}

// read reads a line of the tree. A leaf's code begins with its parent's, which stands
// above it and says what the leaf leaves open.
func (cs Categories) read(line string) Category {
	cells := strings.Split(line, "|")
	c := Category{Code: cells[0], Class: Component}
	if strings.HasPrefix(c.Code, "S") {
		c.Class = Happening
	}
	if parent, ok := cs.Find(c.Code[:3]); ok {
		c = parent
		c.Code, c.Parent, c.Usual = cells[0], parent.Code, false
	}
	c.Title = Text{cells[1], cells[2]}
	fill(&c.Icon, cells[3])
	fill(&c.Urgency, Urgency(cells[4]))
	fill(&c.Rung, Rung(cells[5]))
	fill(&c.Mode, Mode(cells[6]))
	fill(&c.Visibility, Visibility(cells[7]))
	c.Limit = readLimit(cells[8])
	c.Usual = cells[9] == "*"
	return c
}

func fill[T ~string](to *T, from T) {
	if from != "" {
		*to = from
	}
}

// readLimit reads 3d, 4h, 1D, 24H or 0.
func readLimit(s string) Limit {
	units := map[byte]LimitUnit{'h': InWorkingHours, 'd': InWorkingDays, 'H': InHours, 'D': InDays, '0': SameDay}
	unit, ok := units[s[len(s)-1]]
	if !ok {
		panic(fmt.Sprintf("category_default.txt: time limit %q", s))
	}
	if unit == SameDay {
		return Limit{Unit: SameDay}
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil {
		panic(fmt.Sprintf("category_default.txt: time limit %q", s))
	}
	return Limit{N: n, Unit: unit}
}
