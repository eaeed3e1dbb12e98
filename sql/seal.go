package sql

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"github.com/lintu-map/lintu"
)

// What a tenant's data key is split into, by HKDF (RFC 5869).
const (
	infoSeal  = "lintu person seal"
	infoIndex = "lintu person index"
)

// sealForm is the first byte of a sealed value: form 1 is a nonce of 12 bytes and
// AES-256-GCM of the person as JSON.
const sealForm = 1

// secrets are the two keys made from a data key.
type secrets struct{ seal, index [sha256.Size]byte }

func deriveSecrets(key []byte) (s secrets, err error) {
	for info, into := range map[string][]byte{infoSeal: s.seal[:], infoIndex: s.index[:]} {
		k, err := hkdf.Key(sha256.New, key, nil, info, len(into))
		if err != nil {
			return s, err
		}
		copy(into, k)
		clear(k)
	}
	return s, nil
}

// dataKey seals the persons of one tenant.
type dataKey struct {
	tenant  int32
	version int
	aead    cipher.AEAD
	index   [sha256.Size]byte
}

func newDataKey(tenant int32, version int, s secrets) (*dataKey, error) {
	block, err := aes.NewCipher(s.seal[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &dataKey{tenant: tenant, version: version, aead: aead, index: s.index}, nil
}

// sealedPerson is a person as it is stored.
type sealedPerson struct{ sealed, name, phone []byte }

// seal encrypts a person for the household or head of that code.
func (k *dataKey) seal(kind lintu.Kind, code string, p lintu.Person) (sealedPerson, error) {
	sealed, err := k.sealJSON(kind, code, p)
	if err != nil {
		return sealedPerson{}, err
	}
	return sealedPerson{sealed, k.find('n', lintu.PlainName(p.Name)), k.find('p', lintu.PlainPhone(p.Phone))}, nil
}

// sealJSON encrypts a value as JSON, with a fresh nonce. Bound to the kind and code,
// the result is of no use in another's row.
func (k *dataKey) sealJSON(kind lintu.Kind, code string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return k.sealBytes(kind, code, plain), nil
}

func (k *dataKey) sealBytes(kind lintu.Kind, code string, plain []byte) []byte {
	nonce := k.aead.NonceSize()
	sealed := make([]byte, 1+nonce, 1+nonce+len(plain)+k.aead.Overhead())
	sealed[0] = sealForm
	_, _ = rand.Read(sealed[1:]) // never fails
	return k.aead.Seal(sealed, sealed[1:], plain, k.bound(kind, code))
}

// open undoes seal. The error says nothing of the content.
func (k *dataKey) open(kind lintu.Kind, code string, sealed []byte) (p lintu.Person, err error) {
	plain, err := k.openBytes(kind, code, sealed)
	if err != nil {
		return p, err
	}
	defer clear(plain)
	if json.Unmarshal(plain, &p) != nil { // its error would quote
		return p, errSealed
	}
	return p, nil
}

// openBytes undoes sealBytes.
func (k *dataKey) openBytes(kind lintu.Kind, code string, sealed []byte) ([]byte, error) {
	nonce := k.aead.NonceSize()
	if len(sealed) < 1+nonce || sealed[0] != sealForm {
		return nil, errSealed
	}
	plain, err := k.aead.Open(nil, sealed[1:1+nonce], sealed[1+nonce:], k.bound(kind, code))
	if err != nil {
		return nil, errSealed.Because(err)
	}
	return plain, nil
}

var errSealed = lintu.Errorf(lintu.CodeInternal,
	"一条个人信息无法解密：它被改动过，或不属于该户、邻长或案卷；请与备份比对。",
	"A person's data cannot be decrypted: it was altered or is not of this household, head or case. Please compare with a backup.")

// bound is what a sealed value is tied to.
func (k *dataKey) bound(kind lintu.Kind, code string) []byte {
	b := make([]byte, 0, 64)
	b = append(b, "lintu person\x00"...)
	b = binary.BigEndian.AppendUint32(b, uint32(k.tenant))
	b = append(b, kind...)
	b = append(b, 0)
	return append(b, code...)
}

// find is the keyed hash under which a name ('n') or phone ('p') is found; nil
// for none.
func (k *dataKey) find(what byte, plain string) []byte {
	if plain == "" {
		return nil
	}
	h := hmac.New(sha256.New, k.index[:])
	h.Write([]byte{what})
	h.Write([]byte(plain))
	return h.Sum(nil)
}
