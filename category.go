package lintu

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Class says whether a category's cases are about things or happenings.
type Class string

// The classes of GB/T 30428.
const (
	Component Class = "component" // 部件: lamp, pipe, wall
	Happening Class = "event"     // 事件
)

// Category is a node of the tenant's class tree; cases have leaves. What it says of
// a case is where the case begins, and can be amended.
type Category struct {
	Code       string     `json:"code"`   // the tenant's own, such as 0105
	Parent     string     `json:"parent"` // code; "" at the root
	Class      Class      `json:"class"`
	Title      Text       `json:"title"`
	Icon       string     `json:"icon"` // of the sprite
	Urgency    Urgency    `json:"urgency"`
	Rung       Rung       `json:"rung"`
	Mode       Mode       `json:"mode"`
	Visibility Visibility `json:"visibility"`
	Limit      Limit      `json:"limit"`
	Usual      bool       `json:"usual,omitempty"`   // offered first on the field page
	Retired    bool       `json:"retired,omitempty"` // no new cases
}

// Categories is a tenant's class tree, parents before children.
type Categories []Category

// Find returns the category of that code.
func (cs Categories) Find(code string) (Category, bool) {
	i := slices.IndexFunc(cs, func(c Category) bool { return c.Code == code })
	if i < 0 {
		return Category{}, false
	}
	return cs[i], true
}

// Leaf is CodeInvalid for a category in which no case can be reported: unknown,
// retired, or a branch.
func (cs Categories) Leaf(code string) (Category, error) {
	c, ok := cs.Find(code)
	if !ok {
		return c, Errorf(CodeInvalid, "没有类别 %q，请从类别表中选择。", "There is no category %q; please choose one of the list.", code)
	}
	if c.Retired || slices.ContainsFunc(cs, func(x Category) bool { return x.Parent == code && !x.Retired }) {
		return c, Errorf(CodeInvalid, "类别 %[1]s（%[2]s）不能直接上报，请选择其下的小类。", "Nothing can be reported as %[1]s (%[3]s) itself; please choose a category below it.", code, c.Title.ZH, c.Title.EN)
	}
	return c, nil
}

// Path returns the code and those of its ancestors, the narrowest first.
func (cs Categories) Path(code string) []string {
	var path []string
	for c, ok := cs.Find(code); ok && len(path) < len(cs); c, ok = cs.Find(c.Parent) {
		path = append(path, c.Code)
	}
	return path
}

// categoriesMost bounds a class tree.
const categoriesMost = 2000

// Check refuses a tree that cannot be read in one way: CodeInvalid.
func (cs Categories) Check() error {
	if len(cs) == 0 || len(cs) > categoriesMost {
		return Errorf(CodeInvalid, "类别表应有 1 到 %d 个类别。", "A list of categories has 1 to %d of them.", categoriesMost)
	}
	seen := map[string]bool{"": true}
	for _, c := range cs {
		if c.Code == "" || seen[c.Code] || !seen[c.Parent] {
			return Errorf(CodeInvalid, "类别 %[1]q 的代码为空、重复，或它的上级 %[2]q 没有排在它前面。",
				"Category %[1]q has no code or one that is there already, or its parent %[2]q does not stand before it.", c.Code, c.Parent)
		}
		seen[c.Code] = true
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Category) check() error {
	_, rung := c.Rung.Next(0)
	switch {
	case c.Class != Component && c.Class != Happening, !isUrgency(c.Urgency), !rung, !isMode(c.Mode), !isVisibility(c.Visibility):
		return Errorf(CodeInvalid, "类别 %s 的大类、紧急程度、层级、办理方式或公开范围不在规定的值之内。",
			"Category %s has a class, urgency, rung, mode or visibility that there is not.", c.Code)
	case c.Title.ZH == "" || c.Title.EN == "":
		return Errorf(CodeInvalid, "类别 %s 没有中文或英文名称。", "Category %s has no title in Chinese or English.", c.Code)
	case !categoryCode.MatchString(c.Code):
		return Errorf(CodeInvalid, "类别代码 %q 应为 1 到 32 个字母、数字、点或连字符。", "The category's code %q must be 1 to 32 letters, digits, points or hyphens.", c.Code)
	case !slices.Contains(CategoryIcons(), c.Icon):
		return Errorf(CodeInvalid, "类别 %[1]s 的图标 %[2]q 不存在；可用：%[3]s。", "Category %[1]s has the icon %[2]q, which there is not; there are: %[3]s.",
			c.Code, c.Icon, strings.Join(CategoryIcons(), ", "))
	}
	return c.Limit.Check()
}

// categoryCode is what codes look like: they stand in addresses and files.
var categoryCode = regexp.MustCompile(`^[0-9A-Za-z.-]{1,32}$`)

// CategoryIcons are the icons that a category can have, those of the default tree.
var CategoryIcons = sync.OnceValue(func() (icons []string) {
	for _, c := range DefaultCategories() {
		if !slices.Contains(icons, c.Icon) {
			icons = append(icons, c.Icon)
		}
	}
	return icons
})

// Limits say how long those a state waits for may take, by Wait, and two periods.
type Limits struct {
	Verify   Limit `json:"verify"`
	Dispatch Limit `json:"dispatch"`
	Accept   Limit `json:"accept"`
	Decide   Limit `json:"decide"`
	Check    Limit `json:"check"`
	Evaluate Limit `json:"evaluate"`
	Reopen   Limit `json:"reopen"`   // since closing or declining
	Escalate Limit `json:"escalate"` // that late, the case climbs by itself
}

// DefaultLimits are those of a new tenant.
var DefaultLimits = Limits{
	Verify: Limit{4, InWorkingHours}, Dispatch: Limit{2, InWorkingHours}, Accept: Limit{4, InWorkingHours},
	Decide: Limit{1, InWorkingDays}, Check: Limit{2, InWorkingDays}, Evaluate: Limit{7, InDays}, Reopen: Limit{15, InDays},
	Escalate: Limit{1, InWorkingDays},
}

// CheckAll refuses limits that are none: CodeInvalid.
func (l Limits) CheckAll() error {
	for _, limit := range []Limit{l.Verify, l.Dispatch, l.Accept, l.Decide, l.Check, l.Evaluate, l.Reopen, l.Escalate} {
		if err := limit.Check(); err != nil {
			return err
		}
	}
	return nil
}

// of returns the limit of a wait that has one of its own.
func (l Limits) of(w Wait) (Limit, bool) {
	limits := map[Wait]Limit{WaitVerify: l.Verify, WaitDispatch: l.Dispatch, WaitAccept: l.Accept,
		WaitDecide: l.Decide, WaitCheck: l.Check, WaitEvaluate: l.Evaluate}
	limit, ok := limits[w]
	return limit, ok
}
