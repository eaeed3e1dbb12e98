package lintu

import "time"

// Rule says which unit must act: for cases of a category and those below it, in an
// area, on a rung. What is empty holds for all.
type Rule struct {
	ID        ID        `json:"id"`
	Number    int       `json:"number"` // for people, given by the server, never used twice
	Category  string    `json:"category,omitempty"`
	Area      *AreaRef  `json:"area,omitempty"`
	Rung      Rung      `json:"rung,omitempty"`
	Unit      Handler   `json:"unit"`
	Note      string    `json:"note,omitempty"`
	ChangedAt time.Time `json:"changedAt"`
	Gone      bool      `json:"gone,omitempty"` // its unit or its area is no longer there: it holds for nothing
}

// RuleNoteRunes bounds the note of a rule.
const RuleNoteRunes = 200

// Routed is where a pin belongs and who must act.
//
// Of the rules that hold, that with the narrowest category wins, among those the one
// with the narrowest area, then one that names the rung, then the lowest number.
// A rule whose unit is no longer there is passed over. Where none holds, the locality answers (属地兜底): on the rung of neighbors the
// neighbor head, else the unit of class community that stands in the community, of
// several the one with the lowest code; on the rungs above it nobody does. Where there
// is none, or the point is outside every area, the dispatcher decides.
type Routed struct {
	Areas   []AreaVersion `json:"areas"`           // wide to narrow; of two that share the border it lies on, the one with the lower code
	Doubt   []AreaRef     `json:"doubt,omitempty"` // communities and grids that the accuracy's circle reaches beside those
	Head    *HeadRef      `json:"head,omitempty"`  // of the nearest household within NearestHousehold
	Handler *Handler      `json:"handler,omitempty"`
	Rule    *Rule         `json:"rule,omitempty"` // nil where the locality answers
	Why     Text          `json:"why"`            // “规则 17：路灯（B0101）· 福禄巷北社区 → …”
}

// NearestHousehold is how far a case's neighbor head may be looked for, in metres.
const NearestHousehold = 200

// DoubtMetres is the widest circle for which Doubt is said: what is less accurate may
// be anywhere, and a list of areas would say nothing.
const DoubtMetres = 500

// Uncovered is a category in which cases can be reported and a community, where no
// rule holds for cases on the category's own rung.
type Uncovered struct {
	Category string  `json:"category"`
	Area     AreaRef `json:"area"`
	Fallback bool    `json:"fallback"` // the locality would answer; else the dispatcher
}
