package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lintu-map/lintu"
)

// say prints a sentence in the configured language.
func (a *app) say(zh, en string, args ...any) {
	fmt.Fprintln(a.stdout, lintu.Say(zh, en, args...).In(a.cfg.Lang))
}

// ask writes a question without a line's end.
func (a *app) ask(zh, en string, args ...any) {
	fmt.Fprint(a.stderr, lintu.Say(zh, en, args...).In(a.cfg.Lang))
}

// answered reads a line and is CodeConflict if it is another than expected.
func (a *app) answered(expected string) error {
	if a.answers == nil {
		a.answers = bufio.NewScanner(a.stdin)
	}
	if a.answers.Scan() && strings.TrimSpace(a.answers.Text()) == expected {
		return nil
	}
	return lintu.Errorf(lintu.CodeConflict, "没有确认，什么也没有改变。", "Not confirmed; nothing was changed.")
}

// table begins a table; head has its columns with tabs between them.
func (a *app) table(head lintu.Text) *tabwriter.Writer {
	t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, head.In(a.cfg.Lang))
	return t
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// parseTime reads an instant, or the beginning of a day of this machine's zone.
func parseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return at, lintu.Errorf(lintu.CodeInvalid, "看不懂时间 %s；应如 2026-01-31 或 2026-01-31T08:00:00+08:00。",
			"%s is not a time; write 2026-01-31 or 2026-01-31T08:00:00+08:00.", text)
	}
	return at, nil
}

func shortTime(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.Local().Format("2006-01-02 15:04")
}
