package sql

import (
	"bufio"
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/lintu-map/lintu"
)

var _ lintu.KeyWrapper = (*KeyFile)(nil)

// KeyFile keeps master keys in a file that only its owner can read. The file is
// read whenever a key is wrapped or unwrapped, so that a key taken out of it is
// gone from a running server too. The first key is the one in use; others are
// there while a rewrap is under way.
type KeyFile struct {
	path string
	mu   sync.Mutex
	id   string // of the first key when the file was last read
}

// masterKey is one line of the file.
type masterKey struct {
	id  string
	key []byte // of 32 bytes
}

const keyFileHead = `# Master keys of lintu. Whoever has this file and the database, or a backup of it, can
# read all personal data; without this file nobody can. Keep a copy of it, apart from
# the backups of the database.
`

// OpenKeyFile reads the file, and makes it with a fresh master key if it is missing
// and mayMake says that nothing was encrypted yet. CodeInvalid for a file that is
// missing otherwise, that others can read, or that is no key file.
func OpenKeyFile(path string, mayMake bool) (*KeyFile, error) {
	f := &KeyFile{path: path}
	keys, err := f.load()
	if errors.Is(err, fs.ErrNotExist) {
		if !mayMake {
			return nil, errKeyFileMissing(path)
		}
		if err = f.make(); err == nil {
			keys, err = f.load()
		}
	}
	wipe(keys)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func errKeyFileMissing(path string) error {
	return lintu.Errorf(lintu.CodeInvalid,
		"主密钥文件 %[1]s 不见了，而数据库中已有用它加密的个人信息；请从备份恢复该文件，或用 LINTU_KEY_FILE 指出它的位置。如果它永远丢失，个人信息就无法再读：lintu privacy destroy-keys 可放弃它们后重新开始。",
		"The master key file %[1]s is missing, but the database holds personal data encrypted with it. Please restore the file from its backup, or say where it is with LINTU_KEY_FILE. If it is lost for good, so is the personal data: lintu privacy destroy-keys gives it up and starts anew.", path)
}

// make writes a file with one fresh key. If another process is first, its file
// stays.
func (f *KeyFile) make() error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return errKeyFile(f.path, err)
	}
	key := newMasterKey()
	defer clear(key.key)
	temp, err := f.write([]masterKey{key})
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, f.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return errKeyFile(f.path, err)
	}
	return syncDir(f.path)
}

func newMasterKey() masterKey {
	id := make([]byte, 8)
	key := make([]byte, 32)
	_, _ = rand.Read(id) // never fails
	_, _ = rand.Read(key)
	return masterKey{hex.EncodeToString(id), key}
}

// write makes a temporary file beside the file, safely on disk.
func (f *KeyFile) write(keys []masterKey) (string, error) {
	temp, err := os.CreateTemp(filepath.Dir(f.path), ".master.key-*") // 0600
	if err != nil {
		return "", errKeyFile(f.path, err)
	}
	var b bytes.Buffer
	b.WriteString(keyFileHead)
	for _, k := range keys {
		b.WriteString("lintu1 " + k.id + " " + base64.StdEncoding.EncodeToString(k.key) + "\n")
	}
	defer clear(b.Bytes())
	_, err = temp.Write(b.Bytes())
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		os.Remove(temp.Name())
		return "", errKeyFile(f.path, err)
	}
	return temp.Name(), nil
}

// load reads the keys; fs.ErrNotExist if there is no file.
func (f *KeyFile) load() ([]masterKey, error) {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, errKeyFile(f.path, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, lintu.Errorf(lintu.CodeInvalid,
			"主密钥文件 %[1]s 可以被其他用户读取；请运行 chmod 600 %[1]s，并考虑更换主密钥（lintu privacy rewrap）。",
			"The master key file %[1]s can be read by others; please run chmod 600 %[1]s, and consider changing the master key (lintu privacy rewrap).", f.path)
	}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return nil, errKeyFile(f.path, err)
	}
	defer clear(content)
	keys, ok := parseKeys(content)
	if !ok {
		return nil, lintu.Errorf(lintu.CodeInvalid,
			"%[1]s 不是有效的主密钥文件；请从备份恢复它。", "%[1]s is not a valid master key file; please restore it from its backup.", f.path)
	}
	f.mu.Lock()
	f.id = keys[0].id
	f.mu.Unlock()
	return keys, nil
}

func parseKeys(content []byte) (keys []masterKey, ok bool) {
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 3 || words[0] != "lintu1" {
			return nil, false
		}
		key, err := base64.StdEncoding.DecodeString(words[2])
		if err != nil || len(key) != 32 {
			return nil, false
		}
		keys = append(keys, masterKey{words[1], key})
	}
	return keys, lines.Err() == nil && len(keys) > 0
}

func wipe(keys []masterKey) {
	for _, k := range keys {
		clear(k.key)
	}
}

func errKeyFile(path string, cause error) error {
	return lintu.Errorf(lintu.CodeInvalid,
		"主密钥文件 %[1]s 无法读写；请检查该文件夹的权限和磁盘空间。",
		"The master key file %[1]s cannot be read or written; please check the folder's permissions and the disk's space.", path).Because(cause)
}

// KeyID implements lintu.KeyWrapper: the key of the latest Wrap.
func (f *KeyFile) KeyID() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.id
}

// Wrap implements lintu.KeyWrapper with AES-256-GCM, bound to the tenant.
func (f *KeyFile) Wrap(_ context.Context, tenant int32, key []byte) ([]byte, error) {
	keys, err := f.load()
	if err != nil {
		return nil, f.found(err)
	}
	defer wipe(keys)
	aead, err := keys[0].aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(key)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, key, keys[0].bound(tenant)), nil
}

// Unwrap implements lintu.KeyWrapper. CodeInvalid if the key is not in the file.
func (f *KeyFile) Unwrap(_ context.Context, tenant int32, keyID string, wrapped []byte) ([]byte, error) {
	keys, err := f.load()
	if err != nil {
		return nil, f.found(err)
	}
	defer wipe(keys)
	for _, k := range keys {
		if k.id != keyID {
			continue
		}
		aead, err := k.aead()
		if err != nil {
			return nil, err
		}
		if n := aead.NonceSize(); len(wrapped) > n {
			if key, err := aead.Open(nil, wrapped[:n], wrapped[n:], k.bound(tenant)); err == nil {
				return key, nil
			}
		}
	}
	return nil, lintu.Errorf(lintu.CodeInvalid,
		"主密钥文件 %[1]s 中没有编号为 %[2]s 的密钥，个人信息无法解密；请恢复与数据库相配的主密钥文件。",
		"The master key file %[1]s has no key %[2]s that fits, so personal data cannot be decrypted; please restore the key file that belongs to this database.", f.path, keyID)
}

// found puts a file that has gone missing into words.
func (f *KeyFile) found(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errKeyFileMissing(f.path)
	}
	return err
}

func (k masterKey) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (k masterKey) bound(tenant int32) []byte {
	return binary.BigEndian.AppendUint32([]byte("lintu data key\x00"+k.id+"\x00"), uint32(tenant))
}

// Renew puts a fresh master key in front: it is used from now on, and what the
// others have wrapped can still be unwrapped.
func (f *KeyFile) Renew() error {
	return f.change(func(keys []masterKey) []masterKey {
		return append([]masterKey{newMasterKey()}, keys...)
	})
}

// Retire takes all keys but the first out of the file.
func (f *KeyFile) Retire() error {
	return f.change(func(keys []masterKey) []masterKey {
		wipe(keys[1:])
		return keys[:1]
	})
}

// change replaces the file in one step and overwrites the bytes of the old one.
func (f *KeyFile) change(edit func([]masterKey) []masterKey) error {
	keys, err := f.load()
	if err != nil {
		return f.found(err)
	}
	keys = edit(keys)
	defer wipe(keys)
	old, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return errKeyFile(f.path, err)
	}
	defer old.Close()
	temp, err := f.write(keys)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, f.path); err != nil {
		os.Remove(temp)
		return errKeyFile(f.path, err)
	}
	if err := syncDir(f.path); err != nil {
		return err
	}
	if info, err := old.Stat(); err == nil {
		_, err = old.WriteAt(make([]byte, info.Size()), 0)
		if err = errors.Join(err, old.Sync()); err != nil {
			return errKeyFile(f.path, err)
		}
	}
	return nil
}

// syncDir makes the file's entry in its folder durable.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return errKeyFile(path, err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return errKeyFile(path, err)
	}
	return nil
}
