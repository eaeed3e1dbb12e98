package importer

import (
	"encoding/binary"

	"github.com/lintu-map/lintu"
)

// shpRows yields the content of the records of a .shp: by its index where one
// can be trusted, else one after the other.
type shpRows struct {
	in      window
	index   *shpIndex // nil: sequential
	pos     int64     // of the next record head when sequential
	row     int64     // rows yielded
	claimed int64     // length of the file after its header
	strange int64     // first row whose record number is not its place, 0 if none
	tail    int64     // bytes after the last record that are none
}

// shpRow is one record. Content is valid until the next call.
type shpRow struct {
	content []byte
	bad     *lintu.Text // why the content is not to be had
}

// next returns the next record; ok is false after the last.
func (r *shpRows) next() (row shpRow, ok bool, err error) {
	if r.index != nil {
		return r.indexed()
	}
	return r.sequential()
}

func (r *shpRows) indexed() (row shpRow, ok bool, err error) {
	if r.row >= r.index.rows {
		return row, false, nil
	}
	off, want, err := r.index.entry(r.row)
	if err != nil {
		return row, false, err
	}
	r.row++
	head, err := r.in.at(off, shpRecordHead)
	if err != nil {
		return row, false, err
	}
	if len(head) < shpRecordHead || recordBytes(head) != want {
		return shpRow{bad: corrupt("索引 .shx 与 .shp 对其长度说法不一", ".shx and .shp disagree about its length")}, true, nil
	}
	row, err = r.content(off, recordBytes(head))
	return row, err == nil, err
}

func (r *shpRows) sequential() (row shpRow, ok bool, err error) {
	left := r.in.blob.size - r.pos
	if left <= 0 {
		return row, false, r.cut(left)
	}
	head, err := r.in.at(r.pos, shpRecordHead)
	if err != nil {
		return row, false, err
	}
	if len(head) < shpRecordHead {
		return row, false, r.cut(left)
	}
	n := recordBytes(head)
	if n < 4 || n > left-shpRecordHead {
		return row, false, r.broken(n, left)
	}
	if r.row++; r.strange == 0 && int64(int32(binary.BigEndian.Uint32(head))) != r.row {
		r.strange = r.row
	}
	row, err = r.content(r.pos, n)
	r.pos += shpRecordHead + n
	return row, err == nil, err
}

// content reads the content of the record at off.
func (r *shpRows) content(off, n int64) (shpRow, error) {
	if n > maxRecordBytes {
		return shpRow{bad: corrupt("图形有 %d 字节，超过 %d 字节的上限", "its shape has %d bytes, over the limit of %d", n, maxRecordBytes)}, nil
	}
	b, err := r.in.at(off+shpRecordHead, int(n))
	if err != nil {
		return shpRow{}, err
	}
	if int64(len(b)) < n {
		return shpRow{bad: corrupt("图形超出文件末尾", "its shape runs over the end of the file")}, nil
	}
	return shpRow{content: b}, nil
}

// cut judges an end of the file that is not behind a whole record.
func (r *shpRows) cut(left int64) error {
	if r.claimed > r.in.blob.size {
		return r.truncated()
	}
	r.tail = max(left, 0)
	return nil
}

func (r *shpRows) truncated() error {
	return lintu.Errorf(lintu.CodeInvalid,
		"图形文件 .shp 被截断：应有 %[1]d 字节，实有 %[2]d 字节，在第 %[3]d 行（第 %[4]d 字节）处中断；请重新导出或重新传送。",
		"The .shp is truncated: it should have %[1]d bytes and has %[2]d; it breaks off in row %[3]d at byte %[4]d. Export or transfer it again.",
		r.claimed, r.in.blob.size, r.row+1, r.pos)
}

// broken judges a record head whose length n cannot be. Behind the length that
// the file's header claims it is no record but left-over bytes.
func (r *shpRows) broken(n, left int64) error {
	switch {
	case r.pos >= r.claimed && r.claimed > shpHeaderBytes:
		r.tail = left
		return nil
	case n > left-shpRecordHead && r.claimed > r.in.blob.size:
		return r.truncated()
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"图形文件 .shp 的第 %d 行（第 %d 字节）声明长度为 %d 字节，而其后只有 %d 字节；文件已损坏，请重新导出。",
		"Row %d of the .shp (byte %d) claims a length of %d bytes where %d follow: the file is damaged. Export it again.",
		r.row+1, r.pos, n, max(left-shpRecordHead, 0))
}
