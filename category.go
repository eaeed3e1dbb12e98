package lintu

import "slices"

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

// of returns the limit of a wait that has one of its own.
func (l Limits) of(w Wait) (Limit, bool) {
	limits := map[Wait]Limit{WaitVerify: l.Verify, WaitDispatch: l.Dispatch, WaitAccept: l.Accept,
		WaitDecide: l.Decide, WaitCheck: l.Check, WaitEvaluate: l.Evaluate}
	limit, ok := limits[w]
	return limit, ok
}
