package main

import (
	"testing"

	"github.com/lintu-map/lintu"
)

// The replay needs data that not every machine has; that its categories can be
// saved is seen without.
func TestBostonCategories(t *testing.T) {
	cs := lintu.Categories{bostonCategory("boston-001", "Street Lights", lintu.Limit{N: 2, Unit: lintu.InWorkingDays})}
	if err := cs.Check(); err != nil {
		t.Fatal(err)
	}
	cs[0].Icon = ""
	if cs.Check() == nil {
		t.Fatal("a category without an icon is not refused")
	}
}
