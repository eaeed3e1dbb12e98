package sql_test

import (
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestTilePoolSettings(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	for setting, want := range map[string]string{
		"max_parallel_workers_per_gather": "0", "jit": "off", "plan_cache_mode": "force_custom_plan", "default_transaction_read_only": "on",
	} {
		var got string
		if err := db.TilePool().QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q: %v", setting, got, err)
		}
	}
}
