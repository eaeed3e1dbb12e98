package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/lintu-map/lintu"
)

// meter shows the progress of a long job: one rewritten line on a terminal, a
// line per step elsewhere, or JSON lines with the same numbers.
type meter struct {
	mu       sync.Mutex
	out      io.Writer
	lang     string
	json     bool
	terminal bool
	step     lintu.Text
	shown    time.Time
	width    int // of the line on the screen, to blank its rest
}

// redraw is how often a terminal line or a JSON progress line is written.
const redraw = 200 * time.Millisecond

func newMeter(out io.Writer, lang string, asJSON bool) *meter {
	return &meter{out: out, lang: lang, json: asJSON, terminal: isTerminal(out)}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show is a lintu.Progress.
func (m *meter) show(step lintu.Text, done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fresh := step != m.step
	if !fresh && time.Since(m.shown) < redraw && (total == 0 || done < total) {
		return
	}
	m.shown = time.Now()
	switch {
	case m.json:
		line, _ := json.Marshal(map[string]any{"step": step, "done": done, "total": total})
		fmt.Fprintf(m.out, "%s\n", line)
	case m.terminal:
		if fresh && m.width > 0 {
			fmt.Fprintln(m.out)
			m.width = 0
		}
		line := m.line(step, done, total)
		fmt.Fprintf(m.out, "\r%s%s", line, strings.Repeat(" ", max(0, m.width-len(line))))
		m.width = len(line)
	case fresh:
		fmt.Fprintln(m.out, "  "+step.In(m.lang))
	}
	m.step = step
}

func (m *meter) line(step lintu.Text, done, total int64) string {
	switch {
	case total > 0:
		return fmt.Sprintf("  %s  %d%%  (%d / %d)", step.In(m.lang), done*100/total, done, total)
	case done > 0:
		return fmt.Sprintf("  %s  %d", step.In(m.lang), done)
	default:
		return "  " + step.In(m.lang)
	}
}

// end finishes the line on the screen.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.width > 0 {
		fmt.Fprintln(m.out)
	}
	m.width, m.step = 0, lintu.Text{}
}
