package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// databaseURL is where the private database of a data directory is, started
// unless it runs already, until the test ends.
func databaseURL(t *testing.T, data string) string {
	t.Helper()
	cluster, err := sql.Attach(context.Background(), sql.ClusterConfig{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop(context.Background()) })
	return cluster.URL()
}

// importFile runs lintu import and returns its batch, its messages and its exit code.
func importFile(t *testing.T, env []string, args ...string) (lintu.Batch, string, int) {
	t.Helper()
	out, errs, code := lintuRun(t, env, append([]string{"import", "--json"}, args...)...)
	var b lintu.Batch
	if out != "" {
		if err := json.Unmarshal([]byte(out), &b); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return b, errs, code
}

func TestImportAsksForTheCRS(t *testing.T) {
	shared := sharedData(t)
	env := []string{"LINTU_DATA=" + dataDir(t), "LINTU_DATABASE_URL=" + sqltest.URL(t)}
	changsha := filepath.Join(shared, "china", "cities", "长沙市.zip")

	b, _, code := importFile(t, env, changsha, "--layer", "counties")
	if code != exitQuestions || len(questions(&b)) != 1 || b.State != lintu.BatchDraft {
		t.Fatalf("exit code %d, questions %v, state %s; want it to stop and ask", code, questions(&b), b.State)
	}
	q := questions(&b)[0]
	if q.Key != "crs" || len(q.Candidates) == 0 || q.Candidates[0].Set["from"] != "gcj02" {
		t.Errorf("question %q with candidates %v; want the CRS, GCJ-02 first", q.Key, q.Candidates)
	}

	b, messages, code := importFile(t, env, changsha, "--layer", "counties", "--from", "gcj02")
	if code != 0 || b.State != lintu.BatchApplied || b.Parts[0].Report.Accepted != 9 {
		t.Fatalf("exit code %d, state %s, %s", code, b.State, messages)
	}

	variants := filepath.Join(shared, "china", "changsha_variants")
	b, messages, code = importFile(t, env, filepath.Join(variants, "changsha_gbk_cpg_epsg4547.zip"), "--layer", "counties")
	if code != 0 || b.State != lintu.BatchApplied {
		t.Errorf("with .prj and .cpg: exit code %d, state %s, %s", code, b.State, messages)
	}
	b, _, code = importFile(t, env, filepath.Join(variants, "changsha_gbk_nohint_noprj.zip"), "--layer", "counties")
	if code != exitQuestions || len(questions(&b)) != 1 || questions(&b)[0].Key != "crs" {
		t.Errorf("without hints: exit code %d, questions %v; want the CRS asked and nothing else", code, questions(&b))
	}
	if v := strings.ToLower(b.Parts[0].Report.Encoding.Value); v != "gbk" && v != "gb18030" {
		t.Errorf("encoding %q; want GBK found", v)
	}
}

// TestKillDuringImport kills lintu with SIGKILL at ten moments of an import; the
// batch must be there whole or not at all.
func TestKillDuringImport(t *testing.T) {
	parcels := filepath.Join(sharedData(t), "cambridge", "cambridge_polys_96849.zip")
	data := dataDir(t)
	env := []string{"LINTU_DATA=" + data}
	args := []string{"import", parcels, "--layer", "buildings", "--skip-refused", "--json"}

	// A dry run, which writes nothing, tells about how long an import takes here.
	// That places the kills: the last ones come about when the batch commits.
	dry := process(t, env, append(args, "--dry-run")...)
	began := time.Now()
	if err := dry.Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(began)
	for i := range 10 {
		cmd := process(t, env, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(whole*time.Duration(i+1)/7, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
		_ = cmd.Wait() // killed, or done before
		kill.Stop()
		checkWholeOrNothing(t, data, i+1)
	}
}

func checkWholeOrNothing(t *testing.T, data string, round int) {
	t.Helper()
	ctx := context.Background()
	cluster, err := sql.StartCluster(ctx, sql.ClusterConfig{Dir: data})
	if err != nil {
		t.Fatalf("round %d: the database does not start again: %v", round, err)
	}
	defer cluster.Stop(ctx)
	db, err := sql.Open(ctx, cluster.URL(), sql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	layer, _ := lintu.LayerByName(lintu.Buildings)
	rows, err := sql.NewReader(db).CountFeatures(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: 1, Layer: layer})
	if err != nil {
		t.Fatal(err)
	}
	batches, err := db.Batches(ctx, 1, nil, 100)
	if err != nil {
		t.Fatal(err)
	}
	var want int64
	for _, b := range batches {
		if b.State == lintu.BatchApplied && len(b.Parts) > 0 && b.Parts[0].Report != nil {
			want = b.Parts[0].Report.Accepted
		}
	}
	if rows != want {
		t.Errorf("round %d: %d rows stored, but the applied batches account for %d", round, rows, want)
	}
	if found, err := db.Check(ctx, 1); err != nil || len(found) > 0 {
		t.Errorf("round %d: %v %v", round, err, found)
	}
	t.Logf("round %d: %d rows, %d batches", round, rows, len(batches))
}

func TestSecondOwnerIsToldWho(t *testing.T) {
	data := dataDir(t)
	first := start(t, []string{"LINTU_DATA=" + data}, "serve")
	second := process(t, []string{"LINTU_DATA=" + data}, "serve")
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Another lintu") {
		t.Errorf("second lintu on the same directory: %v\n%s", err, out)
	}
	if _, err := os.FindProcess(first.cmd.Process.Pid); err != nil {
		t.Error(err)
	}
	if res, _ := first.get(t, "/readyz"); res.StatusCode != 200 {
		t.Errorf("the first lintu answers %s", res.Status)
	}
}
