package lintu_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mentionedTest = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark|Example)[A-Z]\w*`)
	declaredTest  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark|Example)[A-Z]\w*)\(`)
	mentionedFile = regexp.MustCompile("`((?:api|cmd|geo|importer|script|sql|tiles|town|web)/[\\w./-]+\\.(?:go|sql|ts|mjs|py|svelte))`")
)

// TestDocsNameTests holds that the tests and files that the documents name are there: what
// they claim is claimed with a test that can be run.
func TestDocsNameTests(t *testing.T) {
	declared := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, m := range declaredTest.FindAllSubmatch(content, -1) {
			declared[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	documents, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	mentioned := 0
	for _, name := range append(documents, "ARCHITECTURE.md", "README.md", "CONTRIBUTING.md") {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range mentionedTest.FindAllString(string(content), -1) {
			if mentioned++; !declared[test] {
				t.Errorf("%s names %s, which is nowhere", name, test)
			}
		}
		for _, m := range mentionedFile.FindAllStringSubmatch(string(content), -1) {
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s names the file %s, which is nowhere", name, m[1])
			}
		}
	}
	if len(declared) < 100 || mentioned < 100 {
		t.Errorf("%d tests are there and %d are named: has the search lost its place?", len(declared), mentioned)
	}
}
