package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/lintu-map/lintu"
)

// Limits of what a file may hold. Sizes that a zip claims are not believed:
// what is counted is what comes out of it.
const (
	maxEntries    = 10_000
	maxDatasets   = 200
	maxDirBytes   = 4 << 20 // of a zip's directory; 10,000 entries need about 1.5 MB
	maxTotalBytes = 8 << 30 // uncompressed, of all that is read
	// A table that is mostly blanks shrinks a hundredfold, a bomb a
	// thousandfold. Below bombFloorBytes the ratio is of no interest.
	maxRatio       = 200
	bombFloorBytes = 64 << 20
	inMemoryBytes  = 64 << 10  // smaller files of a zip need no temporary file
	maxTextBytes   = 256 << 10 // of a .prj or .cpg
	maxTreeDepth   = 8         // folders in a folder
)

// zipReader reads entries of one zip and watches how much comes out of it.
type zipReader struct {
	source *Source
	in     *countingReaderAt
	out    int64
}

// findZip takes the entries of a zip.
func (s *Source) findZip(b blob, name string) error {
	in := &countingReaderAt{in: b, limit: maxDirBytes}
	z, err := zip.NewReader(in, b.size)
	if err != nil {
		return notZip(err, b, name)
	}
	in.limit = 0
	if len(z.File) > maxEntries {
		return tooManyEntries()
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	names, note, err := entryNames(z.File)
	if err != nil {
		return err
	}
	if !note.IsZero() {
		s.notes = append(s.notes, note)
	}
	if isWorkbook(names) {
		return s.collect([]entry{{name: baseName(name) + ".xlsx", open: func() (blob, error) { return b, nil }}})
	}
	r := &zipReader{source: s, in: in}
	var entries []entry
	for i, f := range z.File {
		if strings.HasSuffix(names[i], "/") {
			continue
		}
		if err := allowed(f, names[i]); err != nil {
			return err
		}
		entries = append(entries, entry{name: names[i], open: func() (blob, error) { return r.spool(f, names[i]) }})
	}
	return s.collect(entries)
}

// notZip says why a file is no zip that can be read.
func notZip(err error, b blob, name string) error {
	name = discreet(name)
	var known *lintu.Error
	if errors.As(err, &known) {
		return known
	}
	head := make([]byte, 4)
	if _, rerr := b.ReadAt(head, 0); rerr == nil && string(head[:2]) == "PK" {
		return lintu.Errorf(lintu.CodeInvalid, "压缩包 %s 已损坏或不完整；请重新打包或重新传送。",
			"The zip %s is damaged or incomplete. Pack or transfer it again.", name).Because(err)
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"不认识文件 %s 的格式；可以导入 shapefile 的 ZIP 压缩包（.shp、.dbf、.prj 等在一起）、文件夹、.shp、GeoJSON、CSV 与 XLSX。",
		"The format of %s is not known. What can be imported is a zip of a shapefile (.shp, .dbf, .prj and so on together), a folder, a .shp, GeoJSON, CSV and XLSX.", name).Because(err)
}

// allowed refuses entries that no honest zip of map data has.
func allowed(f *zip.File, name string) error {
	switch {
	case unsafeName(name):
		return lintu.Errorf(lintu.CodeInvalid, "压缩包含有指向包外的文件名 %q，不予读取；请重新打包。",
			"The zip has an entry named %q, which points outside of it, and is not read. Pack it again.", clipLabel(name))
	case f.Mode()&os.ModeSymlink != 0:
		return lintu.Errorf(lintu.CodeInvalid, "压缩包含有链接 %q，不予读取；请放入文件本身后重新打包。",
			"The zip has a link, %q, and is not read. Pack the file itself.", clipLabel(name))
	case ignored(name):
		return nil
	case f.Flags&1 != 0:
		return lintu.Errorf(lintu.CodeInvalid, "压缩包已加密（%q）；请不设密码重新打包。",
			"The zip is encrypted (%q). Pack it again without a password.", clipLabel(name))
	case isArchive(extension(name)):
		return lintu.Errorf(lintu.CodeInvalid, "压缩包里还有压缩包 %q；请取出后单独导入。",
			"The zip has another archive in it, %q. Take it out and import it by itself.", clipLabel(name))
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return lintu.Errorf(lintu.CodeInvalid, "压缩包中的 %q 使用了不支持的压缩方法 %d；请用普通 ZIP（Deflate）重新打包。",
			"%q is compressed by method %d, which is not supported. Pack it as a plain zip (Deflate).", clipLabel(name), f.Method)
	}
	return nil
}

func unsafeName(name string) bool {
	if strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' || strings.ContainsRune(name, 0) {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// spool decompresses an entry into memory or, if it is not small, into a
// temporary file without a name, so that it can be read at any place and any
// number of times.
func (r *zipReader) spool(f *zip.File, name string) (blob, error) {
	rc, err := f.Open()
	if err != nil {
		return blob{}, damaged(err, name)
	}
	defer rc.Close()
	in := &meteredReader{in: rc, zip: r}
	var small bytes.Buffer
	_, err = io.CopyN(&small, in, inMemoryBytes)
	if errors.Is(err, io.EOF) {
		return blob{bytes.NewReader(small.Bytes()), int64(small.Len())}, nil
	}
	if err != nil {
		return blob{}, damaged(err, name)
	}
	tmp, err := r.source.tempFile()
	if err != nil {
		return blob{}, err
	}
	if _, err := tmp.Write(small.Bytes()); err != nil {
		return blob{}, noRoom(err)
	}
	n, err := copyTo(tmp, in)
	if err != nil {
		return blob{}, damaged(err, name)
	}
	return blob{tmp, inMemoryBytes + n}, nil
}

// copyTo copies with a buffer of its own: a failed write is the disk's fault, a
// failed read the file's.
func copyTo(tmp *os.File, in io.Reader) (total int64, err error) {
	buf := make([]byte, windowBytes)
	for {
		n, err := in.Read(buf)
		if _, werr := tmp.Write(buf[:n]); werr != nil {
			return total, noRoom(werr)
		}
		total += int64(n)
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// damaged wraps what a decompressor says, unless it is known already.
func damaged(err error, name string) error {
	var known *lintu.Error
	if errors.As(err, &known) {
		return err
	}
	return lintu.Errorf(lintu.CodeInvalid, "压缩包中的 %q 已损坏；请重新打包或重新传送。",
		"%q in the zip is damaged. Pack or transfer it again.", clipLabel(name)).Because(err)
}

// tempFile makes a file that vanishes when it is closed, also by a crash.
func (s *Source) tempFile() (*os.File, error) {
	f, err := os.CreateTemp("", "lintu-import-*")
	if err != nil {
		return nil, noRoom(err)
	}
	s.closers = append(s.closers, f.Close)
	if err := os.Remove(f.Name()); err != nil {
		return nil, noRoom(err)
	}
	return f, nil
}

func noRoom(err error) error {
	return lintu.Errorf(lintu.CodeUnavailable, "无法写临时文件：临时目录没有空间或没有权限；请腾出空间后再试。",
		"No temporary file can be written: no room or no permission. Make room and try again.").Because(err)
}

// countingReaderAt counts what is read, up to limit if that is not 0.
type countingReaderAt struct {
	in    io.ReaderAt
	n     int64
	limit int64
}

func (c *countingReaderAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.in.ReadAt(p, off)
	c.n += int64(n)
	if c.limit > 0 && c.n > c.limit {
		return 0, tooManyEntries()
	}
	return n, err
}

// meteredReader stops a zip that yields far more than it has.
type meteredReader struct {
	in  io.Reader
	zip *zipReader
}

func (m *meteredReader) Read(p []byte) (int, error) {
	n, err := m.in.Read(p)
	z := m.zip
	z.out += int64(n)
	if z.out > bombFloorBytes && z.out > maxRatio*z.in.n {
		return n, lintu.Errorf(lintu.CodeTooLarge, "压缩包解开后是其自身的 %d 倍以上，疑为压缩炸弹，不予读取。若它来源可靠（例如属性表里多是空白），请先解压，再用命令行 lintu import 导入其中的 .shp 或整个文件夹。",
			"The zip unpacks to more than %d times its size and is not read: it looks like a zip bomb. If you trust it (a table of mostly blanks does that), unpack it and import its .shp or the folder with the command lintu import.", maxRatio)
	}
	if z.out > maxTotalBytes {
		return n, lintu.Errorf(lintu.CodeTooLarge, "压缩包解开后超过 %d GB；请分成几个文件导入。",
			"The zip unpacks to more than %d GB. Import it in several files.", maxTotalBytes>>30)
	}
	return n, err
}
