package photos

// scan reads the entropy-coded data of one scan (T.81, annexes F and G) for one
// purpose: to find where exactly it ends. What stands after it up to the next
// marker is then not part of the picture, and neither a comment whose marker was
// damaged nor a file appended to the picture passes for it.
type scan struct {
	*jpegFrame
	bitReader
	parts        []scanPart
	first, last  int  // coefficients
	refine       bool // a bit more of what earlier scans gave
	eobRun       int
	sinceRestart int
	restarts     int
}

type scanPart struct {
	*jpegComponent
	dc, ac *huffman
}

// scan returns how long the scan's data is, whose header is given.
func (f *jpegFile) scan(header, data []byte) (int, error) {
	if f.scans++; f.scans > jpegScansMax {
		return 0, damagedJPEG()
	}
	s := &scan{jpegFrame: &f.frame, bitReader: bitReader{b: data}}
	if !s.open(header) || !s.run() {
		return 0, damagedJPEG()
	}
	return s.end(), nil
}

// open reads a scan's header (T.81, B.2.3).
func (s *scan) open(h []byte) bool {
	if len(h) < 1 {
		return false
	}
	n := int(h[0])
	if n < 1 || n > 4 || len(h) != 4+2*n {
		return false
	}
	high := h[3+2*n] >> 4
	s.first, s.last, s.refine = int(h[1+2*n]), int(h[2+2*n]), high != 0
	if !s.validRange(n) {
		return false
	}
	for i := range n {
		p := scanPart{}
		for k := range s.components {
			if s.components[k].id == h[1+2*i] {
				p.jpegComponent = &s.components[k]
			}
		}
		if p.jpegComponent == nil || h[2+2*i]>>4 > 3 || h[2+2*i]&15 > 3 {
			return false
		}
		p.dc, p.ac = s.tables[0][h[2+2*i]>>4], s.tables[1][h[2+2*i]&15]
		if !s.ready(&p) {
			return false
		}
		s.parts = append(s.parts, p)
	}
	return true
}

func (s *scan) validRange(components int) bool {
	if !s.progressive {
		return s.first == 0 && s.last == 63 && !s.refine
	}
	if s.first == 0 {
		return s.last == 0
	}
	return s.first <= s.last && s.last <= 63 && components == 1
}

// ready prepares the tables that the scan uses of a component, and its memory of
// what earlier scans gave.
func (s *scan) ready(p *scanPart) bool {
	if s.first == 0 && !s.refine {
		if p.dc == nil {
			return false
		}
		p.dc.prepare()
	}
	if s.last > 0 {
		if p.ac == nil {
			return false
		}
		p.ac.prepare()
	}
	if s.progressive && p.nonzero == nil {
		p.nonzero = make([]uint64, p.stride*s.mcusY*p.v)
	}
	return true
}

// run reads all of the scan's blocks.
func (s *scan) run() bool {
	if len(s.parts) == 1 {
		p := s.parts[0]
		for y := range p.blocksY {
			for x := range p.blocksX {
				if !s.restart() || !s.block(&p, y*p.stride+x) {
					return false
				}
			}
		}
		return !s.failed
	}
	for y := range s.mcusY {
		for x := range s.mcusX {
			if !s.restart() || !s.mcu(x, y) {
				return false
			}
		}
	}
	return !s.failed
}

func (s *scan) mcu(x, y int) bool {
	for i := range s.parts {
		p := &s.parts[i]
		for v := range p.v {
			for h := range p.h {
				if !s.block(p, (y*p.v+v)*p.stride+x*p.h+h) {
					return false
				}
			}
		}
	}
	return true
}

// restart reads the restart marker that is due before this MCU, if one is.
func (s *scan) restart() bool {
	if s.interval == 0 {
		return true
	}
	if s.sinceRestart++; s.sinceRestart <= s.interval {
		return true
	}
	at := s.end()
	if s.failed || at+2 > len(s.b) || s.b[at] != 0xff || s.b[at+1] != byte(mRST0+s.restarts&7) {
		return false
	}
	s.bitReader = bitReader{b: s.b, at: at + 2}
	s.sinceRestart, s.restarts, s.eobRun = 1, s.restarts+1, 0
	return true
}

func (s *scan) block(p *scanPart, at int) bool {
	switch {
	case !s.progressive:
		return s.sequential(p)
	case s.first == 0 && s.refine:
		s.take(1)
	case s.first == 0:
		s.take(int(s.symbol(p.dc)))
	case s.refine:
		return s.refined(p, &p.nonzero[at])
	default:
		return s.spectral(p, &p.nonzero[at])
	}
	return !s.failed
}

// sequential is a block with all its coefficients (T.81, F.2.2).
func (s *scan) sequential(p *scanPart) bool {
	s.take(int(s.symbol(p.dc)))
	for k := 1; k <= 63; k++ {
		rs := s.symbol(p.ac)
		run, size := int(rs>>4), int(rs&15)
		if size == 0 && run < 15 {
			break
		}
		if k += run; k > 63 || s.failed {
			return false
		}
		s.take(size)
	}
	return !s.failed
}

// spectral is the first scan of some coefficients (T.81, G.1.2.2).
func (s *scan) spectral(p *scanPart, nonzero *uint64) bool {
	if s.eobRun > 0 {
		s.eobRun--
		return true
	}
	for k := s.first; k <= s.last; k++ {
		rs := s.symbol(p.ac)
		run, size := int(rs>>4), int(rs&15)
		if size == 0 && run < 15 {
			s.eobRun = 1<<run - 1 + int(s.take(run))
			break
		}
		if k += run; k > s.last || s.failed {
			return false
		}
		if size > 0 {
			s.take(size)
			*nonzero |= 1 << k
		}
	}
	return !s.failed
}

// refined is a later scan of them (T.81, G.1.2.3): a bit for each that is not
// zero, and new ones.
func (s *scan) refined(p *scanPart, nonzero *uint64) bool {
	k := s.first
	for ; s.eobRun == 0 && k <= s.last; k++ {
		rs := s.symbol(p.ac)
		run, size := int(rs>>4), rs&15
		if size > 1 || s.failed {
			return false
		}
		if size == 0 && run < 15 {
			s.eobRun = 1<<run + int(s.take(run))
			break
		}
		if size == 1 {
			s.take(1) // its sign
		}
		if k = s.passZeros(k, run, *nonzero); size == 1 {
			if k > s.last {
				return false
			}
			*nonzero |= 1 << k
		}
	}
	if s.eobRun > 0 {
		s.eobRun--
		for left := *nonzero >> k << k & (1<<(s.last+1) - 1); left != 0; left &= left - 1 {
			s.take(1)
		}
	}
	return !s.failed
}

// passZeros goes over run zeros and what is not zero before the next one, which
// it returns.
func (s *scan) passZeros(k, run int, nonzero uint64) int {
	for ; k <= s.last; k++ {
		if nonzero>>k&1 == 1 {
			s.take(1)
			continue
		}
		if run == 0 {
			break
		}
		run--
	}
	return k
}

// bitReader reads bits up to the next marker, with the zero after each 0xff left
// out (T.81, F.1.2.3).
type bitReader struct {
	b      []byte
	at     int
	ahead  uint64 // bits read and not taken, at the low end
	n      int    // how many
	failed bool   // more were taken than there are
}

func (r *bitReader) fill() {
	for r.n <= 48 && r.at < len(r.b) {
		c := r.b[r.at]
		if c == 0xff {
			if r.at+1 >= len(r.b) || r.b[r.at+1] != 0 {
				return
			}
			r.at++
		}
		r.at++
		r.ahead = r.ahead<<8 | uint64(c)
		r.n += 8
	}
}

// take takes n bits, at most 16.
func (r *bitReader) take(n int) uint64 {
	if n > 16 {
		r.failed = true
		return 0
	}
	if r.n < n {
		r.fill()
		if r.n < n {
			r.failed = true
			return 0
		}
	}
	r.n -= n
	return r.ahead >> r.n & (1<<n - 1)
}

// symbol takes a Huffman code.
func (r *bitReader) symbol(t *huffman) byte {
	if r.n < 16 {
		r.fill()
	}
	symbol, length := t.find(uint16(r.ahead << (64 - r.n) >> 48))
	if length == 0 || length > r.n {
		r.failed = true
		return 0
	}
	r.n -= length
	return symbol
}

// end is where the byte ends whose bits were taken last.
func (r *bitReader) end() int {
	at := r.at
	for range r.n / 8 {
		at--
		if r.b[at] == 0 && at > 0 && r.b[at-1] == 0xff {
			at--
		}
	}
	return at
}
