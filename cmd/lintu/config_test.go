package main

import (
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

func TestPublicLayers(t *testing.T) {
	for _, c := range []struct {
		said []string
		want []lintu.Layer // nil: refused
	}{
		{nil, lintu.PublicByDefault()},
		{[]string{"none"}, []lintu.Layer{}},
		{[]string{"counties", " units"}, []lintu.Layer{lintu.Counties, lintu.Units}},
		{[]string{"counties", "households"}, nil},
		{[]string{"links"}, nil},
		{[]string{"towns"}, nil},
	} {
		cfg := config{Tenant: 1, UnmaskPerDay: 1, PublicLayers: c.said}
		if err := cfg.check(nil); (err == nil) != (c.want != nil) || err != nil && lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("%q: %v", c.said, err)
		}
		if c.want != nil && !slices.Equal(cfg.public(), c.want) {
			t.Errorf("%q shows %q", c.said, cfg.public())
		}
	}
	if slices.Contains(lintu.PublicByDefault(), lintu.Households) {
		t.Error("households are public by default")
	}
}

func TestTileMemory(t *testing.T) {
	for said, want := range map[string]int{
		"16MB": 16 << 20, "800MB": 800 << 20, "800 mb": 800 << 20, "4GB": 4 << 30, "1.5G": 3 << 29, "64m": 64 << 20,
		"20000KB": 20000 << 10, "20000k": 20000 << 10, "100000000": 100000000, "100000000B": 100000000, "1024GB": 1 << 40,
	} {
		cfg := config{Tenant: 1, UnmaskPerDay: 1, TileMemory: said}
		if got, err := cfg.tileBytes(); err != nil || got != want || cfg.check(nil) != nil {
			t.Errorf("%q is %d, %v; want %d", said, got, err, want)
		}
	}
	for _, said := range []string{"0", "15MB", "1025GB", "-4GB", "4TB", "GB", "MB4", "4 G B", "4,5GB", "NaN", "NaNGB", "Inf", "1e400", "many", " "} {
		cfg := config{Tenant: 1, UnmaskPerDay: 1, TileMemory: said}
		if got, err := cfg.tileBytes(); lintu.CodeOf(err) != lintu.CodeInvalid || lintu.CodeOf(cfg.check(nil)) != lintu.CodeInvalid {
			t.Errorf("%q is %d, %v", said, got, err)
		}
	}
	if got, err := (&config{}).tileBytes(); err != nil || got < tileBytesLeast {
		t.Errorf("by default it is %d, %v", got, err)
	}
}
