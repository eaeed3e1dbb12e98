package sql

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// ruleCodeUnknown is the rule of rows that name no feature on the map.
const ruleCodeUnknown = "code-unknown"

// RefuseUnknown implements lintu.BatchTx.
func (b *batchTx) RefuseUnknown(ctx context.Context, layer lintu.LayerInfo) (lintu.Findings, error) {
	var found lintu.Findings
	all := b.stages[layer.Name]
	if len(all) == 0 || all[len(all)-1].merged || all[len(all)-1].direct {
		return found, toError(errNothingStaged)
	}
	s := all[len(all)-1]
	unknown := b.unknownSQL(s, all[:len(all)-1])
	rows, err := b.tx.Query(ctx, `WITH gone AS (DELETE FROM `+s.name+` s WHERE `+unknown+` RETURNING number)
		SELECT number FROM gone ORDER BY number`, b.tenant, s.table.in)
	if err != nil {
		return found, toError(err)
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return found, toError(err)
	}
	for _, n := range numbers {
		found.Add(lintu.Finding{Row: n, Rule: ruleCodeUnknown, Text: lintu.Say(
			"地图上没有这个代码的%[1]s；请先导入带位置的数据", "there are no %[2]s with this code on the map; import places first", layer.Title.ZH, layer.Title.EN)})
	}
	s.got.rows -= int64(len(numbers))
	return found, nil
}

// unknownSQL is the condition on staged rows s whose code neither a present feature
// on the ground nor an earlier part of the batch has; $1 and $2 are tenant and
// scope.
func (b *batchTx) unknownSQL(s *stage, before []*stage) string {
	unknown := `NOT EXISTS (SELECT FROM ` + s.table.name + ` t WHERE t.tenant_id = $1` + s.table.scoped("t", "$2") +
		` AND t.code = s.code AND upper_inf(t.valid)` + b.andOnGround(s.table, "t.geom") + `)`
	for _, o := range before {
		if !o.direct { // a dry run may not have written it
			unknown += ` AND NOT EXISTS (SELECT FROM ` + o.name + ` o WHERE o.code = s.code)`
		}
	}
	return unknown
}
