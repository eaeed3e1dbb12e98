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
