package sql

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// Failed sign-ins are counted by subject:
//
//   - "account:<id>" for attempts from addresses that have never signed in to the
//     account,
//   - "account:<id>@<address>" for those from an address that has, so that
//     strangers who guess cannot keep the owner out,
//   - "unknown:<n>" for logins that nobody has, which must be throttled like the
//     others, lest that tell them apart. People type passwords into the field of
//     the login, so n is only 16 bits of its hash, under a key: who could find two
//     that share an n would see by the second whether the first is an account,
//   - "address:<address>" for all attempts from it, with a larger allowance: a
//     whole office may come from one address.
//
// The first three are counted before the password is looked at, and taken back
// when it was right, so that a burst of parallel guesses is counted too. The
// address is counted when an attempt has failed.
const (
	freeFailures        = 5  // of one account before each next attempt has to wait
	freeAddressFailures = 30 // of one address
	longestWait         = 15 * time.Minute
	forgetFailures      = time.Hour           // after the last one
	knownAddressLife    = 90 * 24 * time.Hour // how long an address is remembered
	sweepRows           = 100                 // at most, with each failure
)

// waitAfter is how long to wait after that many failures: a second after the
// last free one, then twice as long each time.
func waitAfter(failures, free int) time.Duration {
	if failures < free {
		return 0
	}
	return min(longestWait, time.Duration(math.Exp2(float64(min(failures-free, 20))))*time.Second)
}

func subjectOfAccount(id lintu.ID, known bool, address string) string {
	if known {
		return "account:" + id.String() + "@" + address
	}
	return "account:" + id.String()
}

func subjectOfUnknown(key lintu.ID, login string) string {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte(login))
	return "unknown:" + strconv.Itoa(int(binary.BigEndian.Uint16(h.Sum(nil))))
}

func subjectOfAddress(address string) string { return "address:" + address }

// admit counts an attempt on the subject, or refuses it with CodeThrottled. A
// refused attempt is not counted, so that waiting helps. It returns the number of
// failures, should this one fail.
func (a *Accounts) admit(ctx context.Context, tenant int32, subject, address string) (failures int, err error) {
	now := a.now()
	err = a.tx(ctx, func(tx pgx.Tx) error {
		var last, addressLast time.Time
		var addressFailures int
		err := tx.QueryRow(ctx, `INSERT INTO login_failure AS f (tenant_id, subject, failures, last_at) VALUES ($1, $2, 0, $3)
			ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = f.failures RETURNING failures, last_at`,
			tenant, subject, now).Scan(&failures, &last)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `SELECT failures, last_at FROM login_failure WHERE tenant_id = $1 AND subject = $2`,
			tenant, subjectOfAddress(address)).Scan(&addressFailures, &addressLast)
		if err != nil && err != pgx.ErrNoRows {
			return err
		}
		wait := max(left(failures, freeFailures, last, now), left(addressFailures, freeAddressFailures, addressLast, now))
		if wait > 0 {
			return throttled(wait)
		}
		if now.Sub(last) >= forgetFailures {
			failures = 0
		}
		failures++
		_, err = tx.Exec(ctx, `UPDATE login_failure SET failures = $3, last_at = $4 WHERE tenant_id = $1 AND subject = $2`,
			tenant, subject, failures, now)
		return err
	})
	return failures, err
}

// left is what remains of the wait after a failure.
func left(failures, free int, last, now time.Time) time.Duration {
	return waitAfter(failures, free) - now.Sub(last)
}

func throttled(wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	e := lintu.Errorf(lintu.CodeThrottled, "登录失败次数过多，请在 %d 秒后再试。", "Too many failed sign-ins; please try again in %d seconds.", seconds)
	e.RetryAfter = time.Duration(seconds) * time.Second
	return e
}

// failAddress counts a failed attempt of an address and returns how many there
// are, and forgets old failures of anybody.
func (a *Accounts) failAddress(ctx context.Context, tx pgx.Tx, tenant int32, address string) (failures int, err error) {
	now := a.now()
	if address != "" {
		err = tx.QueryRow(ctx, `INSERT INTO login_failure AS f (tenant_id, subject, failures, last_at) VALUES ($1, $2, 1, $3)
			ON CONFLICT (tenant_id, subject) DO UPDATE SET last_at = $3,
				failures = CASE WHEN f.last_at > $4 THEN f.failures + 1 ELSE 1 END RETURNING failures`,
			tenant, subjectOfAddress(address), now, now.Add(-forgetFailures)).Scan(&failures)
		if err != nil {
			return 0, err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM login_failure WHERE tenant_id = $1 AND subject IN (
		SELECT subject FROM login_failure WHERE tenant_id = $1 AND last_at <= $2 ORDER BY last_at LIMIT $3 FOR UPDATE SKIP LOCKED)`,
		tenant, now.Add(-forgetFailures), sweepRows)
	return failures, err
}

// succeed takes back what admit counted and remembers the address.
func (a *Accounts) succeed(ctx context.Context, tx pgx.Tx, tenant int32, account lintu.ID, subject, address string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM login_failure WHERE tenant_id = $1 AND subject = $2`, tenant, subject); err != nil {
		return err
	}
	if address == "" {
		return nil
	}
	now := a.now()
	if _, err := tx.Exec(ctx, `INSERT INTO account_address (tenant_id, account_id, address, seen_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant_id, account_id, address) DO UPDATE SET seen_at = $4`, tenant, account, address, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM account_address WHERE tenant_id = $1 AND account_id = $2 AND seen_at < $3`,
		tenant, account, now.Add(-knownAddressLife))
	return err
}

// forgive forgets all failures to sign in to an account.
func forgive(ctx context.Context, tx pgx.Tx, tenant int32, account lintu.ID) error {
	subject := subjectOfAccount(account, false, "")
	_, err := tx.Exec(ctx, `DELETE FROM login_failure WHERE tenant_id = $1 AND (subject = $2 OR starts_with(subject, $2 || '@'))`,
		tenant, subject)
	return err
}
