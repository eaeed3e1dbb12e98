package importer

import "testing"

func TestHoldsMobile(t *testing.T) {
	for value, want := range map[string]bool{
		"13812345678":             true,
		"张三 138-1234-5678":        true,
		"+8613812345678":          true,
		"手机13812345678.":          true,
		"1.14333529800e+02":       false, // a coordinate
		"13812345678.25":          false,
		"113812345678":            false,
		"43018100200113812345678": false, // a code
	} {
		if got := holdsMobile(value); got != want {
			t.Errorf("holdsMobile(%q) = %v", value, got)
		}
	}
}
