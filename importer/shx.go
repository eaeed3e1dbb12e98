package importer

import "encoding/binary"

// shxEntryBytes is the size of one entry: offset and content length in words,
// both big-endian.
const shxEntryBytes = 8

// shpIndex is a .shx whose every entry was found to point at a record. It
// finds records where the main file has holes or another order than its index,
// as editing in place leaves it.
type shpIndex struct {
	in   window
	rows int64
	// head is by how much its lengths exceed those of the main file: some
	// writers count the record head too.
	head int64
}

// openSHX returns the index if it agrees with the main file, and nil if it
// cannot be trusted. The entries together must not be longer than the file, so
// that no file makes us read its bytes more than once.
func openSHX(shx, shp blob) (*shpIndex, error) {
	x := &shpIndex{in: window{blob: shx}, rows: (shx.size - shpHeaderBytes) / shxEntryBytes}
	head, err := x.in.at(0, shpHeaderBytes)
	if err != nil {
		return nil, err
	}
	if h, ok := readSHPHeader(head); !ok || h.bytes > shx.size {
		return nil, nil
	}
	main := window{blob: shp}
	if err := x.findHead(&main); err != nil {
		return nil, err
	}
	next, total, end := int64(-1), int64(shpHeaderBytes), int64(shpHeaderBytes)
	for row := range x.rows {
		off, n, err := x.entry(row)
		if err != nil {
			return nil, err
		}
		total += shpRecordHead + n
		if n < 0 || off < shpHeaderBytes || off+shpRecordHead+n > shp.size || total > shp.size {
			return nil, nil
		}
		if off != next {
			if ok, err := x.agrees(&main, off, n); err != nil || !ok {
				return nil, err
			}
		}
		next = off + shpRecordHead + n
		end = max(end, next)
	}
	if more, err := x.hasMore(&main, end); err != nil || more {
		return nil, err
	}
	return x, nil
}

// hasMore reports whether a next record follows the last of the index.
func (x *shpIndex) hasMore(main *window, end int64) (bool, error) {
	b, err := main.at(end, shpRecordHead)
	if err != nil || len(b) < shpRecordHead {
		return false, err
	}
	n := recordBytes(b)
	return int64(binary.BigEndian.Uint32(b)) == x.rows+1 && n >= 4 && end+shpRecordHead+n <= main.blob.size, nil
}

// findHead looks at the first record for what the index counts.
func (x *shpIndex) findHead(main *window) error {
	off, n, err := x.entry(0)
	if err != nil {
		return err
	}
	b, err := main.at(off, shpRecordHead)
	if len(b) == shpRecordHead && recordBytes(b)+shpRecordHead == n {
		x.head = shpRecordHead
	}
	return err
}

// agrees reports whether the record at off has n bytes of content.
func (x *shpIndex) agrees(main *window, off, n int64) (bool, error) {
	b, err := main.at(off, shpRecordHead)
	if err != nil || len(b) < shpRecordHead {
		return false, err
	}
	return recordBytes(b) == n, nil
}

// recordBytes is the content length in a record head.
func recordBytes(head []byte) int64 {
	return 2 * int64(int32(binary.BigEndian.Uint32(head[4:])))
}

// entry returns where the record of a row (0-based) begins and the length of
// its content, in bytes.
func (x *shpIndex) entry(row int64) (off, n int64, err error) {
	b, err := x.in.at(shpHeaderBytes+row*shxEntryBytes, shxEntryBytes)
	if err != nil || len(b) < shxEntryBytes {
		return -1, -1, err
	}
	// Offsets are words in 32 bits; read without sign they reach 8 GiB.
	return 2 * int64(binary.BigEndian.Uint32(b)), recordBytes(b) - x.head, nil
}

// again returns the same index for another pass.
func (x *shpIndex) again() *shpIndex {
	return &shpIndex{in: window{blob: x.in.blob}, rows: x.rows, head: x.head}
}
