package importer

import (
	"slices"
	"strings"

	"github.com/lintu-map/lintu"
)

// said finds the column that a person named for a field.
func (m *mapping) said(f lintu.Field, column string, profiles []profile) (int, error) {
	switch column {
	case "":
		if f.Required || f.Name == roleCode {
			return 0, lintu.Errorf(lintu.CodeInvalid, "字段 %[1]s 是必填的，不能留空；请写出它来自哪一列，例如 --map %[1]s=列名。",
				"The field %[1]s is required and cannot be left empty; name the column it comes from, as in --map %[1]s=COLUMN.", f.Name)
		}
		return fromNothing, nil
	case SourceRow, SourceShape:
		if f.Name != roleCode {
			return 0, lintu.Errorf(lintu.CodeInvalid, "%s 只能用于字段 code，不能用于 %s。", "%s can feed only the field code, not %s.", column, f.Name)
		}
		if column == SourceRow {
			return fromRow, nil
		}
		return fromShape, nil
	}
	c := findColumn(profiles, column)
	if c < 0 {
		return 0, noColumn(column, profiles)
	}
	if profiles[c].isPersonal(m.people) {
		return 0, lintu.Errorf(lintu.CodeInvalid,
			"列 “%s” 看起来是个人信息，不能存进地图；请换一列，或先从文件里去掉姓名、电话和证件号码。",
			"Column %q looks like personal data, which must not be stored on the map; choose another one, or take names, phone and identity numbers out of the file first.",
			profiles[c].name)
	}
	return c, nil
}

func noColumn(name string, profiles []profile) error {
	return lintu.Errorf(lintu.CodeInvalid, "文件里没有列 “%s”；有：%s。", "The file has no column %q; it has: %s.",
		presentable(name, true), columnNames(profiles))
}

// findColumn prefers the exact name over one that differs in case or marks.
func findColumn(profiles []profile, name string) int {
	found := -1
	for i := range profiles {
		if profiles[i].name == name {
			return i
		}
		if found < 0 && foldHeader(name) != "" && foldHeader(profiles[i].name) == foldHeader(name) {
			found = i
		}
	}
	return found
}

func knownFields(layer lintu.LayerInfo, said map[string]string) error {
	for field := range said {
		f, ok := layer.Field(field)
		personal := slices.ContainsFunc(layer.Personal, func(p lintu.Field) bool { return p.Name == field })
		if !personal && (!ok || !f.Import) {
			return lintu.Errorf(lintu.CodeInvalid, "图层 %[1]s 没有可导入的字段 “%[2]s”；有：%[3]s。",
				"Layer %[1]s has no field %[2]q to import; it has: %[3]s.", layer.Name, clip(field, sampleMaxRunes), fieldNames(layer))
		}
	}
	return nil
}

func fieldNames(layer lintu.LayerInfo) string {
	var names []string
	for _, f := range layer.ImportFields() {
		names = append(names, f.Name)
	}
	for _, f := range layer.Personal {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func columnNames(profiles []profile) string {
	var names []string
	for i := range profiles {
		names = append(names, profiles[i].name)
	}
	return strings.Join(names, ", ")
}

// columnQuestion asks which column feeds a required field. The code can also
// be made from the row or the shape, which is said to be worse.
func (m *mapping) columnQuestion(f lintu.Field, choices []choice, profiles []profile) lintu.Question {
	key := "map." + f.Name
	q := lintu.Question{Key: key, Flag: "--map " + f.Name + "=…", Candidates: []lintu.Candidate{},
		Text: lintu.Text{
			ZH: "哪一列是“" + f.Title.ZH + "”？没有一列能确定。",
			EN: "Which column holds the " + f.Title.EN + "? None is certain.",
		}}
	for _, c := range choices {
		p := &profiles[c.column]
		q.Candidates = append(q.Candidates, lintu.Candidate{Value: p.name, Title: lintu.Text{ZH: p.name, EN: p.name},
			Confidence: c.score, Reason: describe(p, m.people), Set: map[string]string{key: p.name}})
	}
	if f.Name == roleCode {
		q.Candidates = append(q.Candidates, derivedCodes(key)...)
	}
	return q
}

func derivedCodes(key string) []lintu.Candidate {
	return []lintu.Candidate{
		{Value: SourceRow, Title: lintu.Text{ZH: "行号", EN: "row number"}, Confidence: 0.1,
			Reason: lintu.Text{ZH: "每次导入的文件必须保持同样的行序，否则会对错对象。", EN: "Later files must keep the order of rows, or things will be taken for one another."},
			Set:    map[string]string{key: SourceRow}},
		{Value: SourceShape, Title: lintu.Text{ZH: "按图形", EN: "from the shape"}, Confidence: 0.1,
			Reason: lintu.Text{ZH: "图形改动后会被当作新的对象。", EN: "A thing whose shape changes will be taken for a new one."},
			Set:    map[string]string{key: SourceShape}},
	}
}

// describe sums a column up in words.
func describe(p *profile, people bool) lintu.Text {
	zh, en := "有重复值", "values repeat"
	if p.unique() {
		zh, en = "各行都不同", "different in every row"
	}
	shown := p.shown(people, false)
	if len(shown) == 0 {
		return lintu.Say("抽样 %d 个值，"+zh, "%d values sampled, "+en, p.filled)
	}
	return lintu.Say("抽样 %d 个值，"+zh+"，例如 %s", "%d values sampled, "+en+", such as %s", p.filled, strings.Join(shown[:min(2, len(shown))], ", "))
}

// columnsOf reports the columns with the fields they feed.
func columnsOf(m mapping, profiles []profile) []lintu.Column {
	cols := make([]lintu.Column, len(profiles))
	for i := range profiles {
		p := &profiles[i]
		free := m.people && !m.used[p.name]
		cols[i] = lintu.Column{Name: p.name, Type: p.kind, Samples: p.shown(m.people, free)}
		if p.isPersonal(m.people) {
			cols[i].Personal, cols[i].Samples = true, []string{}
		}
	}
	for i, c := range m.column {
		if c >= 0 {
			cols[c].Field, cols[c].Confidence = m.fields[i].Name, m.score[i]
		}
	}
	for i, c := range m.personalColumn {
		if c >= 0 {
			cols[c].Field, cols[c].Confidence = m.personal[i].Name, m.personalScore[i]
			cols[c].Personal, cols[c].Samples = true, []string{}
		}
	}
	return cols
}

// personalNote names the columns that are stored encrypted, and those that are
// left out.
func personalNote(cols []lintu.Column) []lintu.Text {
	var taken, left []string
	for _, c := range cols {
		switch {
		case c.Personal && c.Field != "":
			taken = append(taken, c.Name+" ("+c.Field+")")
		case c.Personal:
			left = append(left, c.Name)
		}
	}
	var notes []lintu.Text
	if taken != nil {
		notes = append(notes, lintu.Say("这些列是个人信息，加密存储，不进地图：%s。", "These columns are personal data; they are stored encrypted and apart from the map: %s.", strings.Join(taken, ", ")))
	}
	if left != nil {
		notes = append(notes, lintu.Say("这些列看起来是个人信息，不会存储：%s。", "These columns look like personal data and are not stored: %s.", strings.Join(left, ", ")))
	}
	return notes
}

// codeNote warns where most codes are none that an area of the level has.
func codeNote(m mapping, profiles []profile) []lintu.Text {
	c := m.codeSource()
	switch m.layer.Level {
	case lintu.LevelCounty, lintu.LevelStreet, lintu.LevelCommunity, lintu.LevelCell:
	default:
		return nil
	}
	if c < 0 || levelShare(m.layer.Level, &profiles[c]) >= 0.5 {
		return nil
	}
	return []lintu.Text{{
		ZH: "列 " + profiles[c].name + " 的值不像" + m.layer.Title.ZH + "的代码，请确认列选对了。",
		EN: "The values of column " + profiles[c].name + " do not look like codes of " + m.layer.Title.EN + "; make sure that it is the right one."}}
}
