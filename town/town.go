package town

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Config says which town to draw.
type Config struct {
	// Seed chooses the town: the same seed gives the same bytes.
	Seed uint64
	// Scale is how many copies of the town stand side by side, 1 to MaxScale;
	// each has 47,000 households. ScaleFor turns a number of households into it.
	Scale int
	// Progress, if set, is called by one goroutine at a time.
	Progress lintu.Progress
}

// MaxScale keeps the mosaic inside the zone of its projection.
const MaxScale = 256

// Households is how many of them one copy of the town has.
const Households = totalHomes

// ScaleFor is the smallest scale with at least that many households: 22 for a
// million, 213 for ten million.
func ScaleFor(households int) int { return max((households+totalHomes-1)/totalHomes, 1) }

// File says what one dataset of the town's files is.
type File struct {
	File    string      // name of the zip or table
	Dataset string      // name of the shapefile in it, or of the table
	Layer   lintu.Layer // what it is to be imported as
}

// Files lists all datasets in the order in which they must be imported: what is
// referred to before what refers to it.
func Files() []File {
	return []File{
		{"县区.zip", "县区", lintu.Counties},
		{"街道.zip", "街道", lintu.Streets},
		{"社区村.zip", "社区村", lintu.Communities},
		{"片组.zip", "片组", lintu.Groups},
		{"网格.zip", "网格", lintu.Grids},
		{"单元网格.zip", "单元网格", lintu.Cells},
		{"底图.zip", "水系", lintu.Water},
		{"底图.zip", "绿地", lintu.Green},
		{"底图.zip", "道路", lintu.Roads},
		{"底图.zip", "建筑", lintu.Buildings},
		{"责任单位.zip", "责任单位", lintu.Units},
		{"邻长.zip", "邻长", lintu.Heads},
		{"户.zip", "户", lintu.Households},
		{headPeople + ".csv", headPeople, lintu.Heads},
		{householdPeople + ".csv", householdPeople, lintu.Households},
	}
}

var drawing = map[string]lintu.Text{
	"land":      {ZH: "画山水道路", EN: "drawing hills, river and roads"},
	"areas":     {ZH: "划分社区和村", EN: "dividing communities and villages"},
	"buildings": {ZH: "盖房子", EN: "building houses"},
	"grids":     {ZH: "划分网格", EN: "dividing grids"},
	"heads":     {ZH: "安排邻长", EN: "appointing neighbor heads"},
}

// Write draws the town and writes its files into dir, which is made if needed.
// Files of the same names are replaced.
func Write(ctx context.Context, dir string, cfg Config) error {
	if cfg.Scale < 1 || cfg.Scale > MaxScale {
		return lintu.Errorf(lintu.CodeInvalid, "演示镇的规模须在 1 到 %d 之间，不能是 %d。",
			"The demo town's scale must be between 1 and %d, not %d.", MaxScale, cfg.Scale)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(lintu.Text, int64, int64) {}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("town: %w", err)
	}
	p, err := draw(cfg.Seed, func(step string) { cfg.Progress(drawing[step], 0, 0) })
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tiles := mosaic(cfg.Scale)
	copies := make([]copyOf, len(tiles))
	for i, t := range tiles {
		copies[i] = copyOf{offset: t.offset(), street: "430181002"}
		if i > 0 {
			copies[i].street, copies[i].label = copyStreet(i), fmt.Sprintf("%03d", i)
		}
	}
	sheets, err := p.sheets(copies, tiles)
	if err != nil {
		return err
	}
	if err := p.writePeople(ctx, dir, cfg.Seed, copies); err != nil {
		return err
	}
	return writeFiles(ctx, dir, sheets, copies, cfg.Progress)
}

// Offsets tells how far the copies of a town of that scale stand from the first, in
// metres east and north, in the projection of the town's files.
func Offsets(scale int) []orb.Point {
	var all []orb.Point
	for _, t := range mosaic(scale) {
		all = append(all, orb.Point{t.offset().x, t.offset().y})
	}
	return all
}

// mosaic lists the first n places for copies, from the middle outwards.
func mosaic(n int) []tile {
	var all []tile
	for i := -20; i <= 20; i++ {
		for j := -14; j <= 14; j++ {
			all = append(all, tile{int8(i), int8(j)})
		}
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].offset().length() < all[b].offset().length() })
	return all[:n]
}

func writeFiles(ctx context.Context, dir string, sheets map[string]*sheet, copies []copyOf, progress lintu.Progress) error {
	var total int64
	for _, s := range sheets {
		total += int64(len(s.rows) * len(s.copies(copies)))
	}
	var mu sync.Mutex
	var done atomic.Int64
	tell := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		progress(lintu.Text{ZH: "写文件", EN: "writing files"}, done.Add(int64(n)), total)
	}
	var names []string
	inFile := map[string][]*sheet{}
	for _, f := range Files() {
		if sheets[f.Dataset] == nil {
			continue // a table
		}
		if inFile[f.File] == nil {
			names = append(names, f.File)
		}
		inFile[f.File] = append(inFile[f.File], sheets[f.Dataset])
	}
	errs := make([]error, len(names))
	// The households are most of the work: their file starts first.
	each(len(names), func(i int) {
		i = len(names) - 1 - i
		errs[i] = writeZip(ctx, filepath.Join(dir, names[i]), inFile[names[i]], copies, tell)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.txt"), []byte(readme(sheets, copies)), 0o644)
}

func writeZip(ctx context.Context, path string, sheets []*sheet, copies []copyOf, tell func(int)) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("town: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("town: %w", e)
		}
	}()
	a := newArchive(f, copies, tell)
	for _, s := range sheets {
		if err := a.write(ctx, s); err != nil {
			return fmt.Errorf("town: writing %s: %w", s.name, err)
		}
	}
	return a.zip.Close()
}

func readme(sheets map[string]*sheet, copies []copyOf) string {
	text := `演示数据 / SYNTHETIC DATA
本目录中的全部数据由程序生成，不对应任何真实的人、户、房屋、单位或边界；只有街道、社区和村的名称与代码是真实的。
Everything in this folder was drawn by a program and stands for no real person, household, house, unit or border.
Only the names and codes of the street office, its communities and villages are real.

坐标系 CRS: EPSG:4547 (CGCS2000 / 3-degree Gauss-Kruger CM 114E)    属性编码 encoding: GBK

`
	for _, f := range Files() {
		s := sheets[f.Dataset]
		if s == nil {
			continue
		}
		text += fmt.Sprintf("%s / %s: %d (%s)\n", f.File, f.Dataset, len(s.rows)*len(s.copies(copies)), f.Layer)
	}
	return text + `
heads_people.csv (UTF-8), households_people.csv (GBK): 虚构的姓名、电话、人数、需求和备注 / invented names, telephones, sizes, needs and notes.
电话以 103 开头：大陆没有这样的手机号。 Telephones begin with 103, as no mobile number of the mainland does.
`
}
