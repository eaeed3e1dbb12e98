package importer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
)

// entry is a file of a source: what it is called, and how to get at its bytes.
type entry struct {
	name string // decoded, slash-separated, for people and for matching; never a path
	open func() (blob, error)
}

// find fills s with the datasets at path.
func (s *Source) find(path, name string) error {
	info, err := os.Stat(path)
	if err != nil {
		return missing(err, name)
	}
	if info.IsDir() {
		return s.findFolder(path)
	}
	b, err := s.openFile(path)
	if err != nil {
		return err
	}
	switch sniff(b) {
	case FormatShapefile:
		return s.findBeside(path, name)
	case FormatGeoJSON:
		return s.collect([]entry{{name: baseName(name) + ".geojson", open: func() (blob, error) { return b, nil }}})
	case formatOld:
		return lintu.Errorf(lintu.CodeInvalid, "%s 是旧版 Excel（.xls）或加了密码的工作簿；请另存为不带密码的 .xlsx 或 CSV。",
			"%s is a workbook of the old Excel (.xls) or has a password. Save it as .xlsx without one, or as CSV.", discreet(name))
	case "":
		if isTable(extension(name)) || extension(name) == ".txt" {
			return s.collect([]entry{{name: baseName(name) + ".csv", open: func() (blob, error) { return b, nil }}})
		}
	}
	return s.findZip(b, name)
}

func missing(err error, name string) error {
	if errors.Is(err, os.ErrNotExist) {
		return lintu.Errorf(lintu.CodeNotFound, "没有文件 %s。", "There is no file %s.", discreet(name)).Because(err)
	}
	return unreadable(err)
}

// unreadable is a failure of the disk, not of the data.
func unreadable(err error) error {
	var known *lintu.Error
	if errors.As(err, &known) {
		return err
	}
	return lintu.Errorf(lintu.CodeUnavailable, "无法读取文件；请检查磁盘与权限后再试。",
		"The file cannot be read; check the disk and permissions, then try again.").Because(err)
}

// openFile opens a regular file of this machine until the source is closed.
func (s *Source) openFile(path string) (blob, error) {
	f, err := os.Open(path)
	if err != nil {
		return blob{}, unreadable(err)
	}
	s.closers = append(s.closers, f.Close)
	info, err := f.Stat()
	if err != nil {
		return blob{}, unreadable(err)
	}
	return blob{f, info.Size()}, nil
}

// sniff tells by the first bytes what a file is; "" is what has no mark of its own.
func sniff(b blob) string {
	head := make([]byte, 512)
	n, err := b.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return ""
	}
	head = head[:n]
	if len(head) >= 4 && bytes.Equal(head[:4], []byte{0, 0, 0x27, 0x0A}) {
		return FormatShapefile
	}
	if bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")) {
		return formatOld
	}
	if bytes.HasPrefix(head, []byte("PK")) {
		return formatZip
	}
	if looksLikeJSON(head) {
		return FormatGeoJSON
	}
	return ""
}

// What a file can be beside the formats of datasets.
const (
	formatZip = "zip"
	formatOld = "ole" // the container of old and of encrypted workbooks
)

// looksLikeJSON reports whether text begins with an object, in UTF-8 or UTF-16
// with a byte order mark, or as a text sequence (RFC 8142).
func looksLikeJSON(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) {
		head = bytes.ReplaceAll(head[2:], []byte{0}, nil) // what begins JSON is ASCII
		if len(head) == 0 {
			return true
		}
	}
	head = bytes.TrimLeft(head, " \t\r\n\x1E")
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

// findBeside takes a .shp and the files of the same name beside it. The name
// that people know may differ from the one on disk.
func (s *Source) findBeside(file, name string) error {
	dir, base := filepath.Dir(file), filepath.Base(file)
	beside, err := os.ReadDir(dir)
	if err != nil {
		return unreadable(err)
	}
	entries := []entry{s.fileEntry(file, baseName(name)+".shp")}
	stem := baseName(base)
	for _, e := range beside {
		if !e.Type().IsRegular() || !strings.EqualFold(baseName(e.Name()), stem) || extension(e.Name()) == ".shp" {
			continue
		}
		if isPart(extension(e.Name())) {
			entries = append(entries, s.fileEntry(filepath.Join(dir, e.Name()), baseName(name)+extension(e.Name())))
		}
	}
	return s.collect(entries)
}

func (s *Source) fileEntry(path, name string) entry {
	return entry{name: name, open: func() (blob, error) { return s.openFile(path) }}
}

// findFolder takes all files of a folder and its sub-folders. Links are not
// followed.
func (s *Source) findFolder(dir string) error {
	var entries []entry
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil {
			return unreadable(err)
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if e.IsDir() && strings.Count(rel, "/") >= maxTreeDepth {
			return filepath.SkipDir
		}
		if !e.Type().IsRegular() {
			return nil
		}
		if len(entries) >= maxEntries {
			return tooManyEntries()
		}
		entries = append(entries, s.fileEntry(p, rel))
		return nil
	})
	if err != nil {
		return err
	}
	return s.collect(entries)
}

func tooManyEntries() error {
	return lintu.Errorf(lintu.CodeTooLarge, "文件过多：一次最多 %d 个；请只保留要导入的图层。",
		"Too many files: %d at most at once. Keep only the layers to import.", maxEntries)
}

// baseName is a file's name without folder and extension.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(name, path.Ext(name))
}

// extension is the lower-case extension with its dot.
func extension(name string) string { return strings.ToLower(path.Ext(name)) }

// text reads a small companion as text.
func (b blob) text() (string, error) {
	buf := make([]byte, min(b.size, maxTextBytes))
	n, err := b.ReadAt(buf, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", unreadable(err)
	}
	s := strings.TrimPrefix(string(buf[:n]), "\uFEFF")
	return strings.ToValidUTF8(strings.Trim(s, " \t\r\n\x00"), "\uFFFD"), nil
}

// The extensions that matter: of the files of a shapefile, of tables, of GeoJSON,
// of archives, and of what programs put beside shapefiles.
var (
	partExtensions    = []string{".shp", ".shx", ".dbf", ".prj", ".cpg"}
	tableExtensions   = []string{".csv", ".tsv"}
	bookExtensions    = []string{".xlsx", ".xlsm"}
	jsonExtensions    = []string{".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl"}
	archiveExtensions = []string{".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".kmz"}
	besideExtensions  = []string{".sbn", ".sbx", ".xml", ".qix", ".qpj", ".qmd", ".qml", ".sld", ".idm", ".ind", ".atx",
		".ain", ".aih", ".fbn", ".fbx", ".ixs", ".mxs", ".lyr", ".aux", ".avl", ".ds_store", ".cst", ".csvt", ".fix", ".dbt", ".loz"}
)

func isPart(ext string) bool    { return slices.Contains(partExtensions, ext) }
func isTable(ext string) bool   { return slices.Contains(tableExtensions, ext) }
func isBook(ext string) bool    { return slices.Contains(bookExtensions, ext) }
func isJSON(ext string) bool    { return slices.Contains(jsonExtensions, ext) }
func isArchive(ext string) bool { return slices.Contains(archiveExtensions, ext) }

// ignored reports whether a file is left by an operating system or by another
// program and says nothing about the data.
func ignored(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/") || strings.HasPrefix(base, "._") ||
		strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini") ||
		slices.Contains(besideExtensions, extension(base))
}

// shapefileEntries are the files of one shapefile by extension.
type shapefileEntries struct {
	stem  string // decoded, with its folder
	parts map[string]entry
}

// collect makes datasets of entries: shapefiles by folder and base name, in
// whatever case, and GeoJSON files.
func (s *Source) collect(entries []entry) error {
	shapefiles := map[string]*shapefileEntries{}
	var order []*shapefileEntries
	var texts []entry
	var others []string
	for _, e := range entries {
		ext := extension(e.name)
		switch {
		case ignored(e.name):
		case isPart(ext):
			stem := strings.TrimSuffix(e.name, path.Ext(e.name))
			key := strings.ToLower(stem)
			if shapefiles[key] == nil {
				shapefiles[key] = &shapefileEntries{stem: stem, parts: map[string]entry{}}
				order = append(order, shapefiles[key])
			}
			if _, twice := shapefiles[key].parts[ext]; twice {
				return lintu.Errorf(lintu.CodeInvalid, "文件 %q 出现了两次；请只留一个。", "There are two files %q. Keep one of them.", clipLabel(e.name))
			}
			shapefiles[key].parts[ext] = e
		case isJSON(ext), isTable(ext), isBook(ext):
			texts = append(texts, e)
		default:
			others = append(others, path.Base(e.name))
		}
	}
	if err := s.describe(order, texts, &others); err != nil {
		return err
	}
	s.noteIgnored(others)
	return nil
}

// describe opens what was collected. What turns out to be no data goes to
// others.
func (s *Source) describe(shapefiles []*shapefileEntries, texts []entry, others *[]string) error {
	if len(shapefiles)+len(texts) > maxDatasets {
		return lintu.Errorf(lintu.CodeTooLarge, "图层过多：一次最多 %d 个；请分批导入。", "Too many layers: %d at most at once. Import them in parts.", maxDatasets)
	}
	folders := map[*Dataset]string{}
	for _, e := range shapefiles {
		if _, ok := e.parts[".shp"]; !ok {
			for ext := range e.parts {
				*others = append(*others, path.Base(e.stem)+ext)
			}
			continue
		}
		d, err := e.dataset()
		if err != nil {
			return err
		}
		s.datasets, folders[d] = append(s.datasets, d), e.stem
	}
	for _, e := range texts {
		b, err := e.open()
		if err != nil {
			return err
		}
		found, err := s.textDatasets(e, b)
		ext := extension(e.name)
		if err != nil && len(shapefiles)+len(texts) > 1 && (ext == ".json" || isTable(ext)) && lintu.CodeOf(err) == lintu.CodeInvalid {
			*others = append(*others, path.Base(e.name)) // some other file beside the data
			continue
		}
		if err != nil {
			return err
		}
		for _, d := range found {
			s.datasets, folders[d] = append(s.datasets, d), strings.TrimSuffix(e.name, path.Ext(e.name))
			if len(found) > 1 {
				folders[d] += "/" + d.Name
			}
		}
	}
	if len(s.datasets) > maxDatasets {
		return lintu.Errorf(lintu.CodeTooLarge, "图层过多：一次最多 %d 个；请分批导入。", "Too many layers: %d at most at once. Import them in parts.", maxDatasets)
	}
	if len(s.datasets) == 0 {
		return lintu.Errorf(lintu.CodeInvalid, "里面没有可导入的图层：没有 .shp，也没有 GeoJSON、CSV 或 XLSX。", "There is no layer in it: neither a .shp nor GeoJSON, CSV or XLSX.")
	}
	s.distinguish(folders)
	return nil
}

// textDatasets describes what is in a file that is no shapefile.
func (s *Source) textDatasets(e entry, b blob) ([]*Dataset, error) {
	name := baseName(e.name)
	if isBook(extension(e.name)) {
		w, err := openWorkbook(discreet(name), b)
		if err != nil {
			return nil, err
		}
		ds, notes, err := w.datasets()
		s.notes = append(s.notes, notes...)
		return ds, err
	}
	open := newGeoJSON
	if isTable(extension(e.name)) {
		open = newCSV
	}
	d, err := open(discreetNumbers(name), b)
	return []*Dataset{d}, err
}

// dataset opens the parts of a shapefile.
func (e *shapefileEntries) dataset() (*Dataset, error) {
	p := shapefileParts{name: discreetNumbers(path.Base(e.stem))}
	for ext, b := range map[string]*blob{".shp": &p.shp, ".shx": &p.shx, ".dbf": &p.dbf} {
		part, ok := e.parts[ext]
		if !ok {
			continue
		}
		var err error
		if *b, err = part.open(); err != nil {
			return nil, err
		}
	}
	for ext, text := range map[string]*string{".prj": &p.prj, ".cpg": &p.cpg} {
		part, ok := e.parts[ext]
		if !ok {
			continue
		}
		b, err := part.open()
		if err == nil {
			*text, err = b.text()
		}
		if err != nil {
			return nil, err
		}
	}
	return newShapefile(p)
}

// distinguish gives datasets of equal name the names of their folders too, and
// sorts them by name.
func (s *Source) distinguish(folders map[*Dataset]string) {
	count := map[string]int{}
	for _, d := range s.datasets {
		count[d.Name]++
	}
	taken := map[string]bool{}
	for _, d := range s.datasets {
		if count[d.Name] > 1 {
			d.Name = discreet(folders[d])
		}
		for n, name := 2, d.Name; taken[d.Name]; n++ {
			if d.Name = name + "." + d.Format; taken[d.Name] {
				d.Name = name + "." + strconv.Itoa(n)
			}
		}
		taken[d.Name] = true
	}
	slices.SortStableFunc(s.datasets, func(a, b *Dataset) int { return strings.Compare(a.Name, b.Name) })
}

// shownNames is how many names of ignored files a note lists.
const shownNames = 8

func (s *Source) noteIgnored(names []string) {
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	more := ""
	shown := names[:min(len(names), shownNames)]
	for i := range shown {
		shown[i] = clip(discreet(shown[i]), sampleMaxRunes)
	}
	if len(shown) < len(names) {
		more = " …"
	}
	s.notes = append(s.notes, lintu.Say("未读取 %d 个其他文件：%s%s", "%d other files were not read: %s%s", len(names), strings.Join(shown, "、"), more))
}
