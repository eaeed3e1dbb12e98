package geo

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Every code of the country parses to its level, and its parent is the one
// that the official table names.
func TestAreaCodesOfTheCountry(t *testing.T) {
	for _, name := range []string{"codes/cn_regions_2021_levels3-5.csv.gz", "codes/five_cities_codes_2021.csv", "codes/seed_places_codes_2021.csv"} {
		rows := readCodes(t, sharedData(t, name))
		if len(rows) < 500 {
			t.Fatalf("%s: only %d rows", name, len(rows))
		}
		classes := map[CodeClass]int{}
		for _, r := range rows {
			checkCode(t, r)
			c, _ := ParseAreaCode(r[0])
			classes[c.Class()]++
		}
		for _, c := range []CodeClass{ClassStreet, ClassTown, ClassTownship, ClassResidents, ClassVillagers} {
			if classes[c] == 0 {
				t.Errorf("%s: no %s", name, c)
			}
		}
	}
}

func checkCode(t *testing.T, row []string) {
	t.Helper()
	c, err := ParseAreaCode(row[0])
	if err != nil {
		t.Fatalf("%s: %v", row[1], err)
	}
	level, _ := strconv.Atoi(row[2])
	if c.Level() != CodeLevel(level) && !strings.HasSuffix(row[0], "00") {
		t.Fatalf("%s %s has level %d, want %s", c, row[1], c.Level(), row[2])
	}
	if row[3] == "" {
		return
	}
	parent, err := ParseAreaCode(row[3])
	if err != nil {
		t.Fatal(err)
	}
	if c.Parent() != parent && c != parent { // 441900 is both the city and its only county
		t.Fatalf("%s %s has parent %s, want %s", c, row[1], c.Parent(), parent)
	}
	if again, err := ParseAreaCode(c.Full()); err != nil || again != c {
		t.Fatalf("%s filled up is %s: %v", c, again, err)
	}
}

func readCodes(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestAreaCodeClasses(t *testing.T) {
	for code, want := range map[string]CodeClass{
		"430181001": ClassStreet, "430181099": ClassStreet, "430181100": ClassTown, "430181199": ClassTown,
		"430181200": ClassTownship, "430181399": ClassTownship, "430181400": ClassUnassigned, "430181": ClassUnassigned,
		"430181002001": ClassResidents, "430181002199": ClassResidents, "430181002200": ClassVillagers,
		"430181002399": ClassVillagers, "430181002400": ClassUnassigned, "430181002001001": ClassUnassigned,
	} {
		c, err := ParseAreaCode(code)
		if err != nil || c.Class() != want {
			t.Errorf("%s is %q, want %q (%v)", code, c.Class(), want, err)
		}
	}
}

func TestAreaCodeRefusals(t *testing.T) {
	for _, s := range []string{"", "4", "43018", "43018100", "43018100a", "４３", "000000", "430000002000x", "430181000001", "430181002001000", "43018100200100", "00", "430181002001001001"} {
		c, err := ParseAreaCode(s)
		var e *Error
		if err == nil || !errors.As(err, &e) || e.Text.ZH == "" {
			t.Errorf("%q gives %q, %v", s, c, err)
		}
	}
}
