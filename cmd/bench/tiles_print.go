package main

import (
	"fmt"
	"time"
)

// results are the figures of a subject by zoom, in the order in which they were found.
type results map[int][]found

// found is what a tile costs if it is made in some way.
type found struct {
	way     string
	figures figures
}

func (r results) add(zoom int, way string, f figures) { r[zoom] = append(r[zoom], found{way, f}) }

func (r results) of(zoom int, way string) figures {
	for _, f := range r[zoom] {
		if f.way == way {
			return f.figures
		}
	}
	return figures{}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// printResults prints the table of a subject. The last column says how much less time
// of processors a tile took than the first way.
func printResults(s subject, r results) {
	fmt.Printf("\n%s\n%-4s %-22s %6s %9s %9s %9s %9s %9s %9s %9s %9s %7s\n", s.title, "", "", "tiles", "features", "kB",
		"CPU ms", "database", "server", "tiles/s", "p50 ms", "p99 ms", "")
	for _, z := range tileZooms {
		for i, x := range r[z.zoom] {
			zoom, times, f := "", "", x.figures
			if i == 0 {
				zoom = fmt.Sprintf("z%d", z.zoom)
			} else {
				times = fmt.Sprintf("%.1f×", ratio(r[z.zoom][0].figures, f))
			}
			fmt.Printf("%-4s %-22s %6d %9.0f %9.1f %9.3f %9.3f %9.3f %9.1f %9.2f %9.2f %7s\n", zoom, x.way, f.tiles, f.features, f.bytes/1000,
				millis(f.cpu.total()), millis(f.cpu.database), millis(f.cpu.server), f.perSecond, millis(f.p50), millis(f.p99), times)
		}
	}
}

// ratio is how many times the CPU time of b is in that of a.
func ratio(a, b figures) float64 { return float64(a.cpu.total()) / float64(max(1, b.cpu.total())) }

// aim is a ratio that is wanted.
type aim struct {
	what   string
	value  float64
	bound  float64
	atMost bool // else at least
}

func printAims(aims []aim) {
	fmt.Println("\naims")
	for _, a := range aims {
		verdict, word := "missed", "at least"
		if a.atMost {
			word = "at most"
		}
		if a.atMost && a.value <= a.bound || !a.atMost && a.value >= a.bound {
			verdict = "reached"
		}
		fmt.Printf("%-80s %7.2f, %s %4.1f: %s\n", a.what, a.value, word, a.bound, verdict)
	}
}

// aimZooms are those for which ratios are wanted.
var aimZooms = []int{12, 14}

// judge notes what was aimed at for a subject, and its costs for comparing sizes.
func (b *tileBench) judge(households int, s subject, r results) {
	for _, z := range tileZooms {
		if z.zoom < s.layer.MinZoom {
			continue
		}
		f := r.of(z.zoom, wayMemory)
		key := fmt.Sprintf("%s, z%d", s.title, z.zoom)
		b.sized[key] = append(b.sized[key], sized{households, f})
	}
	if s.plain == "" {
		return
	}
	for _, zoom := range aimZooms {
		alone := r.of(zoom, wayAsMVT)
		for _, x := range []struct {
			way   string
			least float64
		}{{wayMemory, 20}, {wayGzip, 5}} {
			f := r.of(zoom, x.way)
			b.aims = append(b.aims, aim{fmt.Sprintf("%d households: %s, z%d, ST_AsMVT to %s", households, s.title, zoom, x.way), ratio(alone, f), x.least, false})
		}
	}
}

// compareSizes notes by how much a tile cost more where the town is ten times as large:
// for as many features, because no list has exactly the density of another.
func (b *tileBench) compareSizes() {
	for _, s := range subjects() {
		for _, z := range tileZooms {
			key := fmt.Sprintf("%s, z%d", s.title, z.zoom)
			all := b.sized[key]
			for i := 1; i < len(all); i++ {
				small, large := all[i-1], all[i]
				if small.households < 500_000 {
					continue // its tiles reach beyond it
				}
				cost := ratio(large.figures, small.figures) * small.figures.features / max(1, large.figures.features)
				b.aims = append(b.aims, aim{fmt.Sprintf("%s: %d households to %d, for as many features", key, large.households, small.households), cost, 1.5, true})
			}
		}
	}
}
