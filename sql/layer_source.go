package sql

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.LayerSource = (*Reader)(nil)

//go:embed queries/changed_places.sql
var changedPlaces string

// ReadLayers implements lintu.LayerSource.
func (r *Reader) ReadLayers(ctx context.Context, tenant int32, layers []lintu.LayerInfo, take func(lintu.Layer, *lintu.LayerRow) error) (cursor string, err error) {
	ctx, untie := r.db.contact.during(ctx)
	defer untie()
	err = r.inSnapshot(ctx, func(tx pgx.Tx, now string) error {
		cursor = now
		for _, l := range layers {
			if err := readWhole(ctx, tx, tenant, l, take); err != nil {
				return err
			}
		}
		return nil
	})
	return cursor, toError(err)
}

// CountRows implements lintu.LayerSource.
func (r *Reader) CountRows(ctx context.Context, tenant int32, l lintu.LayerInfo) (int64, error) {
	return r.CountFeatures(ctx, lintu.FeatureQuery{Tenant: tenant, Layer: l, Within: lintu.Jurisdiction})
}

// readWhole reads tables from end to end: the planner, who knows that pages are in
// memory, would go through ten million rows of an index by id, from page to page.
func readWhole(ctx context.Context, tx pgx.Tx, tenant int32, l lintu.LayerInfo, take func(lintu.Layer, *lintu.LayerRow) error) error {
	scans := func(allowed string) error {
		_, err := tx.Exec(ctx, `SELECT set_config(name, $1, true) FROM unnest(ARRAY['enable_indexscan', 'enable_indexonlyscan']) name`, allowed)
		return err
	}
	if err := scans("off"); err != nil {
		return err
	}
	if err := eachRow(ctx, tx, l, wholeSQL(l), []string{strconv.Itoa(int(tenant))}, take); err != nil {
		return err
	}
	return scans("on")
}

// inSnapshot runs work in a transaction in which every statement sees the same, and
// tells it the instant.
func (r *Reader) inSnapshot(ctx context.Context, work func(tx pgx.Tx, now string) error) error {
	return pgx.BeginTxFunc(ctx, r.db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var now string
		if err := tx.QueryRow(ctx, `SELECT `+instantSQL).Scan(&now); err != nil {
			return err
		}
		return work(tx, now)
	})
}

// RereadLayers implements lintu.LayerSource.
func (r *Reader) RereadLayers(ctx context.Context, tenant int32, layers []lintu.LayerInfo, after string, begin func(lintu.Layer, []lintu.BBox), take func(lintu.Layer, *lintu.LayerRow) error) (cursor string, err error) {
	ctx, untie := r.db.contact.during(ctx)
	defer untie()
	err = r.inSnapshot(ctx, func(tx pgx.Tx, now string) error {
		cursor = now
		if after == now {
			return nil
		}
		changed, err := changesOf(ctx, tx, tenant, layers, after, now)
		for i, c := range changed {
			if err == nil {
				err = c.read(ctx, tx, tenant, layers[i], begin, take)
			}
		}
		return err
	})
	return cursor, toError(err)
}

// places are where a layer may look different.
type places struct {
	anywhere bool
	single   []lintu.BBox // around one feature each
	batches  []lintu.BBox // around many
}

// What one rereading looks at, at most. Beyond it, reading layers anew costs less.
const (
	rereadLines   = 20_000 // of the change log
	rereadBatches = 8      // of one layer; more are taken together
)

// changesOf finds where each of the layers may have changed since an instant.
func changesOf(ctx context.Context, tx pgx.Tx, tenant int32, layers []lintu.LayerInfo, after, now string) ([]places, error) {
	found := make([]places, len(layers))
	xmax, running, ok := sinceSnapshot(after, now)
	if !ok {
		return everywhere(found), nil
	}
	var kinds []string
	for _, l := range layers {
		kinds = append(kinds, followed(l)...)
	}
	rows, err := tx.Query(ctx, changedPlaces, tenant, xmax, running, kinds, rereadLines)
	if err != nil {
		return nil, err
	}
	var kind string
	var single bool
	var old, new [4]*float64
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&kind, &single, &old[0], &old[1], &old[2], &old[3], &new[0], &new[1], &new[2], &new[3]}, func() error {
		n++
		for i, l := range layers {
			if slices.Contains(followed(l), kind) {
				found[i].add(single, box(old), box(new))
			}
		}
		return nil
	})
	if n >= rereadLines {
		return everywhere(found), err
	}
	return found, err
}

func everywhere(found []places) []places {
	for i := range found {
		found[i].anywhere = true
	}
	return found
}

// sinceSnapshot takes apart the snapshot after: what it cannot see are the
// transactions that were running and those from xmax on. It reports false for what is
// no snapshot, or is ahead of now or of another life: another database's, or from
// before a restore or crash.
func sinceSnapshot(after, now string) (xmax string, running []string, ok bool) {
	after, was := partsOf(after)
	now, is := partsOf(now)
	if len(after) > snapshotMost || !snapshotText.MatchString(after) {
		return "", nil, false
	}
	parts := strings.Split(after, ":")
	end, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return "", nil, false
	}
	present, err := strconv.ParseUint(strings.Split(now, ":")[1], 10, 64)
	running = strings.FieldsFunc(parts[2], func(r rune) bool { return r == ',' })
	return parts[1], running, err == nil && end <= present && was == is
}

// followed are the kinds of changes that a layer shows. Households show the code of
// their head, and heads how many households they have; codes themselves never change.
func followed(l lintu.LayerInfo) []string {
	if l.Kind == lintu.KindHousehold || l.Kind == lintu.KindHead {
		return []string{string(l.Name), string(lintu.Links)}
	}
	return []string{string(l.Name)}
}

// add notes a line of the change log. A batch that does not say where was anywhere;
// a feature without a place was nowhere.
func (p *places) add(single bool, old, new *lintu.BBox) {
	p.anywhere = p.anywhere || !single && old == nil && new == nil
	for _, b := range []*lintu.BBox{old, new} {
		switch {
		case b == nil:
		case single:
			p.single = append(p.single, *b)
		default:
			p.batches = append(p.batches, *b)
		}
	}
}

// readMargin widens boxes for reading, in degrees: more than a unit of those who
// compare places in units of their own.
const readMargin = 1e-6

// widened is a box a little larger. Beyond the edge of Web Mercator all places of one
// longitude may be one to the reader: it takes them all.
func widened(b lintu.BBox) lintu.BBox {
	w := lintu.BBox{b[0] - readMargin, b[1] - readMargin, b[2] + readMargin, b[3] + readMargin}
	if w[3] >= mercatorEdge {
		w[1], w[3] = min(w[1], mercatorEdge-readMargin), 90
	}
	if w[1] <= -mercatorEdge {
		w[1], w[3] = -90, max(w[3], readMargin-mercatorEdge)
	}
	return w
}

// read reads the layer again where it may have changed.
func (p *places) read(ctx context.Context, tx pgx.Tx, tenant int32, l lintu.LayerInfo, begin func(lintu.Layer, []lintu.BBox), take func(lintu.Layer, *lintu.LayerRow) error) error {
	switch {
	case p.anywhere:
		begin(l.Name, nil)
		return readWhole(ctx, tx, tenant, l, take)
	case len(p.single)+len(p.batches) == 0:
		return nil
	}
	if len(p.batches) > rereadBatches {
		p.batches = []lintu.BBox{around(p.batches)}
	}
	begin(l.Name, append(slices.Clone(p.single), p.batches...))
	for _, b := range p.batches {
		if err := eachRow(ctx, tx, l, boxSQL(l), boxArgs(tenant, widened(b)), take); err != nil {
			return err
		}
	}
	if len(p.single) == 0 {
		return nil
	}
	for i, b := range p.single {
		p.single[i] = widened(b)
	}
	return eachRow(ctx, tx, l, boxesSQL(l), boxesArgs(tenant, p.single), take)
}

// around is the smallest box that holds some others.
func around(boxes []lintu.BBox) lintu.BBox {
	all := boxes[0]
	for _, b := range boxes {
		all = lintu.BBox{min(all[0], b[0]), min(all[1], b[1]), max(all[2], b[2]), max(all[3], b[3])}
	}
	return all
}
