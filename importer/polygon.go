package importer

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// referee is what one worker judges geometry with.
type referee struct {
	geodesy lintu.Geodesy
	checker geo.Checker
}

// checkPolygon judges a polygon and makes the repairs that have one meaning. It
// reports whether the polygon is still doubtful, so that PostGIS must look at it.
func (p *plan) checkPolygon(it *item, j *referee) (doubtful bool) {
	var polygons orb.MultiPolygon
	switch g := it.geometry.(type) {
	case orb.Polygon:
		polygons = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		polygons = g
	default:
		p.wrongType(it)
		return false
	}
	if polygons = cleanRings(it, polygons); len(polygons) == 0 {
		return false
	}
	if p.dataset.Format == FormatShapefile {
		polygons = assemble(it, polygons[0])
	} else {
		geo.Orient(polygons)
	}
	it.geometry = polygons
	if j.checker.PlainlyValid(polygons) || reordered(it, polygons, j) {
		return false
	}
	v, ok := j.checker.Judge(polygons)
	if ok && v.Fault != "" {
		it.accept(string(v.Fault), v.At, v.Mended, v.ApartM2)
	}
	return !ok
}

// cleanRings closes rings and drops repeated points and rings without area. The
// row is refused if nothing is left.
func cleanRings(it *item, polygons orb.MultiPolygon) orb.MultiPolygon {
	place := firstPoint(polygons)
	kept, n := polygons[:0], 0
	for _, poly := range polygons {
		rings := poly[:0]
		lostShell := false
		for i, r := range poly {
			n++
			clean, done, err := geo.CleanRing(r)
			noteRing(it, n, clean, done, err)
			if err == nil && !lostShell {
				rings = append(rings, clean)
			}
			lostShell = lostShell || err != nil && i == 0 && len(poly) > 1 && !it.loose
		}
		if lostShell {
			it.refuse(found(it.number, ruleTooFewPoints, place, "外环不足三个点，而它有洞", "an outer ring has fewer than three points, and holes in it"))
		}
		if len(rings) > 0 {
			kept = append(kept, rings)
		}
	}
	if !it.ok() {
		return nil
	}
	if len(kept) == 0 {
		it.refuse(found(it.number, ruleTooFewPoints, place, "没有一个环有三个不同的点%s", "no ring has three different points%s", near(place)))
	}
	return kept
}

// near writes ", at place" where there is one.
func near(p *orb.Point) string {
	if p == nil {
		return ""
	}
	return " (" + at(*p) + ")"
}

// noteRing reports what was done to ring n of a row.
func noteRing(it *item, n int, r orb.Ring, done geo.RingRepair, err error) {
	var first *orb.Point
	if len(r) > 0 {
		first = &r[0]
	}
	switch {
	case err != nil:
		it.repair(found(it.number, ruleRingDropped, first, "第 %d 个环没有三个不同的点，已去掉%s", "ring %d has no three different points and was dropped%s", n, near(first)))
		return
	case done.Closed:
		it.repair(found(it.number, ruleUnclosed, first, "第 %d 个环没有闭合，已在 %s 闭合", "ring %d was not closed; it was closed at %s", n, at(r[0])))
	}
	if done.Duplicates > 0 {
		it.repair(found(it.number, ruleRepeatedPoint, first, "第 %d 个环有 %d 个重复的点，已去掉（环始于 %s）", "ring %d had %d repeated points, which were dropped (it begins at %s)", n, done.Duplicates, at(r[0])))
	}
}

// assemble sorts the loose rings of a shapefile into shells and holes.
func assemble(it *item, rings orb.Polygon) orb.MultiPolygon {
	polygons, issues := geo.AssembleRings(rings)
	for _, issue := range issues {
		f := found(it.number, issue.Rule, &issue.At, "", "")
		f.Text = lintu.Text(issue.Text)
		f.Text.ZH += " (" + at(issue.At) + ")"
		f.Text.EN += " (" + at(issue.At) + ")"
		it.repair(f)
	}
	return polygons
}

// reordered tries whether the rings are sound once shells and holes are sorted
// by what lies inside what.
func reordered(it *item, polygons orb.MultiPolygon, j *referee) bool {
	var rings []orb.Ring
	for _, poly := range polygons {
		rings = append(rings, poly...)
	}
	if it.loose || len(rings) < 2 {
		return false
	}
	sorted, _ := geo.AssembleRings(rings)
	if !j.checker.PlainlyValid(sorted) {
		return false
	}
	it.geometry = sorted
	first := sorted[0][0][0]
	it.repair(found(it.number, ruleRingOrder, &first, "外环和洞的次序不对，已按位置重排（%s）", "outer rings and holes were out of order and were sorted by place (%s)", at(first)))
	return true
}

// mend lets PostGIS judge the doubtful polygons of a chunk, all at once.
func mend(ctx context.Context, items []*item, g lintu.Geodesy) error {
	if len(items) == 0 {
		return nil
	}
	shapes := make([][]byte, len(items))
	for i, it := range items {
		var err error
		if shapes[i], err = geo.AppendEWKB(nil, it.geometry); err != nil {
			return fmt.Errorf("encode row %d: %w", it.number, err)
		}
	}
	verdicts, err := g.Mend(ctx, shapes)
	if err != nil {
		return fmt.Errorf("judge %d polygons: %w", len(shapes), err)
	}
	for i, it := range items {
		if err := it.acceptMended(&verdicts[i]); err != nil {
			return fmt.Errorf("mended row %d: %w", it.number, err)
		}
	}
	return nil
}

// acceptMended takes PostGIS's verdict on a row.
func (it *item) acceptMended(v *lintu.Mended) error {
	if v.Valid {
		return nil
	}
	var mended orb.MultiPolygon
	if v.EWKB != nil {
		g, err := geo.DecodeEWKB(v.EWKB)
		if err != nil {
			return err
		}
		var ok bool
		if mended, ok = g.(orb.MultiPolygon); !ok {
			return fmt.Errorf("a %s came back", g.GeoJSONType())
		}
		geo.Orient(mended)
	}
	it.accept(v.Reason, orb.Point(v.LonLat), mended, v.AreaM2)
	return nil
}

// accept takes the verdict on an invalid row: GEOS's name for its fault and where
// that is, and the mended polygons, or by how much their readings differ.
func (it *item) accept(reason string, place orb.Point, mended orb.MultiPolygon, apartM2 float64) {
	fault := faultOf(reason)
	ring := ringAt(it.geometry, place)
	f := found(it.number, fault.rule, &place, "", "")
	f.AreaM2 = apartM2
	zh, en := fmt.Sprintf(fault.text.ZH, ring, at(place)), fmt.Sprintf(fault.text.EN, ring, at(place))
	switch {
	case mended != nil:
		it.geometry = mended
		f.Text = lintu.Text{ZH: zh + "，已修复", EN: en + "; repaired"}
		it.repair(f)
	case apartM2 == 0:
		f.Text = lintu.Text{ZH: zh + "；它不围成任何面积，无法存为面", EN: en + "; it encloses no area and is no polygon"}
		it.refuse(f)
	default:
		f.Text = lintu.Text{
			ZH: zh + fmt.Sprintf("；它有不止一种读法，相差 %.2f 平方米，无法自动修复", apartM2),
			EN: en + fmt.Sprintf("; it has more than one meaning, which differ by %.2f m², and cannot be repaired", apartM2)}
		it.refuse(f)
	}
}
