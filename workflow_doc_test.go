package lintu_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

//go:generate go test -run TestWorkflowDocument . -args -update-workflow

var updateWorkflow = flag.Bool("update-workflow", false, "write docs/workflow.md")

// TestWorkflowDocument holds docs/workflow.md to the table of transitions.
func TestWorkflowDocument(t *testing.T) {
	const at = "docs/workflow.md"
	want := workflowDocument()
	if *updateWorkflow {
		if err := os.WriteFile(at, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(at)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the table says (%v); run go generate .", at, err)
	}
}

func workflowDocument() string {
	var b strings.Builder
	b.WriteString("# The life of a case 案卷的一生\n\n" +
		"Made by `go generate .` from `lintu.States` and `lintu.Transitions`; not to be edited.\n\n" +
		"Everything that can happen to a case stands here. A test walks through all of it, whoever\n" +
		"acts, and finds no case closed by one who worked on it, no state without a way out, none\n" +
		"from which a case could not be closed in the end, and no wait without an owner and an end.\n\n" +
		"```mermaid\nstateDiagram-v2\n    direction TB\n")
	for _, s := range lintu.States {
		fmt.Fprintf(&b, "    %s: %s %s\n", s.State, s.Title.ZH, s.Title.EN)
	}
	b.WriteString("    [*] --> reported: 上报 report\n")
	for _, arrow := range workflowArrows() {
		b.WriteString("    " + arrow + "\n")
	}
	b.WriteString("```\n\n`merge` 并案 leads from every state before “reported done” to `merged`, and `unmerge` back.\n" +
		"What is verified, escalated, handed down or reopened is dispatched at once by the routing\nrules, if they name somebody; else it waits for the dispatcher.\n\n" +
		"## States\n| state | stage | waits for | how long | time limit |\n|---|---|---|---|---|\n")
	for _, s := range lintu.States {
		fmt.Fprintf(&b, "| `%s` %s | %s | %s | %s | %s |\n", s.State, s.Title.ZH, stageTitle(s.Stage), s.WaitsFor, s.Wait, s.Clock)
	}
	b.WriteString("\nHow long: `due` is the case's own time limit, `until` the day asked for, the others are\n`lintu.Limits`. When such a wait is over, the case is nudged; a late case climbs a rung.\n\n" +
		"## Acts\n| in | act | leads to | who may | needs | only if | the clock |\n|---|---|---|---|---|---|---|\n")
	for _, t := range lintu.Transitions {
		fmt.Fprintf(&b, "| `%s` | `%s` %s | %s | %s | %s | %s | %s |\n", t.From, t.Act, actTitleZH(t.Act), leadsTo(t), joined(t.By), joined(t.Needs), joined(t.If), t.Clock)
	}
	b.WriteString("\nWho may: `worker` is the grid worker or neighbor head of the place, `handler` whoever is of\n" +
		"the unit or post that has the case, `resident` whoever has its code, `system` the clocks and\n" +
		"the routing rules. `checker` is of no unit that handles it, and `foreign` keeps out whoever\n" +
		"has worked on it or is of such a unit, under whatever role or token.\n")
	return b.String()
}

// workflowArrows are the acts that lead to another state, those of one arrow together.
func workflowArrows() []string {
	var order []string
	acts := map[string][]string{}
	for _, t := range lintu.Transitions {
		if t.To == lintu.Same || t.To == lintu.Back || t.Act == lintu.ActMerge || t.To == t.From {
			continue
		}
		key := string(t.From) + " --> " + string(t.To)
		if acts[key] == nil {
			order = append(order, key)
		}
		acts[key] = append(acts[key], actTitleZH(t.Act))
	}
	for i, key := range order {
		order[i] = key + ": " + strings.Join(acts[key], "、")
	}
	return order
}

func leadsTo(t lintu.Transition) string {
	switch t.To {
	case lintu.Same:
		return "the same"
	case lintu.Back:
		return "where it was"
	}
	return "`" + string(t.To) + "`"
}

func joined[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, x := range all {
		words[i] = string(x)
	}
	return strings.Join(words, ", ")
}

func actTitleZH(act lintu.Act) string {
	for _, a := range lintu.Acts {
		if a.Act == act {
			return a.Title.ZH
		}
	}
	return ""
}

func stageTitle(stage lintu.Stage) string {
	for _, s := range lintu.Stages {
		if s.Stage == stage {
			return s.Title.ZH
		}
	}
	return ""
}
