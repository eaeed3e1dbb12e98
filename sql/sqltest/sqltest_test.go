package sqltest_test

import (
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestMain(m *testing.M) { sqltest.Main(m) }

// Every test has a database of its own, with the schema in it.
func TestNew(t *testing.T) {
	for _, name := range []string{"one", "another", "third"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := sqltest.New(t)
			if _, err := db.Owner().Exec(t.Context(), "create table mine (id int)"); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Owner().Exec(t.Context(), "select from tenant"); err != nil {
				t.Error(err)
			}
		})
	}
}
