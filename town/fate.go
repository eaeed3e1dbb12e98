package town

import (
	"math/rand/v2"
	"time"

	"github.com/lintu-map/lintu"
)

// fate is how the handling of a case goes. Shares are of 1.
type fate struct {
	verify, accept, done, check, talk      float64 // how much of the time for it each takes
	late, declined, returned, extended     bool
	rework, agreed, called, told, onTheWay bool
	satisfaction                           int
}

func drawFate(r *rand.Rand) fate {
	chance := func(percent int) bool { return r.IntN(100) < percent }
	f := fate{verify: r.Float64(), accept: r.Float64(), done: 0.2 + 0.6*r.Float64(), check: r.Float64(), talk: r.Float64(),
		late: chance(6), declined: chance(5), returned: chance(5), extended: chance(4),
		rework: chance(3), agreed: chance(86), called: chance(60), told: chance(75), onTheWay: chance(20)}
	f.satisfaction = []int{5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 2}[r.IntN(12)]
	if f.late || f.rework {
		f.satisfaction = max(1, f.satisfaction-r.IntN(3))
	}
	return f
}

// stops are the states in which the open cases wait, as often of 300 as they stand here.
var stops = []struct {
	state    lintu.State
	n        int
	from, to time.Duration // ago
}{
	{lintu.Reported, 40, 5 * time.Minute, 10 * time.Hour}, {lintu.Filed, 35, 3 * time.Hour, 20 * time.Hour},
	{lintu.Dispatched, 55, time.Hour, 20 * time.Hour}, {lintu.InProgress, 70, 4 * time.Hour, 3 * 24 * time.Hour},
	{lintu.InProgress, 30, 7 * 24 * time.Hour, 25 * 24 * time.Hour}, // many of these are late
	{lintu.ReturnAsked, 8, 5 * time.Hour, 30 * time.Hour}, {lintu.ExtensionAsked, 14, 5 * time.Hour, 40 * time.Hour},
	{lintu.SuspensionAsked, 8, 5 * time.Hour, 40 * time.Hour}, {lintu.Suspended, 12, 24 * time.Hour, 9 * 24 * time.Hour},
	{lintu.Done, 28, 8 * time.Hour, 40 * time.Hour},
}

// stopOf is where the n-th open case waits, and how long ago it was reported.
func stopOf(n int, r *rand.Rand) (lintu.State, time.Duration) {
	i, n := 0, n%OpenCases
	for n >= stops[i].n {
		n -= stops[i].n
		i++
	}
	s := stops[i]
	return s.state, s.from + time.Duration(r.Float64()*float64(s.to-s.from))
}
