package sql

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// dieWithParent makes the kernel send the child a fast shutdown when lintu ends
// in whatever way.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

// processesOf lists the processes that work in a data directory: a postmaster
// and its children have it as their working directory. Unlike the pid in
// postmaster.pid this cannot name a stranger who got the number later, and
// unlike the directory's path it cannot mean another container's.
func processesOf(pg string) []int {
	own, err := os.Stat(pg)
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if cwd, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil && os.SameFile(cwd, own) && isPostgres(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// isPostgres tells the server from somebody's shell that stands in its directory.
func isPostgres(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err == nil && (string(b) == "postgres\n" || string(b) == "postmaster\n")
}
