package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// EnsureTenant makes the jurisdiction of that id if there is none yet. The name
// of one that is there stays.
func (db *DB) EnsureTenant(ctx context.Context, id int32, name string) error {
	if name == "" {
		return lintu.Errorf(lintu.CodeInvalid, "县区的名称不能为空。", "A jurisdiction needs a name.")
	}
	_, err := db.owner.Exec(ctx, `INSERT INTO tenant (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, name)
	return toError(err)
}
