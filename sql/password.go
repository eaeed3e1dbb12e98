package sql

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// hashing is the cost of a password's hash: argon2id with the parameters that
// OWASP's Password Storage Cheat Sheet asks for at least.
type hashing struct {
	memoryKiB, passes uint32
	lanes             uint8
}

var hashingNow = hashing{memoryKiB: 19 * 1024, passes: 2, lanes: 1}

const (
	saltBytes = 16
	hashBytes = 32
)

// hasher hashes passwords, few at a time: each takes 19 MiB, and a storm of
// sign-ins must not take the machine's memory. The others wait.
type hasher struct {
	slots chan struct{}
	dummy string // of no password: what unknown logins are compared with
}

func newHasher() *hasher {
	h := &hasher{slots: make(chan struct{}, min(8, runtime.GOMAXPROCS(0)))}
	h.dummy = hashingNow.hash(rand.Text())
	return h
}

// hash makes a PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return hashingNow.hash(password), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fits reports whether the password is that of the PHC string. It takes as long
// for an empty string, which no password fits.
func (h *hasher) fits(ctx context.Context, phc, password string) (bool, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	cost, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(cost.key(password, salt), want) == 1
	return same && known, nil
}

func (c hashing) key(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.passes, c.memoryKiB, c.lanes, hashBytes)
}

func (c hashing) hash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		c.memoryKiB, c.passes, c.lanes, text(salt), text(c.key(password, salt)))
}

// outdated reports whether the PHC string was made with other parameters than
// those of now.
func outdated(phc string) bool {
	cost, _, _, err := parsePHC(phc)
	return err != nil || cost != hashingNow
}

func parsePHC(phc string) (cost hashing, salt, key []byte, err error) {
	bad := fmt.Errorf("a stored password hash cannot be read")
	part := strings.Split(phc, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, bad
	}
	if n, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &cost.memoryKiB, &cost.passes, &cost.lanes); n != 3 || err != nil {
		return cost, nil, nil, bad
	}
	if salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return cost, nil, nil, bad
	}
	if key, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil || len(key) != hashBytes || cost.passes == 0 || cost.lanes == 0 {
		return cost, nil, nil, bad
	}
	return cost, salt, key, nil
}

// passwordAlphabet leaves out what looks alike: 0 and o, 1, l and i.
const passwordAlphabet = "23456789abcdefghjkmnpqrstuvwxyz"

// NewPassword makes a random password that contains none of the names. It has
// about 99 random bits and can be read over the phone: four groups of five.
func NewPassword(names ...string) string {
	for {
		letters := make([]byte, 0, 4*6)
		for b := make([]byte, 1); len(letters) < 4*6; {
			_, _ = rand.Read(b)
			if int(b[0]) < 256/len(passwordAlphabet)*len(passwordAlphabet) { // so that each letter is equally likely
				letters = append(letters, passwordAlphabet[int(b[0])%len(passwordAlphabet)])
			}
			if len(letters)%6 == 5 {
				letters = append(letters, '-')
			}
		}
		if password := string(letters[:4*6-1]); checkPassword(password, names...) == nil {
			return password
		}
	}
}
