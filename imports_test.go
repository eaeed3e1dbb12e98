package lintu_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/lintu-map/lintu"

// allowed says which packages of the house each package may import. Imports go
// down only and siblings never meet; the commands compose the rooms.
var allowed = map[string][]string{
	"geo":       {},
	"":          {"geo"},
	"importer":  {"", "geo"},
	"sql":       {"", "geo"},
	"photos":    {"", "geo"},
	"tiles":     {"", "geo"},
	"api":       {"", "geo"},
	"web":       {},
	"town":      {"", "geo"},
	"cmd/lintu": {"", "geo", "importer", "sql", "photos", "tiles", "api", "web", "town"},
	"cmd/bench": {"", "geo", "importer", "sql", "photos", "tiles", "api", "web", "town"},
}

// owners says which outside modules only one package may import.
var owners = map[string]string{
	"github.com/gofiber/fiber":    "api",
	"github.com/valyala/fasthttp": "api",
	"github.com/jackc/pgx":        "sql",
	"github.com/jackc/tern":       "sql",
	"github.com/twpayne/go-geom":  "geo",
}

func TestImportsGoDown(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		checkImports(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatal("no Go files seen")
	}
}

func checkImports(t *testing.T, path string) {
	t.Helper()
	pkg := filepath.ToSlash(filepath.Dir(path))
	if pkg == "." {
		pkg = ""
	}
	may, known := allowed[pkg]
	if !known {
		// A test helper or sub-package stands in its parent's room.
		parent := strings.SplitN(pkg, "/", 2)[0]
		if may, known = allowed[parent]; !known {
			t.Errorf("%s: package %q has no place in the house", path, pkg)
			return
		}
		may = append([]string{parent}, may...)
		pkg = parent
	}
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		checkImport(t, path, pkg, name, may)
	}
}

func checkImport(t *testing.T, path, pkg, name string, may []string) {
	t.Helper()
	if name == module || strings.HasPrefix(name, module+"/") {
		to := strings.TrimPrefix(strings.TrimPrefix(name, module), "/")
		for _, ok := range may {
			if to == ok || ok != "" && strings.HasPrefix(to, ok+"/") {
				return
			}
		}
		if strings.HasPrefix(to, pkg+"/") && pkg != "" {
			return
		}
		t.Errorf("%s imports %s: not allowed from %q", path, name, pkg)
	}
	for prefix, owner := range owners {
		if strings.HasPrefix(name, prefix) && pkg != owner {
			t.Errorf("%s imports %s: only %s may", path, name, owner)
		}
	}
	if pkg == "" && strings.Contains(name, ".") && !strings.HasPrefix(name, module) && !strings.HasPrefix(name, "github.com/paulmach/orb") {
		t.Errorf("%s imports %s: the root package takes the standard library, orb and geo only", path, name)
	}
}
