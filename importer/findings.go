package importer

import (
	"fmt"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Rules of the pipeline. Those of the readers are named in their files.
const (
	ruleGeometryMissing = "geometry-missing"
	ruleGeometryType    = "geometry-type"
	ruleNotFinite       = "coordinate-not-finite"
	ruleOutOfRange      = "coordinate-out-of-range"
	ruleTooFewPoints    = "too-few-points"
	ruleUnclosed        = "ring-unclosed"
	ruleRepeatedPoint   = "point-repeated"
	ruleRingDropped     = "ring-without-area"
	ruleRingOrder       = "ring-order"
	ruleSelfCrossing    = "ring-self-crossing"
	ruleInvalid         = "geometry-invalid"
	ruleSeveralPoints   = "several-points"
	ruleCodeTwice       = "code-twice"
	ruleShapeTwice      = "shape-twice"
	ruleValueMissing    = "value-missing"
	ruleValueNotAllowed = "value-not-allowed"
	ruleValueTooLong    = "value-too-long"
	ruleValuePersonal   = "value-personal"
	ruleFileBroken      = "file-broken"
)

// at writes a place as people read it on the map: longitude, latitude.
func at(p orb.Point) string { return fmt.Sprintf("%.6f, %.6f", p[0], p[1]) }

// found makes a finding at a place in EPSG:4326.
func found(row int64, rule string, p *orb.Point, zh, en string, args ...any) lintu.Finding {
	f := lintu.Finding{Row: row, Rule: rule, Text: lintu.Say(zh, en, args...)}
	if p != nil && onEarth(*p) {
		f.LonLat = &[2]float64{p[0], p[1]}
	}
	return f
}

// onEarth reports whether a point is a longitude and a latitude.
func onEarth(p orb.Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}
