package importer

import "encoding/binary"

// shxEntryBytes is the size of one entry: offset and content length in words,
// both big-endian.
const shxEntryBytes = 8

// shxSlackBytes is by how much the lengths of an index may exceed those of the
// main file: some writers count the record head too.
const shxSlackBytes = shpRecordHead

// shpIndex is a .shx whose every entry was found to point at a record. It
// finds records where the main file has holes or another order than its index,
// as editing in place leaves it.
type shpIndex struct {
	in   window
	rows int64
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
	if _, ok := readSHPHeader(head); !ok {
		return nil, nil
	}
	main := window{blob: shp}
	next, total := int64(shpHeaderBytes), int64(0)
	for row := range x.rows {
		off, n, err := x.entry(row)
		if err != nil {
			return nil, err
		}
		total += shpRecordHead + n
		if !inside(off, n, shp.size) || total > shp.size+x.rows*shxSlackBytes {
			return nil, nil
		}
		if off != next {
			if ok, err := sameRecord(&main, off, n); err != nil || !ok {
				return nil, err
			}
		}
		next = off + shpRecordHead + n
	}
	return x, nil
}

// inside reports whether a record of n content bytes at off lies in a file. An
// entry that counts the record head may overshoot it by that much.
func inside(off, n, size int64) bool {
	return off >= shpHeaderBytes && n >= 0 && off+n <= size && off+shpRecordHead <= size
}

// sameRecord reports whether the record at off has the length the index says.
func sameRecord(main *window, off, n int64) (bool, error) {
	b, err := main.at(off, shpRecordHead)
	if err != nil || len(b) < shpRecordHead {
		return false, err
	}
	return lengthsAgree(recordBytes(b), n), nil
}

func lengthsAgree(shp, shx int64) bool { return shp == shx || shp+shxSlackBytes == shx }

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
	return 2 * int64(binary.BigEndian.Uint32(b)), recordBytes(b), nil
}
