package lintu

// UnitClasses are the classes of a responsible unit: the bodies that must act.
var UnitClasses = []string{"community", "department", "property", "police", "judicial",
	"court", "procuratorate", "law_firm", "alliance", "temporary"}

// Stationings say how a department is present in the center: 常驻, 轮驻, 按需入驻.
var Stationings = []string{"permanent", "rotating", "on_demand"}
