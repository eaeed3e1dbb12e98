package api

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// No cell of an export is a formula, whatever stands in a case and in the tenant's own
// words: every text of both begins like one here. Longitudes are numbers and stay such.
func TestNoCellIsAFormula(t *testing.T) {
	for _, sign := range []string{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"} {
		var c lintu.CaseView
		fillTexts(reflect.ValueOf(&c).Elem(), sign+"1")
		c.Category, c.Place.Lon = sign+"1", -71.05
		for i := range c.Areas {
			c.Areas[i].Layer = []lintu.Layer{lintu.Streets, lintu.Communities, lintu.Grids}[i]
		}
		words := lintu.Text{ZH: sign + "1", EN: sign + "1"}
		for _, lang := range []string{"zh", "en"} {
			table := caseTable{lang, time.UTC, lintu.Categories{{Code: sign + "1", Title: words}}}
			neutral := 0
			for i, cell := range table.row(&c) {
				if title := caseColumns[i].title.EN; strings.HasPrefix(cell, sign) && title != "longitude" {
					t.Errorf("%s, %s: %q", lang, title, cell)
				}
				if strings.HasPrefix(cell, "'"+sign) {
					neutral++
				}
			}
			if neutral < 9 { // number, code and title of the category, note, three areas, code and name of the unit
				t.Errorf("%q begins %d cells only", sign, neutral)
			}
		}
	}
}

// fillTexts makes every text in a value the same, of slices three.
func fillTexts(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct && v.Type() != reflect.TypeFor[*time.Time]() {
			v.Set(reflect.New(v.Type().Elem()))
			fillTexts(v.Elem(), text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fillTexts(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[time.Time]() && v.Type().Field(i).IsExported() {
				fillTexts(v.Field(i), text)
			}
		}
	}
}
