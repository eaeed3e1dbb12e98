package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpu is the time of processors that the two sides of a tile have used, as the
// operating system accounts for it.
type cpu struct{ database, server time.Duration }

func (c cpu) total() time.Duration { return c.database + c.server }

func (c cpu) sub(d cpu) cpu { return cpu{c.database - d.database, c.server - d.server} }

// without takes away what is used anyway.
func (c cpu) without(idle cpu) cpu {
	return cpu{max(0, c.database-idle.database), max(0, c.server-idle.server)}
}

func (c cpu) scaled(by float64) cpu {
	return cpu{time.Duration(by * float64(c.database)), time.Duration(by * float64(c.server))}
}

// accounts are the processes of a measurement.
type accounts struct {
	postmaster int
	server     int  // 0 where there is none
	children   bool // the server's children work too
}

// used is what the processes have used so far: the database's first one with all that
// it has started, those that have ended included, and the server.
func (a accounts) used() (c cpu, err error) {
	if c.database, err = usedByFamily(a.postmaster); err != nil || a.server == 0 {
		return c, err
	}
	if a.children {
		c.server, err = usedByFamily(a.server)
		return c, err
	}
	s, err := statOf(a.server)
	c.server = s.own
	return c, err
}

// usedByFamily adds up a process, its children that run, and those that have ended.
func usedByFamily(parent int) (time.Duration, error) {
	for {
		before, err := statOf(parent)
		if err != nil {
			return 0, err
		}
		running, err := usedByChildren(parent)
		if err != nil {
			return 0, err
		}
		after, err := statOf(parent)
		if err != nil || after.ended == before.ended { // else one ended meanwhile
			return after.own + after.ended + running, err
		}
	}
}

func usedByChildren(parent int) (sum time.Duration, err error) {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return 0, err
		}
		if s, err := statOf(pid); err == nil && s.parent == parent { // others end meanwhile
			sum += s.own
		}
	}
	return sum, err
}

// processStat is what /proc tells of a process: user and system time of all its
// threads, and of its children that have ended.
type processStat struct {
	parent     int
	own, ended time.Duration
}

func statOf(pid int) (processStat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return processStat{}, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may have spaces
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return processStat{}, fmt.Errorf("/proc/%d/stat: %q", pid, text)
	}
	number := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i], 10, 64)
		return time.Duration(n)
	}
	return processStat{int(number(1)), (number(11) + number(12)) * tick, (number(13) + number(14)) * tick}, nil
}
