package lintu

import (
	"context"
	"time"
)

// BatchState says how far an import has come.
type BatchState string

// The states. A batch moves draft → applied → undone, or draft → discarded.
const (
	BatchDraft     BatchState = "draft"     // file received, nothing stored as features
	BatchApplied   BatchState = "applied"   // its rows are on the map
	BatchUndone    BatchState = "undone"    // taken back by a later set of versions
	BatchDiscarded BatchState = "discarded" // never applied
)

// Batch is one file brought in by one person: what it was, how it was read, and
// what came of it. All its parts are applied in one transaction or not at all.
type Batch struct {
	ID        ID         `json:"id"`
	File      string     `json:"file"`   // its name as uploaded, for people; never used as a path
	SHA256    string     `json:"sha256"` // of the bytes received, lower-case hex
	Bytes     int64      `json:"bytes"`
	State     BatchState `json:"state"`
	CreatedAt time.Time  `json:"createdAt"`
	AppliedAt *time.Time `json:"appliedAt,omitempty"`
	UndoneAt  *time.Time `json:"undoneAt,omitempty"`
	Actor     string     `json:"actor"`
	Parts     []Part     `json:"parts"`
}

// Part is one dataset of a file (a shapefile, a GeoJSON collection) on its way
// into one layer.
type Part struct {
	Dataset string  `json:"dataset"`
	Answers Answers `json:"answers"`
	Report  *Report `json:"report,omitempty"`
}

// Answers is what a person said about one dataset: by flags on the command line
// or on the planner's page. Empty fields were not answered.
type Answers struct {
	Skip         bool              `json:"skip,omitempty"`         // leave this dataset out
	Layer        Layer             `json:"layer,omitempty"`        // --layer
	Encoding     string            `json:"encoding,omitempty"`     // --encoding: a WHATWG label
	CRS          string            `json:"crs,omitempty"`          // --crs: EPSG:n or WKT
	From         string            `json:"from,omitempty"`         // --from: gcj02, bd09
	Map          map[string]string `json:"map,omitempty"`          // --map: field → column, or @row, @shape; "" leaves the field empty
	SkipRefused  bool              `json:"skipRefused,omitempty"`  // --skip-refused: import the good rows without the bad
	CloseMissing bool              `json:"closeMissing,omitempty"` // --close-missing: end what the file no longer has
}

// Report explains one part: what was detected and how surely, what was
// repaired, what is refused and where, and what applying it would change.
type Report struct {
	Dataset    string      `json:"dataset"`
	Layer      Layer       `json:"layer,omitempty"`
	Features   int64       `json:"features"`         // rows read
	Accepted   int64       `json:"accepted"`         // rows that would be stored
	Bounds     []float64   `json:"bounds,omitempty"` // west, south, east, north in EPSG:4326 of the accepted rows
	Encoding   Detection   `json:"encoding"`
	CRS        Detection   `json:"crs"`
	Columns    []Column    `json:"columns"`
	Questions  []Question  `json:"questions"` // open ones; none means it can be applied
	Repairs    Findings    `json:"repairs"`
	Refusals   Findings    `json:"refusals"`
	Overlaps   Findings    `json:"overlaps"`
	Gaps       Findings    `json:"gaps"`
	Comparison *Comparison `json:"comparison,omitempty"`
	Notes      []Text      `json:"notes,omitempty"` // e.g. columns with personal data that were left out
}

// Detection is what the importer believes about a file and why.
type Detection struct {
	Value      string      `json:"value"`      // "" when it must be asked
	Title      Text        `json:"title"`      // the value in words
	Confidence float64     `json:"confidence"` // 0 to 1
	Reason     Text        `json:"reason"`
	Candidates []Candidate `json:"candidates,omitempty"`
}

// Candidate is one possible answer to a question, most likely first.
type Candidate struct {
	Value      string  `json:"value"`
	Title      Text    `json:"title"`
	Confidence float64 `json:"confidence"`
	Reason     Text    `json:"reason"`
	// Set holds the answers that choosing this candidate gives, as the JSON
	// fields of Answers: {"crs": "EPSG:4490", "from": "gcj02"}. "map.code" is the
	// entry code of map; booleans are "true".
	Set map[string]string `json:"set"`
}

// Question is something the importer will not guess.
type Question struct {
	Key        string      `json:"key"`  // crs, encoding, layer, map.code, refused
	Flag       string      `json:"flag"` // how the command line answers it: --crs
	Text       Text        `json:"text"`
	Candidates []Candidate `json:"candidates"`
}

// Column is one attribute column of a file and the field it feeds.
type Column struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Field      string   `json:"field,omitempty"` // "" when it is not used
	Confidence float64  `json:"confidence"`
	Samples    []string `json:"samples"`            // of the first rows, at most 5
	Personal   bool     `json:"personal,omitempty"` // personal data: samples withheld; stored, encrypted, only if Field names a personal field
}

// Finding is one thing found at one place of a file.
type Finding struct {
	Row    int64       `json:"row,omitempty"`    // 1-based; 0 when it concerns the file
	Rule   string      `json:"rule"`             // stable identifier, e.g. ring-self-crossing
	LonLat *[2]float64 `json:"lonLat,omitempty"` // EPSG:4326 where the CRS is known
	Text   Text        `json:"text"`
	AreaM2 float64     `json:"areaM2,omitempty"` // of an overlap or gap
}

// FindingsKept is how many findings of one list a report keeps in full.
const FindingsKept = 200

// Findings is a bounded list with honest totals.
type Findings struct {
	Total  int64            `json:"total"`
	ByRule map[string]int64 `json:"byRule,omitempty"`
	List   []Finding        `json:"list,omitempty"` // the first FindingsKept
}

// Add counts a finding and keeps it if there is room.
func (f *Findings) Add(x Finding) {
	f.Total++
	if f.ByRule == nil {
		f.ByRule = map[string]int64{}
	}
	f.ByRule[x.Rule]++
	if len(f.List) < FindingsKept {
		f.List = append(f.List, x)
	}
}

// Merge adds what another list has found.
func (f *Findings) Merge(other Findings) {
	f.Total += other.Total
	for rule, n := range other.ByRule {
		if f.ByRule == nil {
			f.ByRule = map[string]int64{}
		}
		f.ByRule[rule] += n
	}
	f.List = append(f.List, other.List[:min(len(other.List), FindingsKept-len(f.List))]...)
}

// Comparison is what applying a part would change, or did change.
type Comparison struct {
	New       int64 `json:"new"`
	Changed   int64 `json:"changed"`
	Unchanged int64 `json:"unchanged"`
	Missing   int64 `json:"missing"` // there now, not in the file
	Closed    int64 `json:"closed"`  // missing ones whose validity ends with this batch
	// Persons is of how many households or heads the personal data is new, changed
	// or cleared. They are unchanged above if nothing else is.
	Persons int64 `json:"persons,omitempty"`
}

// Row is one validated feature on its way into the database.
type Row struct {
	Number   int64    // 1-based row of the file
	ID       ID       // used if no feature of that code exists yet
	Values   []string // in the order of LayerInfo.ImportFields; "" is absent
	Geometry []byte   // EWKB with SRID 4326, two-dimensional, valid; nil is absent
	Person   *Person  // personal data that the file brings; nil if it brings none
}

// Rows yields rows until it returns false; Err then says why it ended.
// A Row's slices are valid until the next call. Rows that can tell how many they
// will be at most also have a method Expected() int64; it may be told wrong.
type Rows interface {
	Next(ctx context.Context) bool
	Row() *Row
	Err() error
}

// Progress is told how far a long job is: the step, what is done, and the total
// or 0 if unknown. Implementations return at once.
type Progress func(step Text, done, total int64)

// NoBatch says that there is no batch of that id, or none that is the asker's.
func NoBatch(id ID) error {
	return Errorf(CodeNotFound, "没有编号为 %s 的批次。", "There is no batch %s.", id)
}

// BatchStore keeps batches and applies them.
type BatchStore interface {
	CreateBatch(ctx context.Context, tenant int32, b *Batch) error
	// Batch is NoBatch if there is none.
	Batch(ctx context.Context, tenant int32, id ID) (*Batch, error)
	// Batches returns the newest first, only those of the actors unless that is nil.
	Batches(ctx context.Context, tenant int32, actors []string, limit int) ([]*Batch, error)
	// SaveParts stores answers and reports of a draft; CodeConflict if it is no draft.
	SaveParts(ctx context.Context, tenant int32, id ID, parts []Part) error
	DiscardBatch(ctx context.Context, tenant int32, id ID) error
	// ApplyBatch runs load in one transaction, in which load stages and merges
	// each part; then counts, change log, audit and the batch's state are
	// written and everything is committed. Any error leaves no trace.
	// CodeForbidden if it would change something outside the actor's territory.
	ApplyBatch(ctx context.Context, tenant int32, b *Batch, by Actor, load func(BatchTx) error) error
	// TryBatch runs load like ApplyBatch and always rolls back: a dry run.
	TryBatch(ctx context.Context, tenant int32, by Actor, load func(BatchTx) error) error
	// UndoBatch brings the state before the batch back, as new versions.
	// CodeConflict if later changes stand on it.
	// CodeForbidden as for ApplyBatch.
	UndoBatch(ctx context.Context, tenant int32, id ID, by Actor) error
}

// BatchTx is the transaction of one batch.
type BatchTx interface {
	// Stage copies rows into a staging table of the layer and returns their
	// number. A code that occurs twice is CodeInvalid naming both rows.
	Stage(ctx context.Context, layer LayerInfo, rows Rows) (int64, error)
	// RefuseUnknown takes the staged rows out again whose code no present feature
	// of the layer has, nor a row merged before, and reports them: a table without
	// places says something about what is known and adds nothing. It comes between
	// Stage and Merge.
	RefuseUnknown(ctx context.Context, layer LayerInfo) (Findings, error)
	// Coverage reports overlaps between, and gaps enclosed by, the staged areas,
	// with their size in square metres and a place inside.
	Coverage(ctx context.Context, layer LayerInfo) (overlaps, gaps Findings, err error)
	// Merge compares the staged rows with what is there, makes them the present
	// versions, and returns what changed. A household's head code becomes a
	// dated assignment; a code that no head has is CodeInvalid naming the row.
	Merge(ctx context.Context, layer LayerInfo, closeMissing bool) (Comparison, error)
}

// Geodesy is what the importer asks of PROJ and GEOS inside PostGIS.
type Geodesy interface {
	// Transform converts x, y pairs in place from srs (EPSG:n or WKT) to
	// EPSG:4326, longitude first. Source axis order is x (easting or longitude)
	// first, as in shapefiles.
	Transform(ctx context.Context, srs string, xy []float64) error
	// Describe returns the name of an SRS and whether PROJ knows it.
	Describe(ctx context.Context, srs string) (name string, err error)
	// Mend judges polygons (EWKB) that are not plainly valid.
	Mend(ctx context.Context, ewkb [][]byte) ([]Mended, error)
}

// Mended is PostGIS's verdict on one geometry.
type Mended struct {
	Valid  bool       // was valid as it came
	EWKB   []byte     // the repaired geometry; nil if it has more than one meaning or nothing is left
	Reason string     // GEOS's reason, English: "Self-intersection"
	LonLat [2]float64 // the place of the first fault
	// AreaM2 is by how many square metres the even-odd and the non-zero reading
	// of the rings differ; a repair is made only where they agree.
	AreaM2 float64
}
