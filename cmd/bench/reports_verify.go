package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/lintu-map/lintu"
)

// verify looks at the database, over HTTP and by lintu's own checks whether every
// report is there once, and nothing else.
func (r *running) verify(ctx context.Context) error {
	errs := []error{r.verifyRows(ctx)}
	for _, p := range r.all {
		for _, k := range p.outbox {
			if err := r.verifyReport(ctx, k); err != nil {
				errs = append(errs, err)
			}
		}
	}
	_, err := r.house.run(ctx, "check") // the audit's chain too
	errs = append(errs, err)
	for _, fault := range r.jumble.faults {
		errs = append(errs, errors.New(fault))
	}
	if len(errs) > 20 {
		errs = append(errs[:20], fmt.Errorf("and %d more", len(errs)-20))
	}
	return errors.Join(errs...)
}

// verifyRows counts what is stored.
func (r *running) verifyRows(ctx context.Context) error {
	db, err := r.house.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, q := range []struct{ what, query string }{
		{"cases", "select count(*) from case_file"},
		{"numbers", "select count(distinct number) from case_file"},
		{"events of reporting", "select count(*) from case_event where act = 'report'"},
		{"cases with such an event", "select count(distinct case_id) from case_event where act = 'report'"},
		{"audit entries of reporting", "select count(*) from audit where act = 'case_report'"},
	} {
		var n int
		if err := db.Owner().QueryRow(ctx, q.query).Scan(&n); err != nil {
			return err
		}
		if n != r.reports {
			return fmt.Errorf("%d %s for %d reports", n, q.what, r.reports)
		}
	}
	if cases, different, err := db.Rebuild(ctx, reportsTenant, true, func(lintu.Text, int64, int64) {}); err != nil || int(cases) != r.reports || different != 0 {
		return fmt.Errorf("of %d cases %d are not what their events add up to: %w", cases, different, err)
	}
	return nil
}

// verifyReport compares what was sent with what is there.
func (r *running) verifyReport(ctx context.Context, k *kept) error {
	at := "/api/v1/cases/" + k.report.ID.String()
	var c lintu.Case
	if err := r.get(ctx, at, &c); err != nil {
		return err
	}
	var photos []lintu.ID
	for _, p := range c.Photos {
		photos = append(photos, p.ID)
	}
	if c.Number != k.number || c.Note != k.report.Note || c.Place != k.report.Place || c.Category != k.report.Category ||
		!slices.Equal(photos, k.report.Photos) {
		return fmt.Errorf("report %s is not as it was sent", k.report.ID)
	}
	for id, sent := range k.photos {
		got, err := r.fetch(ctx, at+"/photos/"+id.String())
		if err != nil {
			return err
		}
		if !bytes.Equal(got, sent) {
			return fmt.Errorf("photo %s of %d bytes came back as %d others", id, len(sent), len(got))
		}
	}
	return nil
}

// fetch reads an answer of the server itself, as who sees all cases, and waits where
// it is told to.
func (r *running) fetch(ctx context.Context, path string) ([]byte, error) {
	for {
		content, wait, err := r.fetchOnce(ctx, path)
		if err != nil || wait == 0 {
			return content, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (r *running) fetchOnce(ctx context.Context, path string) (content []byte, wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.house.addr+path, nil)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Cookie", r.reader)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	content, err = io.ReadAll(res.Body)
	switch {
	case err != nil:
	case res.StatusCode == http.StatusTooManyRequests:
		wait = 100 * time.Millisecond
	case res.StatusCode != http.StatusOK:
		err = fmt.Errorf("GET %s is answered %s: %.300s", path, res.Status, content)
	}
	return content, wait, err
}
