package sql_test

import (
	"testing"

	"github.com/lintu-map/lintu"
)

// TestTableWithoutPlaces: rows that bring no place change what is known and are
// refused where nothing is.
func TestTableWithoutPlaces(t *testing.T) {
	p := newPlace(t)
	ctx := t.Context()
	places := []part{{lintu.Households, false, []lintu.Row{
		row(1, point(113.6, 28.1), "H1", "一号", "B1", ""), row(2, point(113.7, 28.2), "H2", "二号", "B2", "")}}}
	var done []lintu.Comparison
	if err := p.ApplyBatch(ctx, p.tenant, newBatch(p), everywhere, load(ctx, &done, places)); err != nil {
		t.Fatal(err)
	}
	var found lintu.Findings
	var c lintu.Comparison
	table := func(tx lintu.BatchTx) (err error) {
		if _, err = tx.Stage(ctx, layerNamed(lintu.Households), &rows{list: []lintu.Row{
			row(2, nil, "H2", "贰号", "", ""), row(3, nil, "H3", "三号", "", ""), row(4, nil, "H1", "一号", "", "")}}); err != nil {
			return err
		}
		if found, err = tx.RefuseUnknown(ctx, layerNamed(lintu.Households)); err != nil {
			return err
		}
		c, err = tx.Merge(ctx, layerNamed(lintu.Households), false)
		return err
	}
	for name, run := range map[string]func() error{
		"dry":     func() error { return p.TryBatch(ctx, p.tenant, everywhere, table) },
		"applied": func() error { return p.ApplyBatch(ctx, p.tenant, newBatch(p), everywhere, table) },
	} {
		if err := run(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if found.Total != 1 || found.List[0].Row != 3 || found.ByRule["code-unknown"] != 1 || c.New != 0 || c.Changed+c.Unchanged != 2 {
			t.Errorf("%s: %+v, %+v", name, found, c)
		}
	}
	var same bool
	err := p.Pool().QueryRow(ctx, `SELECT count(*) = 2 AND bool_and(geom IS NOT NULL AND building <> '')
		AND max(name) FILTER (WHERE code = 'H2') = '贰号' FROM household WHERE tenant_id = $1`, p.tenant).Scan(&same)
	if err != nil || !same {
		t.Errorf("places or buildings were lost: %v", err)
	}
}

// TestTableBesideItsPlaces: what an earlier part of the batch brings is known.
func TestTableBesideItsPlaces(t *testing.T) {
	p := newPlace(t)
	ctx := t.Context()
	var found lintu.Findings
	both := func(tx lintu.BatchTx) error {
		var done []lintu.Comparison
		if err := load(ctx, &done, []part{{lintu.Households, false, []lintu.Row{row(1, point(113.6, 28.1), "H1", "一号", "", "")}}})(tx); err != nil {
			return err
		}
		_, err := tx.Stage(ctx, layerNamed(lintu.Households), &rows{list: []lintu.Row{row(2, nil, "H1", "壹号", "", ""), row(3, nil, "H9", "九号", "", "")}})
		if err != nil {
			return err
		}
		if found, err = tx.RefuseUnknown(ctx, layerNamed(lintu.Households)); err != nil {
			return err
		}
		_, err = tx.Merge(ctx, layerNamed(lintu.Households), false)
		return err
	}
	if err := p.TryBatch(ctx, p.tenant, everywhere, both); err != nil || found.Total != 1 {
		t.Errorf("dry: %+v, %v", found, err)
	}
	if err := p.ApplyBatch(ctx, p.tenant, newBatch(p), everywhere, both); err != nil || found.Total != 1 {
		t.Errorf("applied: %+v, %v", found, err)
	}
}
