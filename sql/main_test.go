package sql_test

import (
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestMain(m *testing.M) { sqltest.Main(m) }
