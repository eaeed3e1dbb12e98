package lintu

import (
	"slices"
	"strings"
)

// Role is what a person is in the neighbourhood's work. One person may hold
// several, each for a place and a period.
type Role string

// The roles.
const (
	RoleViewer        Role = "viewer"
	RoleDispatcher    Role = "dispatcher"
	RolePlanner       Role = "planner"
	RoleGridWorker    Role = "grid_worker"
	RoleNeighborHead  Role = "neighbor_head"
	RoleUnitMember    Role = "unit_member"
	RoleChecker       Role = "checker"
	RoleAuditor       Role = "auditor"
	RoleAdministrator Role = "administrator"
)

// Right is one thing that a role may do.
type Right string

// The rights.
const (
	SeeUnits       Right = "see_units"            // responsible units on the map
	SeeHouseholds  Right = "see_households"       // households, neighbor heads and who looks after whom on the map
	SeePersons     Right = "see_persons"          // persons of a household or head, masked; find them by exact name or phone
	UnmaskPersons  Right = "unmask_persons"       // read them in full, for a stated purpose
	ReportCases    Right = "report_cases"         // drop pins; see one's own
	SeeCases       Right = "see_cases"            // cases, but restricted ones
	SeeRestricted  Right = "see_restricted_cases" // disputes too
	VerifyCases    Right = "verify_cases"         // say that a report is so, or take it on the spot
	HandleCases    Right = "handle_cases"         // accept, do and report done what one's unit or post has
	DispatchCases  Right = "dispatch_cases"       // give cases to units, decide what these ask for
	CheckCases     Right = "check_cases"          // look whether what is said to be done is done
	HoldMeetings   Right = "hold_meetings"        // bench meetings and their ledger
	ManageRules    Right = "manage_rules"         // routing rules, categories, time limits, calendar, doors
	Import         Right = "import"               // bring in files, apply them and take them back
	ReadAudit      Right = "read_audit"           // search, verify and export the audit
	ManageAccounts Right = "manage_accounts"      // make and disable accounts, grant roles
	ReadMetrics    Right = "read_metrics"         // figures of operation
)

// RightInfo declares a right.
type RightInfo struct {
	Right Right `json:"right"`
	Title Text  `json:"title"`
}

// Rights declares every right, in the order in which they are shown.
var Rights = []RightInfo{
	{SeeUnits, Text{"看责任单位", "see responsible units"}},
	{SeeHouseholds, Text{"看户、邻长和联户", "see households, neighbor heads and assignments"}},
	{SeePersons, Text{"看脱敏的个人信息", "see masked personal data"}},
	{UnmaskPersons, Text{"说明用途后看完整个人信息", "unmask personal data for a purpose"}},
	{ReportCases, Text{"上报案卷", "report cases"}},
	{SeeCases, Text{"看案卷", "see cases"}},
	{SeeRestricted, Text{"看受限案卷（纠纷）", "see restricted cases (disputes)"}},
	{VerifyCases, Text{"核实立案、当场直办", "verify cases, take them on the spot"}},
	{HandleCases, Text{"办理案卷", "handle cases"}},
	{DispatchCases, Text{"派遣、审批、督办", "dispatch, decide and supervise cases"}},
	{CheckCases, Text{"核查结案", "check cases before closing"}},
	{HoldMeetings, Text{"主持议事会、记台账", "hold bench meetings and keep their ledger"}},
	{ManageRules, Text{"管理派遣规则、类别、时限和入口码", "manage routing rules, categories, time limits and doors"}},
	{Import, Text{"导入和撤回数据", "import and take back"}},
	{ReadAudit, Text{"查审计", "read the audit"}},
	{ManageAccounts, Text{"管理账号和角色", "manage accounts and roles"}},
	{ReadMetrics, Text{"看运行指标", "read metrics"}},
}

// ScopeKind says what a role is held for.
type ScopeKind string

// The kinds of scope.
const (
	Everywhere ScopeKind = "everywhere" // the whole jurisdiction
	ForArea    ScopeKind = "area"
	ForUnit    ScopeKind = "unit"
	ForHead    ScopeKind = "head" // the households that a neighbor head looks after
)

// RoleInfo declares a role: what it may do and what it can be held for.
type RoleInfo struct {
	Role   Role        `json:"role"`
	Title  Text        `json:"title"`
	Held   []ScopeKind `json:"held"`
	Rights []Right     `json:"rights"`
}

// Roles is the one table of who may do what. The server's checks, the pages and
// the matrix in docs/roles.md are all derived from it.
//
// An administrator keeps accounts and sees no household: who can grant a right
// does not hold it by that, and granting it to oneself stands in the audit.
var Roles = []RoleInfo{
	{RoleViewer, Text{"大屏观看者", "viewer"}, []ScopeKind{Everywhere, ForArea},
		[]Right{SeeUnits, SeeHouseholds, SeeCases}},
	{RoleDispatcher, Text{"调度员", "dispatcher"}, []ScopeKind{Everywhere, ForArea},
		[]Right{SeeUnits, SeeHouseholds, SeePersons, UnmaskPersons, ReportCases, SeeCases, SeeRestricted, VerifyCases, DispatchCases, CheckCases, HoldMeetings, ManageRules}},
	{RolePlanner, Text{"规划员", "planner"}, []ScopeKind{Everywhere, ForArea},
		[]Right{SeeUnits, SeeHouseholds, SeePersons, Import, SeeCases, ManageRules}},
	{RoleGridWorker, Text{"网格员", "grid worker"}, []ScopeKind{ForArea},
		[]Right{SeeUnits, SeeHouseholds, SeePersons, UnmaskPersons, ReportCases, SeeCases, SeeRestricted, VerifyCases, HandleCases, HoldMeetings}},
	{RoleNeighborHead, Text{"邻长", "neighbor head"}, []ScopeKind{ForHead},
		[]Right{SeeUnits, SeeHouseholds, SeePersons, UnmaskPersons, ReportCases, SeeCases, VerifyCases, HandleCases, HoldMeetings}},
	{RoleUnitMember, Text{"责任单位人员", "unit member"}, []ScopeKind{ForUnit},
		[]Right{SeeUnits, ReportCases, SeeCases, HandleCases, HoldMeetings}},
	{RoleChecker, Text{"核查员", "checker"}, []ScopeKind{Everywhere, ForArea},
		[]Right{SeeUnits, SeeHouseholds, ReportCases, SeeCases, SeeRestricted, CheckCases}},
	{RoleAuditor, Text{"审计员", "auditor"}, []ScopeKind{Everywhere},
		[]Right{ReadAudit}},
	{RoleAdministrator, Text{"管理员", "administrator"}, []ScopeKind{Everywhere},
		[]Right{SeeUnits, ManageAccounts, ReadMetrics}},
}

// RoleByName returns the declaration of a role.
func RoleByName(name Role) (RoleInfo, bool) {
	for _, r := range Roles {
		if r.Role == name {
			return r, true
		}
	}
	return RoleInfo{}, false
}

// Gives reports whether the role has the right.
func (r RoleInfo) Gives(right Right) bool { return slices.Contains(r.Rights, right) }

// Check refuses a role that there is not, or that cannot be held for that kind
// of scope: CodeInvalid.
func (g Grant) Check() error {
	role, ok := RoleByName(g.Role)
	if !ok {
		var names []string
		for _, r := range Roles {
			names = append(names, string(r.Role))
		}
		return Errorf(CodeInvalid, "没有角色 “%[1]s”。可用：%[2]s。", "There is no role %[1]q. There are: %[2]s.", g.Role, strings.Join(names, ", "))
	}
	if slices.Contains(role.Held, g.Scope.Kind) {
		return nil
	}
	var zh, en []string
	for _, kind := range role.Held {
		zh, en = append(zh, scopeWords[kind].ZH), append(en, scopeWords[kind].EN)
	}
	return &Error{Code: CodeInvalid, Text: Text{
		ZH: "角色 " + role.Title.ZH + "（" + string(role.Role) + "）的范围只能是：" + strings.Join(zh, "、") + "。",
		EN: "The role " + string(role.Role) + " can be held for: " + strings.Join(en, "; ") + "."}}
}

// scopeWords say what can be named as a scope of that kind.
var scopeWords = map[ScopeKind]Text{
	Everywhere: {"全县区（everywhere）", "everywhere"},
	ForArea:    {"区域（如 communities/代码）", "an area, such as communities/CODE"},
	ForUnit:    {"责任单位（units/代码）", "a unit, units/CODE"},
	ForHead:    {"邻长（heads/代码）", "a neighbor head, heads/CODE"},
}
