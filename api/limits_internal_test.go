package api

import (
	"fmt"
	"testing"
	"time"
)

func TestLimitsAreBounded(t *testing.T) {
	t.Parallel()
	l, now := newLimits(), time.Unix(1000, 0)
	p := pace{time.Minute, 2}
	victim := limitKey{kindLogin, "victim"}
	for i, want := range []time.Duration{0, 0, time.Minute, time.Minute} {
		if got := l.wait(victim, p, now); got != want {
			t.Errorf("request %d waits %v, want %v", i, got, want)
		}
	}
	if got := l.wait(victim, p, now.Add(time.Minute)); got != 0 {
		t.Errorf("after the wait it waits %v", got)
	}
	for i := range 2 * maxKeys {
		l.wait(limitKey{kindLogin, fmt.Sprint(i)}, p, now)
	}
	if len(l.byKey) != maxKeys || l.recent.Len() != maxKeys {
		t.Errorf("%d keys, %d in the list", len(l.byKey), l.recent.Len())
	}
	if l.byKey[limitKey{kindLogin, fmt.Sprint(2*maxKeys - 1)}] == nil || l.byKey[victim] != nil {
		t.Error("not the ones used least lately are gone")
	}
}

func TestUploadsAreCounted(t *testing.T) {
	t.Parallel()
	var u uploading
	var ends []func()
	for i := range maxUploads {
		end, err := u.begin(fmt.Sprint(i / maxUploadsOfOne))
		if err != nil {
			t.Fatal(i, err)
		}
		ends = append(ends, end)
	}
	if _, err := u.begin("0"); err == nil {
		t.Error("one has more than its share")
	}
	if _, err := u.begin("other"); err == nil {
		t.Error("more than all")
	}
	for _, end := range ends {
		end()
	}
	if u.all != 0 || len(u.of) != 0 {
		t.Errorf("%d left, of %v", u.all, u.of)
	}
}
