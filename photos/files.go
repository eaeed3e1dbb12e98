package photos

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// files keeps objects in a directory: tenant, the last two digits of the id, id.
// A file appears under its name only when all of it is on the disk: it is written
// without one, synced, and then linked, which also lets one of two writers win.
type files struct {
	dir string

	mu    sync.Mutex
	ready map[string]bool // tenants whose directories are on the disk
}

// leftOver is after how long an unfinished file is one of a process that ended.
const leftOver = time.Hour

// OpenFiles keeps pictures in a directory, which has to be on a file system with
// hard links. It is made if it is not there.
func OpenFiles(dir string) (*Store, error) {
	spool := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, unkept(err)
	}
	if err := sweep(spool); err != nil {
		return nil, unkept(err)
	}
	f := &files{dir: dir, ready: map[string]bool{}}
	return newStore(f, spool), nil
}

func newStore(b bucket, spool string) *Store {
	return &Store{bucket: b, spool: spool, decoding: make(chan struct{}, decodingMax)}
}

// sweep removes what processes left that were ended in the middle.
func sweep(spool string) error {
	list, err := os.ReadDir(spool)
	if err != nil {
		return err
	}
	for _, e := range list {
		info, err := e.Info()
		if err == nil && time.Since(info.ModTime()) > leftOver {
			err = os.Remove(filepath.Join(spool, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// path is where the object of a key lies. Ids begin with the time, so that their
// ends spread them.
func (f *files) path(key string) string {
	tenant, id, _ := strings.Cut(key, "/")
	return filepath.Join(f.dir, tenant, id[len(id)-2:], id)
}

func (f *files) create(_ context.Context, key string, content []byte) error {
	path := f.path(key)
	if err := f.prepare(key); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Join(f.dir, "tmp"), "new-*") // 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if err = errors.Join(err, os.Remove(tmp.Name())); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// prepare makes all directories of a tenant and sees to it that they last. It is
// done once per process, also for directories that are there: another process may
// have made them a moment ago.
func (f *files) prepare(key string) error {
	tenant, _, _ := strings.Cut(key, "/")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ready[tenant] {
		return nil
	}
	for i := range 256 {
		if err := os.MkdirAll(filepath.Join(f.dir, tenant, hex2(i)), 0o700); err != nil {
			return err
		}
	}
	for _, dir := range []string{filepath.Join(f.dir, tenant), f.dir, filepath.Dir(f.dir)} {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	f.ready[tenant] = true
	return nil
}

func hex2(i int) string { return strconv.FormatInt(int64(0x100+i), 16)[1:] }

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// renew syncs the directory: whoever linked the file may not have come to it.
func (f *files) renew(_ context.Context, key string) error {
	path, now := f.path(key), time.Now()
	f.mu.Lock()
	err := os.Chtimes(path, now, now)
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func (f *files) open(_ context.Context, key string, from, n int64) (io.ReadCloser, error) {
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, err
	}
	return part{io.NewSectionReader(file, from, n), file}, nil
}

// part is some bytes of a file.
type part struct {
	io.Reader
	io.Closer
}

// remove holds the lock that renew holds: a file is not renewed between the look at
// its time and its end.
func (f *files) remove(_ context.Context, key string, before time.Time) error {
	path := f.path(key)
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(path)
	if err != nil || !info.ModTime().Before(before) {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
