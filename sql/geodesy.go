package sql

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

// Geodesy asks PROJ and GEOS inside PostGIS. It implements lintu.Geodesy and is
// safe for concurrent use.
type Geodesy struct{ db *DB }

// NewGeodesy returns the geodesy of the server behind db.
func NewGeodesy(db *DB) *Geodesy { return &Geodesy{db: db} }

var _ lintu.Geodesy = (*Geodesy)(nil)

// srsMax bounds the text of an SRS; the longest that files carry are some 3 kB.
const srsMax = 64 << 10

// transformChunk is how many points one statement converts. For an SRS given as
// WKT each statement makes the transformation anew, which takes PROJ 0.2 s; a
// point takes 1.5 µs.
const transformChunk = 1 << 18

var codePattern = regexp.MustCompile(`^([A-Za-z]{1,16}):(\d{1,9})$`)

// srs is an SRS that is at least well written.
type srs struct {
	text string // what PROJ reads
	srid int32  // in spatial_ref_sys; 0 if it is not there
	name string
}

// find looks the SRS up by its code or takes it as WKT. Anything else, such as a
// PROJ string that may name files of the server, is not an SRS.
func (g *Geodesy) find(ctx context.Context, s string) (srs, error) {
	s = strings.TrimSpace(s)
	m := codePattern.FindStringSubmatch(s)
	if m == nil {
		if len(s) > srsMax || !strings.Contains(s, "[") {
			return srs{}, errUnknownSRS(s)
		}
		return flat(srs{text: s, name: firstQuoted(s)}, s)
	}
	code, err := strconv.Atoi(m[2])
	if err != nil {
		return srs{}, errUnknownSRS(s)
	}
	found := srs{text: strings.ToUpper(m[1]) + ":" + m[2]}
	var wkt string
	err = g.db.pool.QueryRow(ctx, `select srid, srtext from spatial_ref_sys where auth_name = $1 and auth_srid = $2`,
		strings.ToUpper(m[1]), code).Scan(&found.srid, &wkt)
	if errors.Is(err, pgx.ErrNoRows) {
		found.name = found.text // PROJ may know a newer one than PostGIS lists
		return found, nil
	}
	if err != nil {
		return srs{}, toError(err)
	}
	found.name = firstQuoted(wkt)
	return flat(found, wkt)
}

// notFlat are the kinds of SRS that have no easting and northing, or no place on
// the globe. PROJ would take some of them and convert nothing.
var notFlat = regexp.MustCompile(`(?i)^\s*(VERT_CS|VERTCRS|VERTICALCRS|GEOCCS|LOCAL_CS|ENGCRS|ENGINEERINGCRS|TIMECRS|PARAMETRICCRS)\b`)

func flat(s srs, wkt string) (srs, error) {
	if notFlat.MatchString(wkt) {
		return srs{}, lintu.Errorf(lintu.CodeInvalid,
			"坐标系“%[1]s”不是平面或经纬度坐标系，无法换算到地图上；请指定正确的坐标系。",
			"The coordinate system %[1]q is neither projected nor geographic and has no place on the map; please name the right one.", s.name)
	}
	return s, nil
}

// firstQuoted is the name in a WKT.
func firstQuoted(wkt string) string {
	_, rest, ok := strings.Cut(wkt, `"`)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// Describe implements lintu.Geodesy. CodeInvalid for an SRS that PROJ does not know.
func (g *Geodesy) Describe(ctx context.Context, s string) (string, error) {
	found, err := g.find(ctx, s)
	if err != nil {
		return "", err
	}
	// A place outside the domain of the projection still shows that PROJ knows it.
	_, err = g.transform(ctx, found, []float64{0, 0, 0, 0})
	if err != nil && !outside(err) {
		return "", srsError(found, err)
	}
	return found.name, nil
}

// Transform implements lintu.Geodesy. The transformation is the one that PROJ
// holds for the most accurate without grids from the network; datum shifts that
// need local parameters are not made. Whatever axis order an SRS declares,
// PostGIS takes x first. CodeInvalid if PROJ does not know the SRS, or if a
// point has no place on the globe under it; xy is then half converted.
func (g *Geodesy) Transform(ctx context.Context, s string, xy []float64) error {
	found, err := g.find(ctx, s)
	if err != nil {
		return err
	}
	for start := 0; start < len(xy); start += 2 * transformChunk {
		chunk := xy[start:min(start+2*transformChunk, len(xy))]
		out, err := g.transform(ctx, found, chunk)
		if outside(err) {
			return g.firstOutside(ctx, found, chunk)
		}
		if err != nil {
			return srsError(found, err)
		}
		for i := 0; i < len(out); i += 2 {
			// The comparison is false for NaN too.
			if !(math.Abs(out[i]) <= 180 && math.Abs(out[i+1]) <= 90) {
				return errOutside(found, chunk[i], chunk[i+1])
			}
		}
		copy(chunk, out)
	}
	return nil
}

// transform sends points as one line, since PROJ is set up once per geometry.
func (g *Geodesy) transform(ctx context.Context, s srs, xy []float64) ([]float64, error) {
	n := len(xy) / 2
	if n == 0 {
		return nil, nil
	}
	line := lineWKB(xy)
	statement, args := `select ST_AsBinary(ST_Transform(ST_GeomFromWKB($1), $2::text, 4326), 'NDR')`, []any{line, s.text}
	if s.srid != 0 { // the connection remembers the transformation
		statement, args = `select ST_AsBinary(ST_Transform(ST_GeomFromWKB($1, $2::int), 4326), 'NDR')`, []any{line, s.srid}
	}
	var wkb []byte
	if err := g.db.pool.QueryRow(ctx, statement, args...).Scan(&wkb); err != nil {
		return nil, err
	}
	if len(wkb) < wkbHeader+16*n {
		return nil, fmt.Errorf("asked for %d points, got %d bytes", n, len(wkb))
	}
	out := make([]float64, 2*n)
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(wkb[wkbHeader+8*i:]))
	}
	return out, nil
}

// wkbHeader is byte order, type and number of points.
const wkbHeader = 9

// lineWKB is a line through the points; a single one is doubled, for PostGIS
// takes no line of one.
func lineWKB(xy []float64) []byte {
	if len(xy) == 2 {
		xy = []float64{xy[0], xy[1], xy[0], xy[1]}
	}
	b := make([]byte, wkbHeader, wkbHeader+8*len(xy))
	b[0], b[1] = 1, 2
	binary.LittleEndian.PutUint32(b[5:], uint32(len(xy)/2))
	for _, v := range xy {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// firstOutside halves the points until it can name the first that PROJ refuses.
func (g *Geodesy) firstOutside(ctx context.Context, s srs, xy []float64) error {
	for len(xy) > 2 {
		half := len(xy) / 4 * 2
		_, err := g.transform(ctx, s, xy[:half])
		switch {
		case outside(err):
			xy = xy[:half]
		case err != nil:
			return srsError(s, err)
		default:
			xy = xy[half:]
		}
	}
	return errOutside(s, xy[0], xy[1])
}

// said finds what PostGIS's own code says: it has one SQLSTATE for everything.
func said(err error, words ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "XX000" {
		return false
	}
	for _, w := range words {
		if strings.Contains(pg.Message, w) {
			return true
		}
	}
	return false
}

// outside reports whether PROJ refused a point and not the SRS.
func outside(err error) bool {
	return said(err, "Point outside of projection domain", "Invalid coordinate", "transform: ")
}

func srsError(s srs, err error) error {
	if said(err, "could not parse proj string", "Failed to transform", "could not form projection") {
		return errUnknownSRS(s.text).Because(err)
	}
	return toError(err)
}

func errUnknownSRS(s string) *lintu.Error {
	const kept = 60
	if r := []rune(s); len(r) > kept {
		s = string(r[:kept]) + "…"
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"不认识坐标系“%[1]s”；请用 EPSG 代码指定，例如 EPSG:4547。",
		"The coordinate system %[1]q is unknown; please name it by its EPSG code, such as EPSG:4547.", s)
}

func errOutside(s srs, x, y float64) *lintu.Error {
	return lintu.Errorf(lintu.CodeInvalid,
		"坐标 (%[2]g, %[3]g) 在坐标系“%[1]s”中没有对应的位置；坐标系可能选错了。",
		"The coordinates (%[2]g, %[3]g) are no place in the coordinate system %[1]q; it may be the wrong one.", s.name, x, y)
}

//go:embed queries/mend.sql
var mendSQL string

// A repair has one meaning where both readings of a polygon agree: within the
// size of a playing card, which no survey resolves, or a billionth of the area.
// Between them lies only arithmetic: a crossing is rounded to the next double,
// about a nanometre away, along a boundary of some kilometres.
const (
	agreeM2    = 0.01
	agreeShare = 1e-9
)

// Mend implements lintu.Geodesy: the repaired geometries are MultiPolygons.
// A hole outside of its shell is read as a polygon of its own by both readings,
// since files get the direction of rings wrong.
func (g *Geodesy) Mend(ctx context.Context, ewkb [][]byte) ([]lintu.Mended, error) {
	out, err := g.mend(ctx, ewkb)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "XX000" && !strings.HasPrefix(pg.Code, "22") {
		return out, toError(err)
	}
	if len(ewkb) == 1 {
		// GEOS or the parser gave up: nothing can be said for it.
		return []lintu.Mended{{Reason: pg.Message}}, nil
	}
	// One among them stops the statement; find it without losing the others.
	half := len(ewkb) / 2
	if out, err = g.Mend(ctx, ewkb[:half]); err != nil {
		return nil, err
	}
	rest, err := g.Mend(ctx, ewkb[half:])
	return append(out, rest...), err
}

func (g *Geodesy) mend(ctx context.Context, ewkb [][]byte) ([]lintu.Mended, error) {
	rows, err := g.db.pool.Query(ctx, mendSQL, ewkb, agreeM2, agreeShare)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]lintu.Mended, 0, len(ewkb))
	for rows.Next() {
		var m lintu.Mended
		var toleranceM2, apartM2 float64
		var repaired []byte
		if err := rows.Scan(&m.Valid, &m.Reason, &m.LonLat[0], &m.LonLat[1], &toleranceM2, &apartM2, &repaired); err != nil {
			return nil, err
		}
		switch {
		case m.Valid:
			m.EWKB = ewkb[len(out)]
		case apartM2 <= toleranceM2:
			m.EWKB = repaired
		default:
			m.AreaM2 = apartM2
		}
		out = append(out, m)
	}
	return out, rows.Err()
}
