package lintu

// Level is an area's place on the ladder of governance. The wider level has the
// smaller rank.
type Level string

// The levels, wide to narrow.
const (
	LevelCounty    Level = "county"
	LevelStreet    Level = "street"
	LevelCommunity Level = "community"
	LevelGroup     Level = "group"
	LevelGrid      Level = "grid"
	LevelCell      Level = "cell"
)

// Levels lists the levels, wide to narrow.
var Levels = []Level{LevelCounty, LevelStreet, LevelCommunity, LevelGroup, LevelGrid, LevelCell}

var levelTitles = map[Level]Text{
	LevelCounty:    {"县区", "counties"},
	LevelStreet:    {"街道 / 乡镇", "streets and townships"},
	LevelCommunity: {"社区 / 行政村", "communities and villages"},
	LevelGroup:     {"片组", "groups"},
	LevelGrid:      {"网格", "grids"},
	LevelCell:      {"单元网格", "grid cells"},
}

// Title returns the plural name that readers see.
func (l Level) Title() Text { return levelTitles[l] }
