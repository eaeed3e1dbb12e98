package main

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode"

	"github.com/lintu-map/lintu"
)

// findingsShown is how many findings of one kind the terminal lists.
const findingsShown = 12

// printBatch tells in plain words what the importer found and did.
func printBatch(w io.Writer, lang string, b *lintu.Batch) {
	say := func(zh, en string, args ...any) { fmt.Fprintln(w, lintu.Say(zh, en, args...).In(lang)) }
	for _, p := range b.Parts {
		if p.Answers.Skip {
			say("%s：跳过。", "%s: skipped.", p.Dataset)
			continue
		}
		if p.Report != nil {
			printReport(w, lang, p.Report)
		}
	}
	switch {
	case b.State == lintu.BatchApplied:
		say("已写入，批次 %s。", "Stored as batch %s.", b.ID)
	case len(questions(b)) > 0:
		say("没有写入：请先回答上面的问题，把答案作为参数再运行一次。",
			"Nothing was stored: answer the questions above with the flags named and run it again.")
	default:
		say("没有写入。", "Nothing was stored.")
	}
}

func printReport(w io.Writer, lang string, r *lintu.Report) {
	say := func(zh, en string, args ...any) { fmt.Fprintln(w, lintu.Say(zh, en, args...).In(lang)) }
	target := string(r.Layer)
	if target == "" {
		target = "?"
	}
	say("%s → %s：读取 %d 行，可导入 %d 行。", "%s → %s: %d rows read, %d can be stored.", r.Dataset, target, r.Features, r.Accepted)
	printDetection(w, lang, lintu.Say("编码", "encoding"), r.Encoding)
	printDetection(w, lang, lintu.Say("坐标系", "CRS"), r.CRS)
	for _, c := range r.Columns {
		if c.Field != "" {
			say("  字段 %[2]s ← 列 %[1]s", "  field %[2]s ← column %[1]s", c.Name, c.Field)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, "  "+n.In(lang))
	}
	printFindings(w, lang, lintu.Say("修复", "repaired"), r.Repairs)
	printFindings(w, lang, lintu.Say("拒绝", "refused"), r.Refusals)
	printFindings(w, lang, lintu.Say("重叠", "overlaps"), r.Overlaps)
	printFindings(w, lang, lintu.Say("缝隙", "gaps"), r.Gaps)
	if c := r.Comparison; c != nil {
		say("  新增 %d，变化 %d，不变 %d，文件中缺少 %d（其中关闭 %d）", "  new %d, changed %d, unchanged %d, missing from the file %d (closed %d)",
			c.New, c.Changed, c.Unchanged, c.Missing, c.Closed)
	}
	for _, q := range r.Questions {
		printQuestion(w, lang, r.Dataset, q)
	}
}

func printDetection(w io.Writer, lang string, what lintu.Text, d lintu.Detection) {
	value := d.Title.In(lang)
	if d.Value == "" {
		value = lintu.Say("待定", "undecided").In(lang)
	}
	fmt.Fprintf(w, "  %s: %s (%.0f %%)  %s\n", what.In(lang), value, d.Confidence*100, d.Reason.In(lang))
}

func printFindings(w io.Writer, lang string, what lintu.Text, f lintu.Findings) {
	if f.Total == 0 {
		return
	}
	fmt.Fprintf(w, "  %s: %d", what.In(lang), f.Total)
	rules := make([]string, 0, len(f.ByRule))
	for rule := range f.ByRule {
		rules = append(rules, rule)
	}
	sort.Strings(rules)
	for _, rule := range rules {
		fmt.Fprintf(w, "  %s %d", rule, f.ByRule[rule])
	}
	fmt.Fprintln(w)
	for i, x := range f.List {
		if i == findingsShown {
			fmt.Fprintln(w, "    …")
			return
		}
		row := ""
		if x.Row > 0 {
			row = lintu.Say("第 %d 行：", "row %d: ", x.Row).In(lang)
		}
		fmt.Fprintf(w, "    %s%s\n", row, x.Text.In(lang))
	}
}

func printQuestion(w io.Writer, lang, dataset string, q lintu.Question) {
	fmt.Fprintf(w, "  ? %s  (%s)\n", q.Text.In(lang), q.Flag)
	for _, c := range q.Candidates {
		fmt.Fprintf(w, "    %3.0f %%  %s %s — %s\n", c.Confidence*100, flagsOf(dataset, c.Set), c.Title.In(lang), c.Reason.In(lang))
	}
}

// flagsOf writes a candidate's answers to a dataset as the flags that give them,
// fit for a shell.
func flagsOf(dataset string, set map[string]string) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	out := ""
	for _, name := range names {
		value := set[name]
		switch {
		case name == "skip":
			out += " --layer " + quoted(dataset+"=skip")
		case name == "skipRefused":
			out += " --skip-refused"
		case name == "closeMissing":
			out += " --close-missing"
		case len(name) > 4 && name[:4] == "map.":
			out += " --map " + quoted(name[4:]+"="+value)
		default:
			out += fmt.Sprintf(" --%s %s", name, quoted(value))
		}
	}
	if out == "" {
		return ""
	}
	return out[1:]
}

// quoted quotes a word for a POSIX shell where it needs that.
func quoted(word string) string {
	if strings.IndexFunc(word, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-=.:@/", r)
	}) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
