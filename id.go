package lintu

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// ID is a UUID version 7 (RFC 9562), made by whoever creates the row, a phone
// included. It is the idempotency key of the creation. Rows are never ordered
// by it: clocks differ.
type ID [16]byte

// NewID returns a fresh id: 48 bits of Unix milliseconds, 74 random bits.
func NewID() ID {
	var id ID
	_, _ = rand.Read(id[6:]) // never fails: crypto/rand ends the program instead
	return stamp(id)
}

// With is the id of what is done under this id to something of another id: the same
// two give the same, so that a retry is known for one.
func (id ID) With(other ID) ID {
	h := sha256.Sum256(append(id[:], other[:]...))
	copy(h[:6], id[:6]) // the time
	h[6] = h[6]&0x0f | 0x70
	h[8] = h[8]&0x3f | 0x80
	return ID(h[:16])
}

// stamp writes the time, the version and the variant into an id of random bytes.
func stamp(id ID) ID {
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(time.Now().UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseID reads the canonical text form with hyphens, in either case.
func ParseID(s string) (ID, error) {
	var id ID
	bad := Errorf(CodeInvalid, "“%s” 不是有效的编号（UUID）。", "%q is not a UUID.", s)
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, bad
	}
	packed := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(packed)); err != nil {
		return ID{}, bad
	}
	return id, nil
}

// String returns the canonical text form in lower case.
func (id ID) String() string {
	b, _ := id.MarshalText()
	return string(b)
}

// IsZero reports whether the id is unset.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText implements encoding.TextMarshaler.
func (id ID) MarshalText() ([]byte, error) {
	b := make([]byte, 36)
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return b, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID) UnmarshalText(b []byte) error {
	v, err := ParseID(string(b))
	*id = v
	return err
}
