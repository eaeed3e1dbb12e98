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
	codes    map[lintu.Layer]*layerCodes
	failed   *part // the part that the database refused
}

// newLoading takes the parts that have a plan, wide areas first, people and the
// base map last, so that what refers to something comes after it.
func newLoading(g lintu.Geodesy, parts []*part, progress lintu.Progress) *loading {
	l := &loading{geodesy: g, progress: progress, codes: map[lintu.Layer]*layerCodes{}}
	if progress == nil {
		l.progress = func(lintu.Text, int64, int64) {}
	}
	for _, p := range parts {
		if p.plan != nil {
			l.parts = append(l.parts, p)
		}
	}
	slices.SortStableFunc(l.parts, func(a, b *part) int { return loadRank(a.plan.layer) - loadRank(b.plan.layer) })
	rows := map[lintu.Layer]int64{}
	for _, p := range l.parts {
		rows[p.plan.layer.Name] += max(p.dataset.Count, 0)
	}
	for name, n := range rows {
		l.codes[name] = newLayerCodes(n)
	}
	return l
}

func loadRank(layer lintu.LayerInfo) int {
	kinds := []lintu.Kind{lintu.KindArea, lintu.KindUnit, lintu.KindHead, lintu.KindHousehold, lintu.KindBase}
	return 100*slices.Index(kinds, layer.Kind) + slices.Index(lintu.Levels, layer.Level)
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
	l.codes[layer.Name].begin(p.dataset.Name)
	rows, err := startStream(ctx, p.plan, l.geodesy, p.report, l.codes[layer.Name], func(n int64) { l.progress(step, n, total) })
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

// broken reports whether the file ended before its data: what is missing then
// is not gone.
func (p *part) broken() bool { return p.report.Refusals.ByRule[ruleFileBroken] > 0 }

// explain turns an error of the database about the data into a question of the
// part that it concerns; any other error stays one.
func (l *loading) explain(err error) error {
	var mine *lintu.Error
	if err == nil || l.failed == nil || !errors.As(err, &mine) || mine.Code != lintu.CodeInvalid {
		return err
	}
	l.failed.ask(lintu.Question{Key: "rejected", Candidates: []lintu.Candidate{}, Text: mine.Text})
	return nil
}
