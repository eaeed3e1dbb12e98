package town

import (
	_ "embed"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// Past says which cases of the year before there are. The same Past gives the same
// lives.
type Past struct {
	Seed         uint64
	Until        time.Time // the present
	Calendar     *lintu.Calendar
	Homes, Roads [][2]float64 // places where something can be, longitude and latitude
	// Who acts: reporters and verifiers, who dispatches, who checks, and who works for a
	// handler.
	Patrol, Dispatcher, Checker lintu.Asker
	Hand                        func(lintu.Handler) lintu.Asker
	// Unit is whom the dispatcher gives a case to that nobody has.
	Unit func(category string) lintu.Handler
}

// How many cases a demo begins with: those of the year, nearly all closed, and those of
// the last days that wait for somebody, of which there can be any number.
const (
	PastCases = 3040
	OpenCases = 300
)

// matter is a line of matters.txt.
type matter struct {
	category    string
	weight      int
	where, when string
	notes       []string
	done        string
}

//go:embed matters.txt
var matterText string

var matters = readMatters()

func readMatters() (all []matter) {
	for line := range strings.Lines(matterText) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "|")
		weight, err := strconv.Atoi(cells[1])
		if err != nil {
			panic("matters.txt: " + line)
		}
		all = append(all, matter{cells[0], weight, cells[2], cells[3], strings.Split(cells[4], "；"), cells[5]})
	}
	return all
}

// aMatter draws what a case is about.
func aMatter(r *rand.Rand) matter {
	total := 0
	for _, m := range matters {
		total += m.weight
	}
	at := r.IntN(total)
	for _, m := range matters {
		if at -= m.weight; at < 0 {
			return m
		}
	}
	return matters[0]
}

// CaseID is the id of the demo's case of that number. It does not depend on the time,
// so that a demo that is started again makes no case twice.
func CaseID(seed uint64, n int) lintu.ID {
	var of lintu.ID
	binary.BigEndian.PutUint64(of[:8], seed)
	binary.BigEndian.PutUint64(of[8:], uint64(n))
	return lintu.ID{}.With(of)
}

// Case is the n-th case, from 0: first those of the year, then the open ones.
func (p Past) Case(n int) lintu.Life {
	r := rand.New(rand.NewPCG(p.Seed, 9000+uint64(n)))
	m := aMatter(r)
	l := &life{Past: p, id: CaseID(p.Seed, n), m: m, fate: drawFate(r)}
	at := p.inTheYear(r, m)
	if n >= PastCases {
		l.stop, l.age = stopOf(n-PastCases, r)
		at = p.Until.Add(-l.age)
	}
	places := p.Homes
	if m.where == "r" {
		places = p.Roads
	}
	at = at.Truncate(time.Microsecond)
	place := places[r.IntN(len(places))]
	near := func(x float64) float64 { return x + (r.Float64()-0.5)*2e-4 } // within some 10 m
	l.source, l.reporter = p.source(r, m)
	if l.stop == lintu.Reported { // what a worker reports is verified
		l.source, l.reporter = lintu.FromResident, lintu.Asker{Resident: true}
	}
	report := lintu.NewCase{ID: l.id, Category: m.category, At: at, Source: l.source, Note: "演示：" + m.notes[r.IntN(len(m.notes))],
		Place: lintu.Place{Lon: near(place[0]), Lat: near(place[1]), Placed: lintu.ByMap}}
	return lintu.Life{Report: report, By: l.reporter, Next: l.next}
}

// inTheYear draws when something of the year was reported.
func (p Past) inTheYear(r *rand.Rand, m matter) time.Time {
	today := p.Until.In(p.Calendar.Zone)
	for {
		day := today.AddDate(0, 0, -1-r.IntN(365))
		if weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday; weekend && r.IntN(10) < 4 {
			continue
		}
		if wet := day.Month() >= time.April && day.Month() <= time.August; m.when == "w" && !wet && r.IntN(10) < 8 {
			continue
		}
		from, hours := 7.5, 11.0
		if m.when == "e" {
			from, hours = 17.5, 5
		}
		minute := 60 * (from + hours*(r.Float64()+r.Float64())/2)
		return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, p.Calendar.Zone).Add(time.Duration(minute * float64(time.Minute)))
	}
}

// source draws how a case came, and who brought it.
func (p Past) source(r *rand.Rand, m matter) (lintu.Source, lintu.Asker) {
	dispute := strings.HasPrefix(m.category, "S06")
	switch k := r.IntN(100); {
	case k < 45 || k >= 95 && dispute:
		return lintu.FromPatrol, p.Patrol
	case k < 75:
		return lintu.FromResident, lintu.Asker{Resident: true}
	case k < 86:
		return lintu.FromHotline, p.Dispatcher
	case k < 95:
		return lintu.FromMeeting, p.Patrol
	}
	return lintu.FromCamera, p.Dispatcher
}
