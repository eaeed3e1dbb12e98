package geo

import (
	"math"
	"slices"
	"testing"
)

// boxAt projects a box of 0.2 degrees around a place.
func boxAt(code int, lon, lat float64) [4]float64 {
	c := byEPSG(code)
	west, south := c.Forward(lon-0.1, lat-0.1)
	east, north := c.Forward(lon+0.1, lat+0.1)
	return [4]float64{west, south, east, north}
}

func TestProposeFirst(t *testing.T) {
	for name, c := range map[string]struct {
		bounds    [4]float64
		crs, from string
	}{
		"浏阳 in degrees":           {boxAt(4490, 113.63, 28.16), "EPSG:4326", "gcj02"},
		"西宁 in degrees":           {boxAt(4490, 101.78, 36.62), "EPSG:4326", "gcj02"},
		"Boston":                  {boxAt(4326, -71, 42.3), "EPSG:4326", ""},
		"浏阳 without zone":         {boxAt(4547, 113.63, 28.16), "EPSG:4547", ""},
		"浏阳 in zone 38":           {boxAt(4526, 113.63, 28.16), "EPSG:4526", ""},
		"浏阳 in six-degree zone":   {boxAt(4497, 113.63, 28.16), "EPSG:4497", ""},
		"瓜州 in zone 32":           {boxAt(4520, 95.78, 40.52), "EPSG:4520", ""},
		"深圳 in Web Mercator":      {boxAt(3857, 114.1, 22.6), "EPSG:3857", ""},
		"喀什 in zone 13, 6 degree": {boxAt(4491, 75.99, 39.47), "EPSG:4491", ""},
	} {
		got := Propose(c.bounds)
		if len(got) == 0 || got[0].CRS != c.crs || got[0].From != c.from {
			t.Errorf("%s: %v", name, got)
			continue
		}
		sum := 0.0
		for _, p := range got {
			sum += p.Confidence
			if p.Reason.ZH == "" || p.Reason.EN == "" || p.Confidence <= 0 {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if sum > 1+1e-9 {
			t.Errorf("%s: confidences add up to %v", name, sum)
		}
	}
}

// The true zone is always among the proposals.
func TestProposeHoldsTheTruth(t *testing.T) {
	for name, place := range map[string][2]float64{
		"浏阳": {113.63, 28.16}, "西宁": {101.78, 36.62}, "瓜州": {95.78, 40.52}, "襄垣": {113.05, 36.53}, "嘉峪关": {98.29, 39.77},
		"哈尔滨": {126.6, 45.75}, "三亚": {109.5, 18.25}, "喀什": {75.99, 39.47}, "拉萨": {91.1, 29.65}, "漠河": {122.5, 53.0},
		"抚远": {134.3, 48.3}, "上海": {121.47, 31.23}, "台北": {121.5, 25.03}, "景洪": {100.8, 22.0}, "日土": {79.7, 33.4},
	} {
		i := int(math.Round((place[0] - 75) / 3))
		six := int(math.Round((place[0] - 75) / 6))
		for _, code := range []int{4534 + i, 4513 + i, 4491 + six} {
			if !slices.ContainsFunc(Propose(boxAt(code, place[0], place[1])), func(p Proposal) bool { return p.CRS == byEPSG(code).Code }) {
				t.Errorf("%s: EPSG:%d is not proposed", name, code)
			}
		}
	}
	wide := boxAt(4505, 95.78, 40.52) // 2.8 degrees from the central meridian of its six-degree zone
	if got := Propose(wide); !slices.ContainsFunc(got, func(p Proposal) bool { return p.CRS == "EPSG:4505" }) {
		t.Errorf("six degrees without number: %v", got)
	}
}

func TestProposeNothing(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, b := range [][4]float64{
		{nan, 0, 1, 1}, {0, 0, inf, 1}, {-inf, 0, inf, 1}, {5, 0, 4, 1},
		{463659, 0, 463660, 10},                // the equator
		{3116228, 463659, 3116229, 463660},     // northing first
		{1e12, 1e12, 1e12 + 1, 1e12 + 1},       // nowhere
		{38463659, 1e7, 38463660, 1e7},         // beyond the pole
		{38900000, 3116228, 39100000, 3116229}, // two zones
	} {
		if got := Propose(b); len(got) != 0 {
			t.Errorf("%v: %v", b, got)
		}
	}
}
