package town

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// TestPeopleAreInvented: every household has one householder under its own code,
// some six in a hundred have needs, and no number can be anybody's.
func TestPeopleAreInvented(t *testing.T) {
	p := drawn(t)
	copies := []copyOf{{street: "430181002"}, {street: copyStreet(1), label: "001"}}
	var b bytes.Buffer
	if err := p.households(&b, 1, copies); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\r\n")
	codes := map[string]bool{}
	needy, noted := 0, 0
	row := regexp.MustCompile(`^(430181\d{3}[^,]+),\p{Han}{2,4},103\d{8},[1-6],([^,]*),(|演示：[^,]+)$`)
	for _, line := range lines[1:] {
		m := row.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("row %q", line)
		}
		codes[m[1]] = true
		if m[2] != "" {
			needy++
		}
		if m[3] != "" {
			noted++
		}
	}
	if len(codes) != 94000 || needy < 94000*5/100 || needy > 94000*7/100 || noted == 0 || noted > 94000/20 {
		t.Errorf("%d codes, %d with needs, %d with notes", len(codes), needy, noted)
	}
	if !codes[p.homes[0].code] || !codes[copies[1].recoded(p.homes[0].code)] {
		t.Error("the codes are not those of the households")
	}
}
