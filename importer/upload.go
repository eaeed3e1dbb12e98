package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"github.com/lintu-map/lintu"
)

// Receive implements lintu.Importer. The bytes are on disk before the batch is
// known to anybody.
func (s *Service) Receive(ctx context.Context, tenant int32, name string, by lintu.Actor, body io.Reader) (*lintu.Batch, error) {
	b := &lintu.Batch{ID: lintu.NewID(), File: fileTitle(name), State: lintu.BatchDraft, Actor: by.Name}
	if err := s.keep(b, body); err != nil {
		return nil, err
	}
	drop := func(err error) error { return errors.Join(err, os.Remove(s.kept(b.ID))) }
	source, err := s.openKept(b)
	if err != nil {
		return nil, drop(err)
	}
	defer source.Close()
	parts, err := s.explain(ctx, tenant, source, b, by, nil, nil)
	if err != nil {
		return nil, drop(err)
	}
	b.Parts = asParts(parts)
	if err := s.store.CreateBatch(ctx, tenant, b); err != nil {
		return nil, drop(err)
	}
	return b, nil
}

// kept is where the bytes of a batch lie. The name is the id: what people call
// the file never reaches the file system.
func (s *Service) kept(id lintu.ID) string { return filepath.Join(s.dir, id.String()) }

func (s *Service) openKept(b *lintu.Batch) (*Source, error) {
	path := s.kept(b.ID)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, lintu.Errorf(lintu.CodeNotFound, "批次 %s 的原始文件不在这台服务器上；请重新上传。", "The file of batch %s is not on this server; please upload it again.", b.ID)
	}
	return Open(path, b.File)
}

// keep writes the body to disk for good: a temporary file, synced and renamed,
// so that a batch never has half a file. What fails leaves nothing behind.
func (s *Service) keep(b *lintu.Batch, body io.Reader) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return keepError(err)
	}
	f, err := os.CreateTemp(s.dir, "upload-*") // 0600
	if err != nil {
		return keepError(err)
	}
	at := f.Name()
	err = errors.Join(s.fill(f, b, body), f.Close())
	if err == nil {
		if err = os.Rename(at, s.kept(b.ID)); err == nil {
			at = s.kept(b.ID)
			err = syncDir(s.dir)
		}
	}
	if err != nil {
		return keepError(errors.Join(err, os.Remove(at)))
	}
	return nil
}

// fill copies the body into f and notes its size and SHA-256 in the batch.
func (s *Service) fill(f *os.File, b *lintu.Batch, body io.Reader) (err error) {
	h := sha256.New()
	if b.Bytes, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(body, s.maxBytes+1)); err != nil {
		return err
	}
	if b.Bytes > s.maxBytes {
		return lintu.Errorf(lintu.CodeTooLarge, "文件超过了 %d MB 的上限；请用命令行 lintu import 导入，或拆成几份。",
			"The file is larger than %d MB; import it with the command lintu import, or split it.", s.maxBytes>>20)
	}
	b.SHA256 = hex.EncodeToString(h.Sum(nil))
	return f.Sync()
}

// keepError says why a file could not be kept; what is known better stays.
func keepError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return lintu.Errorf(lintu.CodeUnavailable, "服务器的磁盘已满，文件没有保存；请在数据目录 LINTU_DATA 所在的磁盘上腾出空间，再重新上传。",
			"The server's disk is full and the file was not kept; please free space on the disk of the data directory LINTU_DATA and upload it again.").Because(err)
	}
	return fmt.Errorf("keep upload: %w", err)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fileTitle is a file's name as it is shown: its last part, without control
// characters, of bounded length.
func fileTitle(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if name == "" {
		return "upload"
	}
	return clip(discreet(name), 200)
}

// digest is the SHA-256 and the size of a file. For a folder, and for a
// shapefile with its companions, it is that of all their files with their names,
// in order of name.
func digest(path string) (sum string, size int64, err error) {
	paths, err := filesOf(path)
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	for _, p := range paths {
		if len(paths) > 1 {
			fmt.Fprintf(h, "%s\x00", filepath.Base(p))
		}
		n, err := hashFile(h, p)
		if err != nil {
			return "", 0, err
		}
		size += n
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

func hashFile(w io.Writer, path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return io.Copy(w, f)
}

// filesOf lists the files that path stands for.
func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if !strings.EqualFold(filepath.Ext(path), ".shp") {
			return []string{path}, nil
		}
		return filepath.Glob(globEscape(strings.TrimSuffix(path, filepath.Ext(path))) + ".*")
	}
	var paths []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			paths = append(paths, p)
		}
		return err
	})
	return paths, err
}

// globEscape takes the meaning from what filepath.Glob would read as a pattern.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
