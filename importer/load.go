package importer

import (
	"context"
	"errors"
	"slices"

	"github.com/lintu-map/lintu"
)

// loading brings the parts of one file into one transaction.
type loading struct {
	geodesy  lintu.Geodesy
	parts    []*part
	progress lintu.Progress
	codes    map[target]*layerCodes
	failed   *part // the part that the database refused
}

// target is where the codes of parts must differ. What a table without places says
// may be about the rows of another part.
type target struct {
	layer     lintu.Layer
	placeless bool
}

func (p *part) target() target { return target{p.plan.layer.Name, p.plan.placeless} }

// newLoading takes the parts that have a plan, wide areas first, people and the
// base map last, so that what refers to something comes after it.
func newLoading(g lintu.Geodesy, parts []*part, progress lintu.Progress) *loading {
	l := &loading{geodesy: g, progress: progress, codes: map[target]*layerCodes{}}
	if progress == nil {
		l.progress = func(lintu.Text, int64, int64) {}
	}
	for _, p := range parts {
		if p.plan != nil {
			l.parts = append(l.parts, p)
		}
	}
	slices.SortStableFunc(l.parts, func(a, b *part) int { return loadRank(a.plan) - loadRank(b.plan) })
	rows := map[target]int64{}
	for _, p := range l.parts {
		rows[p.target()] += max(p.dataset.Count, 0)
	}
	for t, n := range rows {
		l.codes[t] = newLayerCodes(n)
	}
	return l
}

func loadRank(p *plan) int {
	kinds := []lintu.Kind{lintu.KindArea, lintu.KindUnit, lintu.KindHead, lintu.KindHousehold, lintu.KindBase}
	rank := 100*slices.Index(kinds, p.layer.Kind) + slices.Index(lintu.Levels, p.layer.Level)
	if p.placeless {
		rank += 50 // behind what has places
	}
	return rank
}

// check refuses what cannot be said of several datasets in one layer.
func (l *loading) check() error {
	seen := map[lintu.Layer]*part{}
	for _, p := range l.parts {
		other := seen[p.plan.layer.Name]
		if other != nil && (p.answers.CloseMissing || other.answers.CloseMissing) {
			return lintu.Errorf(lintu.CodeInvalid, "%s 和 %s 都进入图层 %s，不能同时结束文件里没有的对象；请分开导入或合并成一份。",
				"%s and %s both go into the layer %s, so what a file no longer has cannot be ended; import them apart, or join them.",
				other.dataset.Name, p.dataset.Name, p.plan.layer.Name)
		}
		seen[p.plan.layer.Name] = p
	}
	return nil
}

// run stages, compares and merges every part. It is what ApplyBatch and
// TryBatch call.
func (l *loading) run(ctx context.Context, tx lintu.BatchTx) error {
	for _, p := range l.parts {
		if err := l.one(ctx, tx, p); err != nil {
			l.failed = p
			return err
		}
	}
	return nil
}

func (l *loading) one(ctx context.Context, tx lintu.BatchTx, p *part) error {
	layer := p.plan.layer
	step := lintu.Text{ZH: "读取并检查 " + p.dataset.Name, EN: "reading and checking " + p.dataset.Name}
	total := max(p.dataset.Count, 0)
	codes := l.codes[p.target()]
	codes.begin(p.dataset.Name)
	rows, err := startStream(ctx, p.plan, l.geodesy, p.report, codes, func(n int64) { l.progress(step, n, total) })
	if err != nil {
		return err
	}
	defer rows.Close()
	if _, err := tx.Stage(ctx, layer, rows); err != nil {
		return err
	}
	if err := rows.Err(); err != nil {
		return err
	}
	l.progress(step, p.report.Features, p.report.Features)
	if err := refuseUnknown(ctx, tx, p); err != nil {
		return err
	}
	if p.report.Accepted == 0 {
		return nil
	}
	if layer.Kind == lintu.KindArea {
		l.progress(lintu.Text{ZH: "检查重叠和缝隙", EN: "looking for overlaps and gaps"}, 0, 0)
		if p.report.Overlaps, p.report.Gaps, err = tx.Coverage(ctx, layer); err != nil {
			return err
		}
	}
	l.progress(lintu.Text{ZH: "与现有数据比较", EN: "comparing with what is there"}, 0, 0)
	c, err := tx.Merge(ctx, layer, p.answers.CloseMissing && !p.broken())
	if err != nil {
		return err
	}
	p.report.Comparison = &c
	return nil
}

// refuseUnknown takes rows out that would become households or heads without a
// place: a table can only say something about those that are there.
func refuseUnknown(ctx context.Context, tx lintu.BatchTx, p *part) error {
	if !p.plan.placeless || p.plan.layer.Personal == nil || p.report.Accepted == 0 {
		return nil
	}
	unknown, err := tx.RefuseUnknown(ctx, p.plan.layer)
	if err != nil {
		return err
	}
	p.report.Accepted -= unknown.Total
	p.report.Refusals.Merge(unknown)
	return nil
}

// broken reports whether the file ended before its data: what is missing then
// is not gone.
func (p *part) broken() bool { return p.report.Refusals.ByRule[ruleFileBroken] > 0 }

// explain turns an error of the database about the data, or about where the actor
// may change things, into a question of the part that it concerns; any other error
// stays one.
func (l *loading) explain(err error) error {
	var mine *lintu.Error
	if err == nil || !errors.As(err, &mine) {
		return err
	}
	concerned := l.parts // what all of them change together may be too much
	if l.failed != nil {
		concerned = []*part{l.failed}
	}
	key := ""
	switch {
	case mine.Code == lintu.CodeForbidden:
		key = "forbidden"
	case mine.Code == lintu.CodeInvalid && l.failed != nil:
		key = "rejected"
	default:
		return err
	}
	for _, p := range concerned {
		p.ask(lintu.Question{Key: key, Candidates: []lintu.Candidate{}, Text: mine.Text})
	}
	return nil
}
