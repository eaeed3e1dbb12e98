package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/width"

	"github.com/lintu-map/lintu"
)

// searched lists the layers that a search looks through, in the order in which
// equally good hits come.
var searched = []lintu.Layer{lintu.Counties, lintu.Streets, lintu.Communities, lintu.Groups, lintu.Grids,
	lintu.Units, lintu.Heads, lintu.Buildings, lintu.Households, lintu.Cases, lintu.Cells}

// placed are the layers whose features can be searched inside an area.
var placed = []lintu.Layer{lintu.Units, lintu.Heads, lintu.Buildings, lintu.Households}

// The parameters of a search: $1 tenant, $2 the text, $3 the text and what may
// follow, $4 a pattern per word, $5 the most hits, $6 the pattern of the area's
// name, $7 and $8 the patterns in small and in capital letters, for texts with
// Latin letters: ILIKE takes ten times as long as LIKE; then those of the viewer's
// territories.
const (
	namedLike      = "f.name LIKE ALL ($4::text[]) AND $7::text[] IS NULL AND $8::text[] IS NULL"
	namedLikeLatin = "(f.name LIKE ALL ($4::text[]) OR f.name LIKE ALL ($7::text[]) OR f.name LIKE ALL ($8::text[]))"
)

// Search implements lintu.Finder.
func (r *Reader) Search(ctx context.Context, v *lintu.Viewer, text string, limit int) ([]lintu.Hit, error) {
	text = width.Fold.String(strings.ReplaceAll(text, "\x00", " ")) // １栋 is 1栋
	words := strings.Fields(text)
	if len(words) == 0 {
		return []lintu.Hit{}, nil
	}
	hits, err := r.hits(ctx, v, words, limit, "")
	if err != nil || len(hits) >= limit || len(words) < 2 {
		return hits, err
	}
	more, err := r.hits(ctx, v, words[1:], limit, words[0])
	return appendNew(hits, more, limit), err
}

// hits searches for words, in the areas of that name if one is given.
func (r *Reader) hits(ctx context.Context, v *lintu.Viewer, words []string, limit int, area string) ([]lintu.Hit, error) {
	text := strings.Join(words, " ")
	patterns := make([]string, len(words))
	for i, w := range words {
		patterns[i] = like(w, "%", "%")
	}
	layers, named, inArea := searched, namedLike, ""
	if area != "" {
		if layers, inArea = placed, insideArea(v); inArea == "" {
			return []lintu.Hit{}, nil
		}
	}
	var small, capital []string
	if strings.ContainsFunc(text+area, isLatin) {
		named = namedLikeLatin
		for _, p := range patterns {
			small, capital = append(small, strings.ToLower(p)), append(capital, strings.ToUpper(p))
		}
	}
	args := []any{v.Tenant, like(text, "", ""), like(text, "", "%"), patterns, limit, like(area, "%", "%"), small, capital}
	statement := hitsSQL(v, layers, named, inArea, &args)
	if statement == "" {
		return []lintu.Hit{}, nil
	}
	rows, err := r.db.pool.Query(ctx, statement, args...)
	if err != nil {
		return nil, toError(err)
	}
	hits, err := pgx.CollectRows(rows, scanHit)
	return hits, toError(err)
}

func scanHit(row pgx.CollectableRow) (lintu.Hit, error) {
	var h lintu.Hit
	var box lintu.BBox
	var isArea bool
	err := row.Scan(&h.Layer, &h.ID, &h.Code, &h.Name, &h.Lon, &h.Lat, &box[0], &box[1], &box[2], &box[3], &isArea, &h.Within)
	if isArea {
		h.BBox = &box
	}
	return h, err
}

func appendNew(hits, more []lintu.Hit, limit int) []lintu.Hit {
	seen := map[string]bool{}
	for _, h := range hits {
		seen[h.ID] = true
	}
	for _, h := range more {
		if !seen[h.ID] && len(hits) < limit {
			hits = append(hits, h)
		}
	}
	return hits
}

func isLatin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xC0 && r < 0x250
}

// like makes a pattern that matches s as it is written.
func like(s, before, after string) string {
	return before + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + after
}

// hitsSQL looks through each layer that the viewer is shown for its best, then
// takes the best of all and names the areas around them. It is "" if no layer is
// shown, and adds to args what the viewer's territories need.
func hitsSQL(v *lintu.Viewer, layers []lintu.Layer, named, inArea string, args *[]any) string {
	var parts []string
	for i, name := range layers {
		l, _ := lintu.LayerByName(name)
		if within, err := v.Sees(l); err == nil {
			parts = append(parts, "("+layerHitsSQL(l, i, named, inArea, insideOf(l, within, args))+")")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "WITH hit AS (SELECT * FROM (" + strings.Join(parts, " UNION ALL ") + ") x ORDER BY rank, place, length(name), code LIMIT $5)" +
		" SELECT layer, id::text, code, name, ST_X(point), ST_Y(point), ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box), level < 6," +
		" coalesce((SELECT string_agg(a.name, ' ' ORDER BY a.level) FROM (" + aroundSQL("hit.point", "hit.level", areasShown(v)) + ") a WHERE a.name <> ''), '')" +
		" FROM hit WHERE $6::text IS NOT NULL ORDER BY rank, place, length(name), code"
}

func layerHitsSQL(l lintu.LayerInfo, place int, named, inArea string, in inside) string {
	point, from, condition := "f.geom", versions(l, present), inArea+in.condition(l)
	switch {
	case l.Kind == lintu.KindCase: // its words are nobody's to search here
		from, condition = "(SELECT c.*, '' AS name FROM ("+caseRelation(present, in)+") c)", inArea
	case l.Kind == lintu.KindArea:
		point = "f.label"
	case l.Shape != lintu.Point:
		point = "ST_PointOnSurface(f.geom)"
	}
	found := fmt.Sprintf("SELECT f.id, f.code, f.name, %s AS point, Box3D(f.geom) AS box,"+
		" CASE WHEN f.name LIKE $2 OR f.code LIKE $2 THEN 0 WHEN f.name LIKE $3 OR f.code LIKE $3 THEN 1 ELSE 2 END AS rank"+
		" FROM %s f WHERE f.tenant_id = $1 AND f.geom IS NOT NULL AND (%s)%s",
		point, from, matching(l, named), condition)
	return fmt.Sprintf("SELECT '%s' AS layer, %d AS place, %d AS level, rank, id, code, name, point, box"+
		" FROM (%s ORDER BY rank, length(name), code LIMIT $5) f", l.Name, place, levelRank(l), found)
}

// matching is the condition to fit the text by name or code. Codes of what there
// are many of count from their beginning; those of buildings say nothing to people.
func matching(l lintu.LayerInfo, named string) string {
	switch l.Kind {
	case lintu.KindBase:
		return "f.name <> '' AND " + named
	case lintu.KindArea, lintu.KindUnit, lintu.KindCase:
		return named + " OR f.code LIKE ALL ($4::text[])"
	}
	return named + " OR f.code LIKE upper($3) OR f.code LIKE $3"
}

// levelRank numbers the levels of areas from 0, wide to narrow; all else is
// inside of every area.
func levelRank(l lintu.LayerInfo) int {
	for i, level := range lintu.Levels {
		if l.Kind == lintu.KindArea && l.Level == level {
			return i
		}
	}
	return len(lintu.Levels)
}

// areasShown lists the levels of areas that the viewer is shown.
func areasShown(v *lintu.Viewer) []lintu.Level {
	var levels []lintu.Level
	for _, l := range lintu.Layers {
		if _, err := v.Sees(l); l.Kind == lintu.KindArea && err == nil {
			levels = append(levels, l.Level)
		}
	}
	return levels
}

// aroundSQL gives the present areas of the shown levels, wider than a level, that
// contain a point, one branch per level, each with its index. Cells are no
// place-names.
func aroundSQL(point, level string, shown []lintu.Level) string {
	var parts []string
	for i, l := range lintu.Levels[:len(lintu.Levels)-1] {
		if !slices.Contains(shown, l) {
			continue
		}
		parts = append(parts, fmt.Sprintf("SELECT %d AS level, g.id, g.code, g.name FROM area g WHERE g.tenant_id = $1 AND g.level = '%s' AND upper_inf(g.valid)"+
			" AND %d < %s AND ST_Intersects(g.geom, %s)", i, l, i, level, point))
	}
	if len(parts) == 0 {
		return "SELECT 0 AS level, NULL::uuid AS id, '' AS code, '' AS name WHERE $1::int IS NULL AND " + level + " < 0 AND " + point + " IS NULL"
	}
	return strings.Join(parts, " UNION ALL ")
}

// insideArea is the condition to lie in a street, community, group or grid whose
// name has $6 in it; "" if the viewer is shown none of them.
func insideArea(v *lintu.Viewer) string {
	var levels []string
	for _, l := range areasShown(v) {
		if l != lintu.LevelCounty && l != lintu.LevelCell {
			levels = append(levels, "'"+string(l)+"'")
		}
	}
	if len(levels) == 0 {
		return ""
	}
	return " AND EXISTS (SELECT FROM area g WHERE g.tenant_id = $1 AND g.level IN (" + strings.Join(levels, ", ") + ")" +
		" AND upper_inf(g.valid) AND g.name LIKE $6 AND ST_Intersects(g.geom, f.geom))"
}
