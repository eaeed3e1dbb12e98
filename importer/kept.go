package importer

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// orphanAge is how long an upload may lie that no batch knows of: it can be one
// that another process is still receiving or explaining.
const orphanAge = 24 * time.Hour

// drop removes the file of a batch that is no draft any more, and what earlier
// tries left. What cannot be removed now is left to the next Sweep: the batch
// itself is settled.
func (s *Service) drop(ctx context.Context, tenant int32, id lintu.ID) {
	_ = os.Remove(s.kept(id))
	_ = s.Sweep(ctx, tenant)
}

// Sweep removes uploaded files that nothing needs any more, since they may hold
// personal data: those of batches that are no drafts, and, once they are a day
// old, those of uploads that broke off before they became a batch.
func (s *Service) Sweep(ctx context.Context, tenant int32) error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		spent, err := s.spent(ctx, tenant, e)
		if spent {
			err = os.Remove(filepath.Join(s.dir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// spent reports whether a file of the upload directory can go. Files that are
// none of ours never can.
func (s *Service) spent(ctx context.Context, tenant int32, e fs.DirEntry) (bool, error) {
	id, err := lintu.ParseID(e.Name())
	ours := err == nil || strings.HasPrefix(e.Name(), "upload-")
	if !ours || !e.Type().IsRegular() {
		return false, nil
	}
	if err == nil {
		b, err := s.store.Batch(ctx, tenant, id)
		if lintu.CodeOf(err) != lintu.CodeNotFound {
			return err == nil && b.State != lintu.BatchDraft, err
		}
	}
	info, err := e.Info()
	return err == nil && time.Since(info.ModTime()) > orphanAge, err
}
