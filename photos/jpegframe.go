package photos

import "encoding/binary"

// jpegFrame is what a JPEG's frame header and tables say.
type jpegFrame struct {
	progressive   bool
	width, height int
	components    []jpegComponent
	mcusX, mcusY  int // of interleaved scans
	interval      int // MCUs between restart markers; 0 without them

	tables [2][4]*huffman // DC and AC, by number
}

// jpegComponent is one colour of the picture, in blocks of 8 × 8 samples.
type jpegComponent struct {
	id               byte
	h, v             int // sampling factors
	blocksX, blocksY int // of scans of this component alone
	stride           int // blocks in a row of whole MCUs
	nonzero          []uint64
}

// read reads a frame header (T.81, B.2.2).
func (f *jpegFrame) read(progressive bool, s []byte) error {
	if f.components != nil || len(s) < 6 || s[0] != 8 {
		return damagedJPEG()
	}
	f.progressive = progressive
	f.height, f.width = int(binary.BigEndian.Uint16(s[1:])), int(binary.BigEndian.Uint16(s[3:]))
	n := int(s[5])
	if n != 1 && n != 3 && n != 4 || len(s) != 6+3*n {
		return damagedJPEG()
	}
	if err := checkSize(f.width, f.height); err != nil {
		return err
	}
	hMax, vMax := 1, 1
	for i := range n {
		c := jpegComponent{id: s[6+3*i], h: int(s[7+3*i] >> 4), v: int(s[7+3*i] & 15)}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return damagedJPEG()
		}
		if n == 1 { // T.81, A.2.2: factors of a single component mean nothing
			c.h, c.v = 1, 1
		}
		hMax, vMax = max(hMax, c.h), max(vMax, c.v)
		f.components = append(f.components, c)
	}
	f.mcusX, f.mcusY = over(f.width, 8*hMax), over(f.height, 8*vMax)
	samples := 0
	for i := range f.components {
		c := &f.components[i]
		c.blocksX, c.blocksY = over(over(f.width*c.h, hMax), 8), over(over(f.height*c.v, vMax), 8)
		c.stride = f.mcusX * c.h
		samples += 64 * c.stride * f.mcusY * c.v
	}
	return checkMemory(f.memory(samples))
}

// memory is how much decoding takes at most: a byte per sample, the coefficients
// of a progressive picture, and what CMYK is turned into.
func (f *jpegFrame) memory(samples int) int {
	bytes := samples
	if f.progressive {
		bytes += 4*samples + samples/8
	}
	if len(f.components) == 4 {
		bytes += 4 * f.width * f.height
	}
	return bytes
}

// over is a / b, rounded up.
func over(a, b int) int { return (a + b - 1) / b }

// huffman is a table of a DHT segment: how many codes there are of each length,
// and what they stand for in their order.
type huffman struct {
	counts  [16]byte
	symbols []byte

	ready bool
	look  [256]uint16 // short codes, by the next 8 bits: length << 8 | symbol; 0 is none
	ends  [17]int32   // by length: the first code that is too large for it, in 16 bits
	skips [17]int32   // by length: index of a symbol is its code, in length bits, plus this
}

// readTables reads a DHT segment (T.81, B.2.4.2).
func (f *jpegFrame) readTables(s []byte) error {
	for len(s) > 0 {
		if len(s) < 17 {
			return damagedJPEG()
		}
		class, number := s[0]>>4, s[0]&15
		t := &huffman{counts: [16]byte(s[1:17])}
		n, codes := 0, 0
		for length, c := range t.counts {
			n += int(c)
			codes += int(c) << (15 - length)
		}
		if class > 1 || number > 3 || n > 256 || codes > 1<<16 || len(s) < 17+n {
			return damagedJPEG()
		}
		t.symbols = s[17 : 17+n]
		if !distinct(t.symbols) {
			return damagedJPEG()
		}
		f.tables[class][number] = t
		s = s[17+n:]
	}
	return nil
}

// distinct reports whether no symbol has two codes, as in every table that was made
// to save space. Words of a damaged file repeat their letters.
func distinct(symbols []byte) bool {
	var seen [256]bool
	for _, s := range symbols {
		if seen[s] {
			return false
		}
		seen[s] = true
	}
	return true
}

// prepare makes what codes are looked up in (T.81, annex C). Scans do so, whose
// number is bounded, and not segments with tables, whose number is not.
func (t *huffman) prepare() {
	if t.ready {
		return
	}
	t.ready = true
	code, k := int32(0), int32(0)
	for length := int32(1); length <= 16; length++ {
		t.skips[length] = k - code
		for range t.counts[length-1] {
			for i := int32(0); length <= 8 && i < 1<<(8-length); i++ {
				t.look[code<<(8-length)+i] = uint16(length)<<8 | uint16(t.symbols[k])
			}
			code++
			k++
		}
		t.ends[length] = code << (16 - length)
		code <<= 1
	}
}

// find returns the symbol of the code with which 16 bits begin, and its length; 0
// is no code.
func (t *huffman) find(next uint16) (symbol byte, length int) {
	if short := t.look[next>>8]; short != 0 {
		return byte(short), int(short >> 8)
	}
	for length := 9; length <= 16; length++ {
		if int32(next) < t.ends[length] {
			return t.symbols[int32(next>>(16-length))+t.skips[length]], length
		}
	}
	return 0, 0
}
