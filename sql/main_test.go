package sql_test

import (
	"os"
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envOwner); dir != "" {
		os.Exit(own(dir))
	}
	if what := os.Getenv(envFirer); what != "" {
		os.Exit(fireTimers(what))
	}
	sqltest.Main(m)
}
