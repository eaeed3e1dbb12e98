package api

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// caseParams select cases, in the list and in the export.
var caseParams = []string{"open", "mine", "state", "category", "area", "unit", "head", "urgency", "rung", "source", "late", "bbox", "from", "to", "text", "order"}

// textRunes bounds what is looked for in notes.
const textRunes = 100

// caseQuery reads what is asked for, but for the page.
func caseQuery(c *fiber.Ctx) (q lintu.CaseQuery, err error) {
	q = lintu.CaseQuery{Category: c.Query("category"), Text: strings.TrimSpace(c.Query("text"))}
	if utf8.RuneCountInString(q.Text) > textRunes {
		return q, lintu.Errorf(lintu.CodeInvalid, "参数 text 最多 %d 个字。", "Parameter text has at most %d characters.", textRunes)
	}
	for name, to := range map[string]*bool{"open": &q.Open, "mine": &q.Mine, "late": &q.Late} {
		if *to, err = flagQuery(c, name); err != nil {
			return q, err
		}
	}
	for name, to := range map[string]**lintu.ID{"area": &q.Area, "unit": &q.Unit, "head": &q.Head} {
		if *to, err = idQuery(c, name); err != nil {
			return q, err
		}
	}
	for name, to := range map[string]**time.Time{"from": &q.From, "to": &q.To} {
		if text := c.Query(name); text != "" {
			t, err := parseInstant(text)
			if err != nil {
				return q, err
			}
			*to = &t
		}
	}
	if text := c.Query("bbox"); text != "" || c.Context().QueryArgs().Has("bbox") {
		if q.BBox, err = parseBBox(text); err != nil {
			return q, err
		}
	}
	switch c.Query("order") {
	case "due":
		q.ByDue = true
	case "", "new":
	default:
		return q, lintu.Errorf(lintu.CodeInvalid, "参数 order 只能是 new 或 due。", "Parameter order is new or due.")
	}
	return q, caseWords(c, &q)
}

// vocabulary are the words of cases and what they are called, by what they say.
var vocabulary = func() map[string]map[string]lintu.Text {
	words := map[string]map[string]lintu.Text{"state": {}, "urgency": {}, "rung": {}, "source": {},
		"mode":       {string(lintu.Direct): {ZH: "直办", EN: "direct"}, string(lintu.Led): {ZH: "领办", EN: "led"}, string(lintu.Joint): {ZH: "联办", EN: "joint"}},
		"visibility": {string(lintu.Public): {ZH: "公开", EN: "public"}, string(lintu.Internal): {ZH: "内部", EN: "internal"}, string(lintu.Restricted): {ZH: "受限", EN: "restricted"}}}
	for _, x := range lintu.States {
		words["state"][string(x.State)] = x.Title
	}
	for _, x := range lintu.Urgencies {
		words["urgency"][string(x.Urgency)] = x.Title
	}
	for _, x := range lintu.Rungs {
		words["rung"][string(x.Rung)] = x.Title
	}
	for _, x := range lintu.Sources {
		words["source"][string(x.Source)] = x.Title
	}
	return words
}()

// caseWords reads the parameters that are words.
func caseWords(c *fiber.Ctx, q *lintu.CaseQuery) error {
	for _, p := range []struct {
		name string
		set  func(word string)
	}{
		{"state", func(word string) { q.States = append(q.States, lintu.State(word)) }},
		{"urgency", func(word string) { q.Urgency = lintu.Urgency(word) }},
		{"rung", func(word string) { q.Rung = lintu.Rung(word) }},
		{"source", func(word string) { q.Source = lintu.Source(word) }},
	} {
		text := c.Query(p.name)
		if text == "" {
			continue
		}
		words := []string{text}
		if p.name == "state" {
			words = strings.Split(text, ",")
		}
		for _, word := range words {
			if _, known := vocabulary[p.name][word]; !known {
				return lintu.Errorf(lintu.CodeInvalid, "参数 %[1]s=%[2]q 无效；可用的值见 /api/v1/categories。",
					"Parameter %[1]s=%[2]q is not valid; /api/v1/categories lists what is.", p.name, word)
			}
			p.set(word)
		}
	}
	return nil
}

func flagQuery(c *fiber.Ctx, name string) (bool, error) {
	switch c.Query(name) {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, lintu.Errorf(lintu.CodeInvalid, "参数 %s 只能是 true 或 false。", "Parameter %s is true or false.", name)
}

// idQuery reads an id; nil where there is none.
func idQuery(c *fiber.Ctx, name string) (*lintu.ID, error) {
	text := c.Query(name)
	if text == "" {
		return nil, nil
	}
	id, err := lintu.ParseID(text)
	return &id, err
}

// degrees reads a longitude or latitude that must be there.
func degrees(c *fiber.Ctx, name string, most float64) (float64, error) {
	x, err := strconv.ParseFloat(c.Query(name), 64)
	if err != nil || !(math.Abs(x) <= most) {
		return 0, lintu.Errorf(lintu.CodeInvalid, "参数 %[1]s 应是 -%[2]v 到 %[2]v 之间的度数。", "Parameter %[1]s must be degrees within -%[2]v to %[2]v.", name, most)
	}
	return x, nil
}
