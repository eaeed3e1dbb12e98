package sql

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// verifyChunk is how many entries one worker verifies at a time. It bounds what
// is verified in vain after a fault was found.
const verifyChunk = 100_000

// verifyWorkers at most read at once, each on a connection of its own.
const verifyWorkers = 4

var verifyStep = lintu.Text{ZH: "校验审计链", EN: "verifying the chain of the audit"}

// VerifyAudit implements lintu.AuditLog. The hashes are computed here and not by
// the database, whose functions somebody may have replaced. Entries that are
// appended meanwhile are not looked at.
func (db *DB) VerifyAudit(ctx context.Context, tenant int32, progress lintu.Progress) (lintu.AuditHead, error) {
	return db.verifyAudit(ctx, tenant, verifyChunk, progress)
}

func (db *DB) verifyAudit(ctx context.Context, tenant int32, size int64, progress lintu.Progress) (lintu.AuditHead, error) {
	v := &verifier{db: db, tenant: tenant, size: size}
	if err := v.begin(ctx); err != nil {
		return lintu.AuditHead{}, toError(err)
	}
	if err := v.run(ctx, progress); err != nil {
		return lintu.AuditHead{}, toError(err)
	}
	if v.fault != nil {
		return lintu.AuditHead{}, v.fault
	}
	if v.last == 0 {
		return lintu.AuditHead{}, nil
	}
	return lintu.AuditHead{Seq: v.last, Hash: hex.EncodeToString(v.hash)}, nil
}

// verifier walks along one chain, several chunks at once. That each chunk fits
// to the stored hash before it proves the whole.
type verifier struct {
	db     *DB
	tenant int32
	size   int64  // of a chunk
	last   int64  // by audit_head
	hash   []byte // likewise

	next  atomic.Int64 // the first entry of the next chunk
	done  atomic.Int64
	mu    sync.Mutex
	at    int64 // of the fault
	fault error
	err   error
}

// begin reads the head and looks for entries that are on neither side of it, of
// one moment.
func (v *verifier) begin(ctx context.Context) error {
	var before, after *int64
	err := v.db.pool.QueryRow(ctx, `
		SELECT coalesce(h.seq, 0), coalesce(h.hash, ''),
			(SELECT min(seq) FROM audit WHERE tenant_id = $1 AND seq < 1),
			(SELECT min(seq) FROM audit WHERE tenant_id = $1 AND seq > coalesce(h.seq, 0))
		FROM (VALUES (1)) one LEFT JOIN audit_head h ON h.tenant_id = $1`, v.tenant).Scan(&v.last, &v.hash, &before, &after)
	if err != nil {
		return err
	}
	if before != nil {
		v.found(*before, errInserted(*before))
	}
	if after != nil {
		v.found(*after, errBeyondEnd(*after, v.last))
	}
	v.next.Store(1)
	return nil
}

func (v *verifier) run(ctx context.Context, progress lintu.Progress) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var tell sync.Mutex
	var workers sync.WaitGroup
	for range min(verifyWorkers, runtime.GOMAXPROCS(0), int(v.db.pool.Config().MaxConns)) {
		workers.Go(func() {
			for {
				first := v.next.Add(v.size) - v.size
				if first > v.last || v.failed(first) {
					return
				}
				if err := v.chunk(ctx, first, min(first+v.size-1, v.last)); err != nil {
					v.mu.Lock()
					if v.err == nil {
						v.err = err
					}
					v.mu.Unlock()
					cancel()
					return
				}
				if progress != nil {
					tell.Lock()
					progress(verifyStep, v.done.Load(), v.last)
					tell.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return v.err
}

// failed reports whether a fault before that entry is known.
func (v *verifier) failed(seq int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.fault != nil && v.at < seq
}

// found keeps the first fault of the chain.
func (v *verifier) found(seq int64, fault error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fault == nil || seq < v.at {
		v.at, v.fault = seq, fault
	}
}

// chunk verifies the entries first to last, and that what comes before first
// has the hash that first stands on.
func (v *verifier) chunk(ctx context.Context, first, last int64) error {
	rows, err := v.db.pool.Query(ctx, `SELECT seq, at, actor, from_addr, act, kind, id, why, detail::text, prev_hash, hash
		FROM audit WHERE tenant_id = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq, at`,
		pgx.QueryResultFormats{pgx.BinaryFormatCode}, v.tenant, first-1, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	before := make([]byte, sha256.Size)
	due, link := first-1, newLink(v.tenant)
	if first == 1 {
		due = 1
	}
	for rows.Next() {
		fields := rows.RawValues()
		seq := int64(binary.BigEndian.Uint64(fields[0]))
		n := len(fields)
		prev, hash := fields[n-2], fields[n-1]
		switch {
		case seq < due:
			v.found(seq, errInserted(seq))
			return nil
		case seq > due:
			rows.Close()
			return v.missing(ctx, due)
		case seq < first: // verified with the chunk before
		case !bytes.Equal(link.of(prev, fields[:n-2]), hash):
			v.found(seq, errChanged(seq))
			return nil
		case !bytes.Equal(prev, before) && seq > 1:
			v.found(seq-1, errReplaced(seq-1))
			return nil
		case !bytes.Equal(prev, before):
			v.found(seq, errChanged(seq))
			return nil
		default:
			v.done.Add(1)
		}
		before = append(before[:0], hash...)
		due++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if due <= last {
		return v.missing(ctx, due)
	}
	if last == v.last && !bytes.Equal(before, v.hash) {
		v.found(last, errReplaced(last))
	}
	return nil
}

// missing finds how far the entries from due on are missing, whatever the chunk.
func (v *verifier) missing(ctx context.Context, due int64) error {
	var next *int64
	err := v.db.pool.QueryRow(ctx, `SELECT min(seq) FROM audit WHERE tenant_id = $1 AND seq BETWEEN $2 AND $3`,
		v.tenant, due, v.last).Scan(&next)
	switch {
	case err != nil:
		return err
	case next == nil:
		v.found(due, errCutOff(due, v.last))
	default:
		v.found(due, errMissing(due, *next-1))
	}
	return nil
}

// link computes the hashes of a tenant's entries: what audit_hash of the
// migrations does.
type link struct {
	tenant [4]byte
	buffer []byte
}

func newLink(tenant int32) *link {
	l := &link{}
	binary.BigEndian.PutUint32(l.tenant[:], uint32(tenant))
	return l
}

// of hashes an entry's fields in PostgreSQL's binary form, on top of the hash
// before it.
func (l *link) of(before []byte, fields [][]byte) []byte {
	l.buffer = append(l.buffer[:0], before...)
	l.add(l.tenant[:])
	for _, f := range fields {
		l.add(f)
	}
	sum := sha256.Sum256(l.buffer)
	return sum[:]
}

func (l *link) add(value []byte) {
	if value == nil {
		l.buffer = append(l.buffer, 0xff, 0xff, 0xff, 0xff)
		return
	}
	l.buffer = binary.BigEndian.AppendUint32(l.buffer, uint32(len(value)))
	l.buffer = append(l.buffer, value...)
}

func errChanged(seq int64) error {
	return lintu.Errorf(lintu.CodeConflict,
		"审计记录第 %d 条被改动或移动过；请与备份比对。",
		"Entry %d of the audit was changed or moved; please compare with a backup.", seq)
}

func errReplaced(seq int64) error {
	return lintu.Errorf(lintu.CodeConflict,
		"审计记录第 %d 条被替换：其后的记录不是接着它写的；请与备份比对。",
		"Entry %d of the audit was replaced: what comes after was not written on top of it; please compare with a backup.", seq)
}

func errInserted(seq int64) error {
	return lintu.Errorf(lintu.CodeConflict,
		"审计记录中被插入了第 %d 条；请与备份比对。",
		"Entry %d was inserted into the audit; please compare with a backup.", seq)
}

func errMissing(first, last int64) error {
	if first == last {
		return lintu.Errorf(lintu.CodeConflict,
			"审计记录第 %d 条被删除；请与备份比对。",
			"Entry %d of the audit was removed; please compare with a backup.", first)
	}
	return lintu.Errorf(lintu.CodeConflict,
		"审计记录第 %d 至 %d 条被删除；请与备份比对。",
		"Entries %d to %d of the audit were removed; please compare with a backup.", first, last)
}

func errCutOff(first, last int64) error {
	return lintu.Errorf(lintu.CodeConflict,
		"审计记录的末尾被截去：缺第 %d 至 %d 条；请与备份比对。",
		"The end of the audit was cut off: entries %d to %d are missing; please compare with a backup.", first, last)
}

func errBeyondEnd(seq, last int64) error {
	return lintu.Errorf(lintu.CodeConflict,
		"审计链到第 %[2]d 条为止，却有第 %[1]d 条：它被插入，或链尾的登记被改动；请与备份比对。",
		"The chain of the audit ends with entry %[2]d, yet there is an entry %[1]d: it was inserted, or the note of the end was changed; please compare with a backup.", seq, last)
}
