package sql_test

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func TestThrottleGrows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	for i := range 5 {
		if e := d.fail("wang", "wrong", street); e.Code != lintu.CodeUnauthenticated {
			t.Fatalf("attempt %d: %v", i+1, e)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		want *= time.Second
		e := d.fail("wang", "wrong", street)
		if e.Code != lintu.CodeThrottled || e.RetryAfter != want {
			t.Fatalf("%v (%s), retry after %v, want %v", e, e.Code, e.RetryAfter, want)
		}
		if text := fmt.Sprint(want.Seconds()); !contains(e.Text.EN, text) || !contains(e.Text.ZH, text) {
			t.Errorf("%q does not say %s seconds", e.Text, text)
		}
		d.clock.pass(want - time.Millisecond)
		if e := d.fail("wang", good, street); e.Code != lintu.CodeThrottled || e.RetryAfter != time.Second {
			t.Fatalf("just before: %v, %v", e, e.RetryAfter)
		}
		d.clock.pass(time.Millisecond)
		if e := d.fail("wang", "wrong", street); e.Code != lintu.CodeUnauthenticated {
			t.Fatalf("after the wait: %v", e)
		}
	}
	d.clock.pass(15 * time.Minute)
	d.enter("wang", good, street)
	for range 5 { // the count began anew
		if e := d.fail("wang", "wrong", "203.0.113.9"); e.Code != lintu.CodeUnauthenticated {
			t.Fatal(e)
		}
	}
}

// Whoever guesses at an account from elsewhere cannot keep its owner out.
func TestNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	d.enter("wang", good, office)
	for i := range 40 {
		d.fail("wang", "wrong", fmt.Sprintf("203.0.113.%d", i))
		d.clock.pass(time.Second)
	}
	if e := d.fail("wang", good, street); e.Code != lintu.CodeThrottled {
		t.Errorf("from a new address: %v", e)
	}
	d.enter("wang", good, office)
	if e := d.fail("wang", good, street); e.Code != lintu.CodeThrottled {
		t.Errorf("the owner's success made room for guessing: %v", e)
	}
	// The known address is no place to guess from either.
	for range 5 {
		d.fail("wang", "wrong", office)
	}
	if e := d.fail("wang", good, office); e.Code != lintu.CodeThrottled {
		t.Errorf("the sixth guess from the known address: %v", e)
	}
	// An administrator's reset lets the owner in at once, from anywhere.
	password, err := d.ResetPassword(t.Context(), d.tenant, "wang", everywhere)
	must(t, err)
	d.enter("wang", password, street)
}

func TestAddressIsForgotten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	d.enter("wang", good, office)
	d.clock.pass(91 * 24 * time.Hour)
	for range 6 {
		d.fail("wang", "wrong", street)
	}
	if e := d.fail("wang", good, office); e.Code != lintu.CodeThrottled {
		t.Errorf("from an address of long ago: %v", e)
	}
}

// One address that tries many accounts is throttled, an office is not.
func TestThrottleOfAnAddress(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	for i := range 29 {
		d.fail(fmt.Sprintf("nobody%d", i), "wrong", "2001:db8:1:2::"+fmt.Sprint(i+1))
	}
	d.enter("wang", good, "2001:db8:1:2::ffff")
	d.fail("nobody-else", "wrong", "2001:db8:1:2::7")
	e := d.fail("wang", good, "2001:db8:1:2::ffff")
	if e.Code != lintu.CodeThrottled || e.RetryAfter != time.Second {
		t.Errorf("after 30 failures of one network: %v", e)
	}
	d.enter("wang", good, "2001:db8:1:3::1")
	d.enter("wang", good, "::ffff:192.0.2.1")
	equal(t, "alerts", d.strings(`SELECT concat_ws(' ', kind, detail->>'failures') FROM audit WHERE act = 'alert'`), []string{"address 30"})
}

// A burst of guesses at once is counted like guesses one after the other.
func TestThrottleCountsABurst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	var refused, throttled atomic.Int32
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			_, _, err := d.SignIn(t.Context(), d.tenant, lintu.SignIn{Login: "wang", Password: "wrong", From: fmt.Sprintf("203.0.113.%d", i)})
			switch lintu.CodeOf(err) {
			case lintu.CodeUnauthenticated:
				refused.Add(1)
			case lintu.CodeThrottled:
				throttled.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if refused.Load() != 5 || throttled.Load() != 15 {
		t.Errorf("%d passwords were looked at, %d attempts throttled; want 5 and 15", refused.Load(), throttled.Load())
	}
	equal(t, "alerts", d.strings(`SELECT concat_ws(' ', kind, detail->>'failures') FROM audit WHERE act = 'alert'`), []string{"account 5"})
}

// Counts are in the database: a second server goes on where the first is.
func TestThrottleOverServers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	second := deskOf(d.place)
	for range 3 {
		d.fail("wang", "wrong", street)
	}
	for range 2 {
		second.fail("wang", "wrong", street)
	}
	if e := d.fail("wang", good, street); e.Code != lintu.CodeThrottled {
		t.Errorf("the sixth attempt over two servers: %v", e)
	}
}

// Two logins that share a count by a hash that everybody can compute tell, by the
// second of them, whether the first is an account.
func TestNobodyFindsSharedCounts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	bits := func(login string) string { sum := sha256.Sum256([]byte(login)); return string(sum[:2]) }
	twin := 0
	for bits(fmt.Sprintf("nobody%d", twin)) != bits("wang") {
		twin++
	}
	for range 6 {
		d.fail("wang", "wrong", street)
	}
	if e := d.fail(fmt.Sprintf("nobody%d", twin), "wrong", street); e.Code != lintu.CodeUnauthenticated {
		t.Errorf("wang is no account: nobody%d is answered %v", twin, e)
	}
	other := newDesk(t)
	keys := append(d.strings(`SELECT login_key::text FROM tenant`), other.strings(`SELECT login_key::text FROM tenant`)...)
	if len(keys) != 2 || keys[0] == keys[1] {
		t.Errorf("keys %v", keys)
	}
}

func TestFailuresAreForgotten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	for i := range 8 {
		d.fail(fmt.Sprintf("nobody%d", i), "wrong", street)
		d.fail("wang", "wrong", street)
	}
	d.clock.pass(time.Hour)
	for range 5 {
		if e := d.fail("wang", "wrong", office); e.Code != lintu.CodeUnauthenticated {
			t.Fatalf("an hour later: %v", e)
		}
	}
	equal(t, "left", d.strings(`SELECT count(*)::text FROM login_failure`), []string{"2"})
}
