package sql

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// commits counts what may have changed the database, as far as this process knows:
// its own statements, before their outcome is known to who asked for them, and what
// it hears of others. While the number stays, a look at the change log would tell
// nothing new of this process.
type commits struct{ n atomic.Uint64 }

func (c *commits) more()         { c.n.Add(1) }
func (c *commits) count() uint64 { return c.n.Load() }

// TraceQueryStart implements pgx.QueryTracer.
func (c *commits) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer. A statement that failed may have been done
// all the same: its answer may be what was lost.
func (c *commits) TraceQueryEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if tag := data.CommandTag; !tag.Select() && tag.String() != "BEGIN" {
		c.more()
	}
}
