package sql_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/lintu-map/lintu/sql"
)

// envOwner makes this test binary the owner of the cluster in the directory it
// names, in place of running tests: a lintu that can be killed.
const envOwner = "LINTU_TEST_OWNER"

// own does what `lintu serve` does with its cluster: start, say so, stop on SIGTERM.
func own(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Println("starting")
	c, err := sql.StartCluster(ctx, sql.ClusterConfig{Dir: dir, Throwaway: true})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(c.URL())
	<-ctx.Done()
	if err := c.Stop(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// owner is such a process.
type owner struct {
	cmd *exec.Cmd
	out *bufio.Scanner
}

// startOwner starts one as another user, or as ourselves.
func startOwner(t *testing.T, dir, binary string, as *syscall.Credential) *owner {
	t.Helper()
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), envOwner+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	o := &owner{cmd: cmd, out: bufio.NewScanner(pipe)}
	if got := o.line(t); got != "starting" {
		t.Fatalf("the owner says %q", got)
	}
	return o
}

// line waits for the next line that the owner prints.
func (o *owner) line(t *testing.T) string {
	t.Helper()
	if !o.out.Scan() {
		t.Fatal("the owner ended")
	}
	return o.out.Text()
}

func (o *owner) end(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := o.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	_ = o.cmd.Wait() // the status of a killed process
}
