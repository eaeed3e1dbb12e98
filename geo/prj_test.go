package geo

import (
	"archive/zip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readPRJs returns the text of every .prj below a folder, also inside zips, by
// its file name.
func readPRJs(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".prj":
			b, err := os.ReadFile(path)
			all[d.Name()] = string(b)
			return err
		case ".zip":
			z, err := zip.OpenReader(path)
			if err != nil {
				return nil // some are broken on purpose
			}
			defer z.Close()
			for _, f := range z.File {
				if strings.EqualFold(filepath.Ext(f.Name), ".prj") {
					r, err := f.Open()
					if err != nil {
						return err
					}
					b, err := io.ReadAll(io.LimitReader(r, wktMaxBytes))
					if err != nil {
						return err
					}
					all[filepath.Base(f.Name)] = string(b)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every .prj of the real files is read, and those we know mean what they say.
func TestRealPRJs(t *testing.T) {
	all := readPRJs(t, sharedData(t, "."))
	if len(all) < 10 {
		t.Fatalf("only %d .prj files", len(all))
	}
	for name, text := range all {
		c, err := ParseWKT(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Datum == OtherDatum || c.Native() == (c.Datum == OldDatum) {
			t.Errorf("%s: %s native %v datum %s", name, c.Name, c.Native(), c.Datum)
		}
	}
	for name, code := range map[string]string{
		"changsha_gbk_cpg_epsg4547.prj": "EPSG:4547", "SZ_districts.prj": "EPSG:3857", "区县界_area.prj": "EPSG:4326",
		"10_tn-village.prj": "", "boston-massachusetts-police-districts.prj": "", "poly.PRJ": "EPSG:27700", "prjwithutf8bom.prj": "EPSG:4269",
	} {
		text, found := all[name]
		if !found {
			t.Errorf("%s is missing", name)
			continue
		}
		if c, err := ParseWKT(text); err != nil || c.Code != code {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}
