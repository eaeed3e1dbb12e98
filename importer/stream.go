package importer

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/lintu-map/lintu"
)

// stream runs one dataset through the checks and yields the rows that passed
// as lintu.Rows. One goroutine reads and decodes, some convert and check, and
// the caller takes rows in the order of the file, so that all overlap with what
// the database does. What it finds goes into the report as the rows pass.
//
// Memory is bounded by the number of chunks, whatever the file's size.
type stream struct {
	plan     *plan
	geodesy  lintu.Geodesy
	report   *lintu.Report
	codes    *layerCodes
	progress func(rows int64)

	cancel context.CancelFunc
	wait   sync.WaitGroup
	order  chan *chunk // in the order of the file
	work   chan *chunk
	free   chan *chunk
	reader *Reader
	read   error // why reading ended, set before order is closed

	at   *chunk
	next int
	row  lintu.Row
	err  error
	done bool
}

// startStream begins to read. The report's counts start at zero.
func startStream(ctx context.Context, p *plan, g lintu.Geodesy, report *lintu.Report, codes *layerCodes, progress func(int64)) (*stream, error) {
	ctx, cancel := context.WithCancel(ctx)
	reader, err := p.dataset.Read(ctx, p.encoding)
	if err != nil {
		cancel()
		return nil, err
	}
	workers := max(2, runtime.GOMAXPROCS(0))
	chunks := 2*workers + 2
	s := &stream{plan: p, geodesy: g, report: report, codes: codes, progress: progress, cancel: cancel, reader: reader,
		order: make(chan *chunk, chunks), work: make(chan *chunk, chunks), free: make(chan *chunk, chunks)}
	for range chunks {
		s.free <- newChunk()
	}
	s.wait.Add(1 + workers)
	go s.readAll(ctx)
	for range workers {
		go s.workAll(ctx)
	}
	return s, nil
}

// readAll fills chunks with records.
func (s *stream) readAll(ctx context.Context) {
	defer s.wait.Done()
	defer close(s.order)
	defer close(s.work)
	for more := true; more; {
		var c *chunk
		select {
		case c = <-s.free:
		case <-ctx.Done():
			s.read = ctx.Err()
			return
		}
		c.reset()
		for more = s.reader.Next(); more; more = s.reader.Next() {
			c.add(s.reader.Record(), &s.plan.mapping)
			if c.full() {
				break
			}
		}
		if !more {
			s.read = s.reader.Err()
		}
		if len(c.items) > 0 {
			s.order <- c
			s.work <- c
		}
	}
}

func (s *stream) workAll(ctx context.Context) {
	defer s.wait.Done()
	j := &referee{geodesy: s.geodesy}
	for c := range s.work {
		c.done <- s.plan.process(ctx, c, j)
	}
}

// Next goes to the next row that passed.
func (s *stream) Next(ctx context.Context) bool {
	for s.err == nil && !s.done {
		if s.at == nil {
			s.nextChunk(ctx)
			continue
		}
		if s.next == len(s.at.items) {
			s.progress(s.report.Features)
			s.free <- s.at
			s.at = nil
			continue
		}
		it := &s.at.items[s.next]
		s.next++
		if s.pass(it) {
			return true
		}
	}
	return false
}

// nextChunk waits for the next chunk in the order of the file.
func (s *stream) nextChunk(ctx context.Context) {
	select {
	case c, ok := <-s.order:
		if !ok {
			s.end()
			return
		}
		select {
		case s.err = <-c.done:
			s.at, s.next = c, 0
		case <-ctx.Done():
			s.err = ctx.Err()
		}
	case <-ctx.Done():
		s.err = ctx.Err()
	}
}

// end notes why and how reading ended. A file that breaks off is a refusal of
// what is behind: the rows before it are good.
func (s *stream) end() {
	s.done = true
	s.report.Notes = append(s.report.Notes, s.reader.Notes()...)
	var broken *lintu.Error
	switch {
	case s.read == nil:
	case errors.As(s.read, &broken):
		s.report.Refusals.Add(lintu.Finding{Rule: ruleFileBroken, Text: broken.Text})
	default:
		s.err = s.read
	}
}

// pass counts a row, looks for its code among those before it and makes it the
// present row if nothing is against it.
func (s *stream) pass(it *item) bool {
	s.report.Features++
	if it.ok() {
		s.codes.check(s.plan, it)
	}
	if !it.ok() {
		s.report.Refusals.Add(it.refused[0])
		return false
	}
	for _, f := range it.findings {
		s.report.Repairs.Add(f)
	}
	s.report.Accepted++
	if it.wkb != nil {
		widenReport(s.report, it)
	}
	s.row = lintu.Row{Number: it.number, ID: lintu.NewID(), Values: it.values, Geometry: it.wkb, Person: it.person}
	return true
}

func widenReport(r *lintu.Report, it *item) {
	b := it.bounds
	if r.Bounds == nil {
		r.Bounds = []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		return
	}
	box := (*[4]float64)(r.Bounds)
	widen(box, b.Min[0], b.Min[1])
	widen(box, b.Max[0], b.Max[1])
}

// Expected is how many rows the file claims to have; 0 if it says nothing.
func (s *stream) Expected() int64 { return max(s.plan.dataset.Count, 0) }

// Row returns the present row; it is valid until the next call of Next.
func (s *stream) Row() *lintu.Row { return &s.row }

// Err says why the rows ended early.
func (s *stream) Err() error { return s.err }

// Close ends all goroutines and waits for them. It may be called twice.
func (s *stream) Close() {
	s.cancel()
	s.wait.Wait()
	_ = s.reader.Close()
}
