package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"time"

	"github.com/lintu-map/lintu/sql"
)

//go:embed audit.sql
var fillAudit string

// auditTenant is whose audit is filled.
const auditTenant = 1

// audit fills an audit with n entries, of a year and chained like real ones, and
// measures how long verifying them takes.
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
	for _, s := range []string{fillAudit, fmt.Sprintf("CALL audit_fill(%d, %d)", auditTenant, n), "VACUUM ANALYZE audit"} {
		if _, err := db.Owner().Exec(ctx, s); err != nil {
			return err
		}
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
		fmt.Fprintf(os.Stdout, "verified to entry %d in %.1f s, %.0f entries/s\n", head.Seq, took, float64(head.Seq)/took)
	}
	return nil
}
