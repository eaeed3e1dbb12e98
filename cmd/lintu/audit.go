package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// auditCmd verifies and exports the audit.
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute the chain of the audit; exit code 1 if an entry was changed, removed, moved or inserted."`
	Export auditExportCmd `cmd:"" help:"Write the audit to standard output, the oldest entry first."`
}

// auditVerifyCmd verifies the chain.
type auditVerifyCmd struct {
	Expect []string `help:"An end of the chain that was noted earlier; it must still be in the chain. Can be repeated." placeholder:"SEQ:HASH"`
	JSON   bool     `name:"json" help:"Print the end of the chain as JSON; progress as JSON lines on standard error."`
}

// Run verifies. An end noted earlier is sought after the chain is known to be
// whole: only then a stored hash proves all before it.
func (c *auditVerifyCmd) Run(ctx context.Context, a *app) error {
	expected, err := parseHeads(c.Expect)
	if err != nil {
		return err
	}
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	progress := newMeter(a.stderr, a.cfg.Lang, c.JSON)
	head, err := p.db.VerifyAudit(ctx, a.cfg.Tenant, progress.show)
	progress.end()
	if err != nil {
		return err
	}
	for _, e := range expected {
		if err := expectEntry(ctx, p.db, a.cfg.Tenant, e); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(a.stdout).Encode(head)
	}
	a.say("审计链完整，共 %[1]d 条。请把链尾记在别处，以后用 --expect 核对：",
		"The chain of the audit is whole: %[1]d entries. Keep its end elsewhere, and check it later with --expect:", head.Seq)
	fmt.Fprintf(a.stdout, "%d:%s\n", head.Seq, head.Hash)
	return nil
}

// parseHeads reads ends of the chain as verify prints them.
func parseHeads(texts []string) ([]lintu.AuditHead, error) {
	var heads []lintu.AuditHead
	for _, text := range texts {
		number, hash, _ := strings.Cut(text, ":")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 0 || len(hash) != 64 && seq > 0 {
			return nil, lintu.Errorf(lintu.CodeInvalid, "--expect %[1]q 应为 audit verify 打印的 序号:哈希。",
				"--expect %[1]q must be SEQ:HASH as audit verify prints it.", text)
		}
		heads = append(heads, lintu.AuditHead{Seq: seq, Hash: strings.ToLower(hash)})
	}
	return heads, nil
}

// expectEntry is CodeConflict if the audit has no entry of that number and hash.
// The end of an empty audit is in every chain.
func expectEntry(ctx context.Context, log lintu.AuditLog, tenant int32, want lintu.AuditHead) error {
	if want.Seq == 0 {
		return nil
	}
	found := false
	err := log.EachEntry(ctx, tenant, lintu.AuditQuery{After: want.Seq + 1, Limit: 1}, func(e lintu.AuditEntry) error {
		found = e.Seq == want.Seq && e.Hash == want.Hash
		return nil
	})
	if err == nil && !found {
		err = lintu.Errorf(lintu.CodeConflict,
			"审计链中没有当时记下的第 %d 条：该条或其之前的记录被重写，或其后被截去；请与备份比对。",
			"Entry %d as it was noted is not in the chain of the audit: it or what came before was written anew, or the end was cut off. Please compare with a backup.", want.Seq)
	}
	return err
}

// auditExportCmd writes entries out. That is an entry itself.
type auditExportCmd struct {
	From   string `help:"Only entries since then: a date or RFC 3339." placeholder:"TIME"`
	To     string `help:"Only entries before that: a date or RFC 3339." placeholder:"TIME"`
	Format string `enum:"csv,jsonl" default:"csv" help:"csv, or jsonl: one JSON object per line."`
}

// Run exports.
func (c *auditExportCmd) Run(ctx context.Context, a *app) error {
	q := lintu.AuditQuery{OldestFirst: true}
	var err error
	if q.From, err = limitAt(c.From); err != nil {
		return err
	}
	if q.To, err = limitAt(c.To); err != nil {
		return err
	}
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	detail, err := json.Marshal(map[string]any{"from": q.From, "to": q.To})
	if err != nil {
		return err
	}
	by := operator()
	err = p.db.Append(ctx, a.cfg.Tenant, lintu.AuditEntry{Actor: by.Name, Act: lintu.ActExport, Kind: "audit", Detail: detail})
	if err != nil {
		return err
	}
	write, end := entryWriter(a.stdout, c.Format)
	if err := p.db.EachEntry(ctx, a.cfg.Tenant, q, write); err != nil {
		return err
	}
	return end()
}

// limitAt reads a time; "" is no limit.
func limitAt(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := parseTime(text)
	return &at, err
}

// entryWriter returns what writes one entry, and what is to be called at the end.
func entryWriter(w io.Writer, format string) (write func(lintu.AuditEntry) error, end func() error) {
	if format == "jsonl" {
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		return func(e lintu.AuditEntry) error { return lines.Encode(e) }, func() error { return nil }
	}
	table := csv.NewWriter(w)
	_ = table.Write(lintu.AuditColumns) // the writer keeps its first error
	return func(e lintu.AuditEntry) error { return table.Write(e.Record()) },
		func() error { table.Flush(); return table.Error() }
}
