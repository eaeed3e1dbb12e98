package lintu_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

func TestCategoriesCheck(t *testing.T) {
	t.Parallel()
	if err := lintu.DefaultCategories().Check(); err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]struct {
		change func(lintu.Categories) lintu.Categories
		says   string
	}{
		"none":                     {func(lintu.Categories) lintu.Categories { return nil }, "2000"},
		"a code twice":             {func(cs lintu.Categories) lintu.Categories { cs[2].Code = cs[1].Code; return cs }, "B0101"},
		"no code":                  {func(cs lintu.Categories) lintu.Categories { cs[1].Code = ""; return cs }, `""`},
		"a parent that is missing": {func(cs lintu.Categories) lintu.Categories { cs[1].Parent = "X"; return cs }, `"X"`},
		"a ring":                   {func(cs lintu.Categories) lintu.Categories { cs[0].Parent = cs[1].Code; return cs }, "B01"},
		"itself above itself":      {func(cs lintu.Categories) lintu.Categories { cs[0].Parent = cs[0].Code; return cs }, "B01"},
		"children first":           {func(cs lintu.Categories) lintu.Categories { slices.Reverse(cs); return cs }, "S0904"},
		"an icon that is missing":  {func(cs lintu.Categories) lintu.Categories { cs[1].Icon = "ufo"; return cs }, "ufo"},
		"no English":               {func(cs lintu.Categories) lintu.Categories { cs[1].Title.EN = ""; return cs }, "B0101"},
		"a rung that is missing":   {func(cs lintu.Categories) lintu.Categories { cs[1].Rung = "roof"; return cs }, "B0101"},
		"a code with a slash":      {func(cs lintu.Categories) lintu.Categories { cs[1].Code = "B/1"; return cs }, "B/1"},
		"a limit of nothing":       {func(cs lintu.Categories) lintu.Categories { cs[1].Limit = lintu.Limit{}; return cs }, ""},
	} {
		err := x.change(lintu.DefaultCategories()).Check()
		if lintu.CodeOf(err) != lintu.CodeInvalid || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
