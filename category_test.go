package lintu_test

import (
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

func TestDefaultCategories(t *testing.T) {
	tree := lintu.DefaultCategories()
	usual := 0
	for i, c := range tree {
		if j := slices.IndexFunc(tree, func(x lintu.Category) bool { return x.Code == c.Code }); j != i {
			t.Errorf("%s stands there twice", c.Code)
		}
		if _, ok := tree[:i].Find(c.Parent); c.Parent != "" && !ok {
			t.Errorf("%s stands before its parent %s", c.Code, c.Parent)
		}
		if c.Title.ZH == "" || c.Title.EN == "" || c.Icon == "" || c.Urgency == "" || c.Rung == "" || c.Mode == "" || c.Visibility == "" {
			t.Errorf("%s leaves something open: %+v", c.Code, c)
		}
		if err := c.Limit.Check(); err != nil {
			t.Errorf("%s: %v", c.Code, err)
		}
		if c.Usual {
			usual++
		}
	}
	if _, err := tree.Leaf("B05"); lintu.CodeOf(err) != lintu.CodeInvalid {
		t.Errorf("a branch can be reported: %v", err)
	}
	wall, err := tree.Leaf("B0501")
	if err != nil || wall.Class != lintu.Component || wall.Parent != "B05" || wall.Rung != lintu.RungCommunity {
		t.Errorf("the wall is %+v, %v", wall, err)
	}
	if lift, _ := tree.Find("S0602"); lift.Visibility != lintu.Restricted {
		t.Error("a dispute is not restricted")
	}
	if path := tree.Path("B0501"); !slices.Equal(path, []string{"B0501", "B05"}) {
		t.Errorf("the path is %v", path)
	}
	if usual < 8 || usual > 24 {
		t.Errorf("%d are usual", usual)
	}
}
