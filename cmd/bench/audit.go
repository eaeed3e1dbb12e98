package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// auditTenant is whose audit is filled.
const auditTenant = 1

// audit fills an audit with n entries of a year and measures how long verifying
// them takes.
func (b *bench) audit(ctx context.Context, n, runs int) error {
	db, err := sql.Open(ctx, b.cluster.URL(), sql.Options{AppName: "lintu bench", LoginAsApp: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	if err := db.EnsureTenant(ctx, auditTenant, "浏阳市"); err != nil {
		return err
	}
	start := time.Now()
	if err := fillAudit(ctx, db, n); err != nil {
		return err
	}
	var mb int
	err = db.Owner().QueryRow(ctx, `SELECT (sum(pg_total_relation_size(inhrelid)) / 1048576)::int FROM pg_inherits
		WHERE inhparent = 'audit'::regclass`).Scan(&mb)
	if err != nil {
		return err
	}
	fmt.Printf("audit of %d entries, %d MB, filled in %.0f s\n", n, mb, time.Since(start).Seconds())
	for range runs {
		start := time.Now()
		head, err := db.VerifyAudit(ctx, auditTenant, nil)
		if err != nil {
			return err
		}
		took := time.Since(start).Seconds()
		fmt.Printf("verified to entry %d in %.1f s, %.0f entries/s\n", head.Seq, took, float64(head.Seq)/took)
	}
	return nil
}

// fillLot is how many entries one statement writes, on one of fillWriters
// connections.
const (
	fillLot     = 20_000
	fillWriters = 4
)

// fillAudit writes what audit_append would have written, many entries at once.
// The indexes for searching, which verifying does not use, are left out.
func fillAudit(ctx context.Context, db *sql.DB, n int) error {
	_, err := db.Owner().Exec(ctx, `DROP INDEX audit_actor_idx, audit_act_idx, audit_id_idx;
		SELECT audit_month('2025-01-01T00:00:00Z'::timestamptz + m * interval '1 month') FROM generate_series(0, 11) m`)
	if err != nil {
		return err
	}
	lots := make(chan *entries)
	failed := make(chan error, fillWriters)
	for range fillWriters {
		go func() {
			var err error
			for lot := range lots {
				if err == nil {
					err = lot.write(ctx, db)
				}
			}
			failed <- err
		}()
	}
	var last [sha256.Size]byte
	var at time.Time
	for first := 1; first <= n; first += fillLot {
		lot := &entries{}
		for i := first; i < first+fillLot && i <= n; i++ {
			at = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(float64(i) / float64(n) * 364 * 24 * float64(time.Hour))).Truncate(time.Microsecond)
			last = lot.add(i, at, last)
		}
		lots <- lot
	}
	close(lots)
	for range fillWriters {
		err = errors.Join(err, <-failed)
	}
	if err != nil {
		return err
	}
	if _, err := db.Owner().Exec(ctx, `INSERT INTO audit_head VALUES ($1, $2, $3, $4)`, auditTenant, n, at, last[:]); err != nil {
		return err
	}
	_, err = db.Owner().Exec(ctx, `VACUUM ANALYZE audit`)
	return err
}

// entries are columns of the audit.
type entries struct {
	seq               []int64
	at                []time.Time
	actor, from, acts []string
	id                []lintu.ID
	why               []string
	before, hash      [][]byte
}

const (
	fillKind   = "household"
	fillDetail = `{"purpose": "visit"}`
)

// add makes the i-th entry on top of a hash and returns its own.
func (l *entries) add(i int, at time.Time, before [sha256.Size]byte) [sha256.Size]byte {
	actor := fmt.Sprintf("user:019a0000-0000-7000-8000-%012d", i%500)
	from := fmt.Sprintf("10.0.%d.%d", i%4, i%250)
	act, why := []string{lintu.ActSignIn, lintu.ActUnmask, lintu.ActFindPerson, lintu.ActRefuse}[i%4], ""
	if act == lintu.ActUnmask {
		why = "走访独居老人"
	}
	var id lintu.ID
	binary.BigEndian.PutUint64(id[8:], uint64(i%47_000))
	hash := hashOf(before, int64(i), at, actor, from, act, id, why)
	l.seq, l.at, l.actor, l.from, l.acts = append(l.seq, int64(i)), append(l.at, at), append(l.actor, actor), append(l.from, from), append(l.acts, act)
	l.id, l.why, l.before, l.hash = append(l.id, id), append(l.why, why), append(l.before, before[:]), append(l.hash, hash[:])
	return hash
}

// hashOf is audit_hash of the migrations.
func hashOf(before [sha256.Size]byte, seq int64, at time.Time, actor, from, act string, id lintu.ID, why string) [sha256.Size]byte {
	since := at.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).Microseconds()
	b := before[:]
	for _, field := range [][]byte{
		binary.BigEndian.AppendUint32(nil, auditTenant), binary.BigEndian.AppendUint64(nil, uint64(seq)),
		binary.BigEndian.AppendUint64(nil, uint64(since)), []byte(actor), []byte(from), []byte(act), []byte(fillKind),
		id[:], []byte(why), []byte(fillDetail)} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(field))), field...)
	}
	return sha256.Sum256(b)
}

func (l *entries) write(ctx context.Context, db *sql.DB) error {
	_, err := db.Owner().Exec(ctx, `INSERT INTO audit
		SELECT $1, seq, at, actor, client, act, $2, id, why, $3::text::jsonb, before, hash
		FROM unnest($4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::bytea[], $12::bytea[])
			AS lot (seq, at, actor, client, act, id, why, before, hash)`,
		auditTenant, fillKind, fillDetail, l.seq, l.at, l.actor, l.from, l.acts, l.id, l.why, l.before, l.hash)
	return err
}
