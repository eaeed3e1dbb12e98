package importer

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"github.com/lintu-map/lintu"
)

// Service is the door through which files come in. It keeps uploaded files
// under their batch's id in a directory of its own.
type Service struct {
	store    lintu.BatchStore
	geodesy  lintu.Geodesy
	dir      string
	maxBytes int64

	mu   sync.Mutex
	busy map[lintu.ID]bool
	turn chan struct{} // holds one token while a file is being loaded
}

var _ lintu.Importer = (*Service)(nil)

// New makes a Service. dir is made on the first upload; maxBytes bounds one.
func New(store lintu.BatchStore, geodesy lintu.Geodesy, dir string, maxBytes int64) *Service {
	return &Service{store: store, geodesy: geodesy, dir: dir, maxBytes: maxBytes,
		busy: map[lintu.ID]bool{}, turn: make(chan struct{}, 1)}
}

// load waits for its turn and runs f. Loads follow each other in the database
// too; but there they would wait with a connection in their hands each, and the
// one that is loading needs more of them to have polygons judged.
func (s *Service) load(ctx context.Context, f func() error) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	return f()
}

// hold makes the batch this call's own: two people who press the button at once
// would read the same file into the same place.
func (s *Service) hold(id lintu.ID) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[id] {
		return nil, lintu.Errorf(lintu.CodeConflict, "这个批次正在处理中，请等它完成。", "This batch is being worked on; please wait until that has ended.")
	}
	s.busy[id] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, id)
	}, nil
}

// draft returns a batch that has not been applied.
func (s *Service) draft(ctx context.Context, tenant int32, id lintu.ID) (*lintu.Batch, error) {
	b, err := s.store.Batch(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	return b, b.Draft()
}

// Explain implements lintu.Importer.
func (s *Service) Explain(ctx context.Context, tenant int32, id lintu.ID, by lintu.Actor, answers map[string]lintu.Answers, progress lintu.Progress) (*lintu.Batch, error) {
	release, err := s.hold(id)
	if err != nil {
		return nil, err
	}
	defer release()
	b, err := s.draft(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	source, err := s.openKept(b)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	parts, err := s.explain(ctx, tenant, source, b, by, answers, progress)
	if err != nil {
		return nil, err
	}
	b.Parts = asParts(parts)
	return b, s.store.SaveParts(ctx, tenant, id, b.Parts)
}

// explain prepares every dataset and tries the ones without open questions in
// a transaction that is rolled back.
func (s *Service) explain(ctx context.Context, tenant int32, source *Source, b *lintu.Batch, by lintu.Actor, answers map[string]lintu.Answers, progress lintu.Progress) ([]*part, error) {
	parts, err := s.prepareAll(ctx, source, answersOf(source, b, answers))
	if err != nil {
		return nil, err
	}
	l := newLoading(s.geodesy, parts, progress)
	if err := l.check(); err != nil {
		return nil, err
	}
	if len(l.parts) > 0 {
		err = s.load(ctx, func() error {
			return s.store.TryBatch(ctx, tenant, by, func(tx lintu.BatchTx) error { return l.run(ctx, tx) })
		})
		if err := l.explain(err); err != nil {
			return nil, err
		}
	}
	for _, p := range l.parts {
		p.closeRefusals()
	}
	return parts, nil
}

func (s *Service) prepareAll(ctx context.Context, source *Source, answers map[string]lintu.Answers) ([]*part, error) {
	var parts []*part
	for _, d := range source.Datasets() {
		p, err := s.prepare(ctx, d, answers[d.Name])
		if err != nil {
			return nil, err
		}
		if p.report != nil {
			p.report.Notes = append(append([]lintu.Text{}, source.Notes()...), p.report.Notes...)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// answersOf gives each dataset its new answers, else those under "", else the
// ones that the batch keeps.
func answersOf(source *Source, b *lintu.Batch, given map[string]lintu.Answers) map[string]lintu.Answers {
	all := map[string]lintu.Answers{}
	for _, d := range source.Datasets() {
		for _, p := range b.Parts {
			if p.Dataset == d.Name {
				all[d.Name] = p.Answers
			}
		}
		if a, ok := given[""]; ok {
			all[d.Name] = a
		}
		if a, ok := given[d.Name]; ok {
			all[d.Name] = a
		}
	}
	return all
}

func asParts(parts []*part) []lintu.Part {
	out := make([]lintu.Part, len(parts))
	for i, p := range parts {
		out[i] = lintu.Part{Dataset: p.dataset.Name, Answers: p.answers, Report: p.report}
	}
	return out
}

// Apply implements lintu.Importer.
func (s *Service) Apply(ctx context.Context, tenant int32, id lintu.ID, by lintu.Actor, progress lintu.Progress) (*lintu.Batch, error) {
	release, err := s.hold(id)
	if err != nil {
		return nil, err
	}
	defer release()
	b, err := s.draft(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	if err := s.applyKept(ctx, tenant, b, by, progress); err != nil {
		return nil, err
	}
	s.drop(context.WithoutCancel(ctx), tenant, id)
	return b, nil
}

// applyKept reads the batch's file once more and stores it.
func (s *Service) applyKept(ctx context.Context, tenant int32, b *lintu.Batch, by lintu.Actor, progress lintu.Progress) error {
	if err := b.Ready(); err != nil {
		return err
	}
	source, err := s.openKept(b)
	if err != nil {
		return err
	}
	defer source.Close()
	parts, err := s.prepareAll(ctx, source, answersOf(source, b, nil))
	if err != nil {
		return err
	}
	b.Parts = asParts(parts)
	return s.apply(ctx, tenant, b, by, parts, progress)
}

// Discard implements lintu.Importer.
func (s *Service) Discard(ctx context.Context, tenant int32, id lintu.ID, by lintu.Actor) error {
	release, err := s.hold(id)
	if err != nil {
		return err
	}
	defer release()
	if err := s.store.DiscardBatch(ctx, tenant, id); err != nil {
		return err
	}
	s.drop(context.WithoutCancel(ctx), tenant, id)
	return nil
}

// apply stores all parts in one transaction. It fails, with the reports
// complete and nothing stored, if a row is refused that nobody said to skip.
func (s *Service) apply(ctx context.Context, tenant int32, b *lintu.Batch, by lintu.Actor, parts []*part, progress lintu.Progress) error {
	if err := lintu.OpenQuestions(b.Parts); err != nil {
		return err
	}
	l := newLoading(s.geodesy, parts, progress)
	if err := l.check(); err != nil {
		return err
	}
	if len(l.parts) == 0 {
		return nothingToImport(b)
	}
	return s.load(ctx, func() error {
		return s.store.ApplyBatch(ctx, tenant, b, by, func(tx lintu.BatchTx) error {
			if err := l.run(ctx, tx); err != nil {
				return err
			}
			return l.end(b)
		})
	})
}

// end judges what was loaded: a refused row that nobody said to skip undoes all.
func (l *loading) end(b *lintu.Batch) error {
	accepted := int64(0)
	for _, p := range l.parts {
		p.closeRefusals()
		accepted += p.report.Accepted
	}
	if err := lintu.OpenQuestions(b.Parts); err != nil || accepted > 0 {
		return err
	}
	return nothingToImport(b)
}

func nothingToImport(b *lintu.Batch) error {
	return lintu.Errorf(lintu.CodeInvalid, "%s 里没有可以导入的行。", "%s has no rows to import.", b.File)
}

// ImportFile implements lintu.Importer. The file is read where it is. A dry run,
// and a file that still has questions, leave no batch behind; an import that
// fails leaves one that is discarded.
func (s *Service) ImportFile(ctx context.Context, tenant int32, path string, by lintu.Actor, answers map[string]lintu.Answers, dry bool, progress lintu.Progress) (*lintu.Batch, error) {
	source, err := Open(path, filepath.Base(path))
	if err != nil {
		return nil, err
	}
	defer source.Close()
	sum, size, err := digest(path)
	if err != nil {
		return nil, err
	}
	b := &lintu.Batch{ID: lintu.NewID(), File: fileTitle(filepath.Base(path)), SHA256: sum, Bytes: size, State: lintu.BatchDraft, Actor: by.Name}
	if dry {
		parts, err := s.explain(ctx, tenant, source, b, by, answers, progress)
		if err != nil {
			return b, err
		}
		b.Parts = asParts(parts)
		return b, lintu.OpenQuestions(b.Parts)
	}
	parts, err := s.prepareAll(ctx, source, answersOf(source, b, answers))
	if err != nil {
		return b, err
	}
	b.Parts = asParts(parts)
	if err := lintu.OpenQuestions(b.Parts); err != nil {
		return b, err
	}
	if err := s.store.CreateBatch(ctx, tenant, b); err != nil {
		return b, err
	}
	if err := s.apply(ctx, tenant, b, by, parts, progress); err != nil {
		return b, errors.Join(err, s.store.DiscardBatch(context.WithoutCancel(ctx), tenant, b.ID))
	}
	return b, nil
}
