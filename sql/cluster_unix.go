//go:build unix && !linux

package sql

import "syscall"

// dieWithParent does nothing here: the next lintu ends what a killed one left.
func dieWithParent(*syscall.SysProcAttr) {}

// processesOf knows only the postmaster, by the pid it wrote.
func processesOf(pg string) []int {
	pid := pidFile(pg)
	if pid == 0 || syscall.Kill(pid, 0) == syscall.ESRCH {
		return nil
	}
	return []int{pid}
}
