package sql

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// machine is what the settings are sized from.
type machine struct {
	memory int64 // bytes that this process group may use
	disk   int64 // bytes of the data directory's file system
	cpus   int
}

const (
	mib = int64(1) << 20
	gib = int64(1) << 30
)

// sizeOf measures the machine, or the container that limits it.
func sizeOf(dir string) machine {
	m := machine{memory: MachineMemory(), cpus: runtime.GOMAXPROCS(0)}
	var st syscall.Statfs_t
	for d := dir; ; d = filepath.Dir(d) {
		if syscall.Statfs(d, &st) == nil {
			m.disk = int64(st.Blocks) * int64(st.Bsize)
			return m
		}
		if d == filepath.Dir(d) {
			return m
		}
	}
}

// MachineMemory is how many bytes of memory this process and those beside it have.
func MachineMemory() int64 { return memoryLimit("/proc/meminfo", "/sys/fs/cgroup") }

// memoryLimit is the smaller of the machine's memory and the control group's
// limit; 1 GiB where neither can be read.
func memoryLimit(meminfo, cgroup string) int64 {
	limit := int64(0)
	if b, err := os.ReadFile(meminfo); err == nil {
		for _, line := range strings.Split(string(b), "\n") {
			f := strings.Fields(line)
			if len(f) >= 2 && f[0] == "MemTotal:" {
				kb, err := strconv.ParseInt(f[1], 10, 64)
				if err == nil {
					limit = kb * 1024
				}
			}
		}
	}
	// Version 2, then version 1, as a container sees its own group.
	for _, name := range []string{"memory.max", "memory/memory.limit_in_bytes"} {
		b, err := os.ReadFile(filepath.Join(cgroup, name))
		if err != nil {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		if err == nil && n > 0 && (limit == 0 || n < limit) {
			limit = n
		}
	}
	if limit == 0 {
		return gib
	}
	return limit
}

// setting is one line of postgresql.conf.
type setting struct{ name, value string }

// settingsFor sizes the server. It shares the machine with lintu itself, so it
// takes a quarter of the memory for its buffers, not more, and counts on the
// kernel's cache for the rest. Sources: PostgreSQL 15 documentation chapter 20
// and the PostGIS manual's advice on spatial workloads.
func settingsFor(m machine, inst installation, home layout, throwaway bool) []setting {
	size := func(bytes, least, most int64) string {
		return strconv.FormatInt(min(max(bytes, least), most)/mib, 10) + "MB"
	}
	compression := "on" // PGLZ
	if inst.lz4 {
		compression = "lz4"
	}
	walSize := size(m.disk/20, 256*mib, 4*gib)
	set := []setting{
		{"listen_addresses", quoteConf("")},
		{"port", "5432"},
		{"unix_socket_directories", quoteConf(home.socket)},
		{"unix_socket_permissions", "0700"},
		{"hba_file", quoteConf(filepath.Join(home.conf, "pg_hba.conf"))},
		{"cluster_name", quoteConf("lintu")},
		{"external_pid_file", quoteConf("")},

		// Enough for the pools of one server, a few commands beside it, and people.
		{"max_connections", strconv.Itoa(min(40+10*m.cpus, 300))},
		{"shared_buffers", size(m.memory/4, 32*mib, 8*gib)},
		{"effective_cache_size", size(m.memory*5/8, 64*mib, 1<<20*mib)},
		{"work_mem", size(m.memory/256, 4*mib, 64*mib)},
		{"maintenance_work_mem", size(m.memory/16, 32*mib, gib)},

		{"max_worker_processes", strconv.Itoa(m.cpus + 4)},
		{"max_parallel_workers", strconv.Itoa(m.cpus)},
		{"max_parallel_workers_per_gather", strconv.Itoa(min(m.cpus/2, 4))},
		{"max_parallel_maintenance_workers", strconv.Itoa(min(m.cpus/2, 4))},
		{"jit", "off"},

		// Solid state disks, and small tables that are mostly in memory.
		{"random_page_cost", "1.1"},

		{"wal_compression", compression},
		{"max_wal_size", walSize},
		{"min_wal_size", size(m.disk/100, 80*mib, 512*mib)},
		{"checkpoint_timeout", "15min"},
		{"wal_level", "replica"},

		// A vanished client must not keep a statement running.
		{"client_connection_check_interval", "5s"},
		{"tcp_keepalives_idle", "60"},

		// Messages without statements, parameters or the DETAIL that quotes rows.
		{"log_line_prefix", quoteConf("%m [%p] %a ")},
		{"log_error_verbosity", "terse"},
		{"log_min_error_statement", "panic"},
		{"log_parameter_max_length", "0"},
		{"log_parameter_max_length_on_error", "0"},
		{"log_statement", "none"},
		{"log_timezone", quoteConf("UTC")},
		{"lc_messages", quoteConf("C")},
		{"timezone", quoteConf("UTC")},
	}
	if runtime.GOOS == "linux" {
		set = append(set, setting{"effective_io_concurrency", "100"})
	}
	if !throwaway {
		return append(set, setting{"fsync", "on"}, setting{"full_page_writes", "on"}, setting{"synchronous_commit", "on"})
	}
	return append(set, setting{"fsync", "off"}, setting{"full_page_writes", "off"}, setting{"synchronous_commit", "off"},
		setting{"autovacuum", "off"}, setting{"max_connections", "200"},
		setting{"shared_buffers", size(m.memory/16, 32*mib, 256*mib)})
}

// quoteConf quotes a value of postgresql.conf.
func quoteConf(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// hba lets everybody in who can reach the socket: that is the user who runs the
// server, and root, since its directory is closed to others.
const hba = "# Made by lintu at every start.\nlocal all all trust\n"

// writeConf writes the generated files. postgresql.auto.conf in the data
// directory, where ALTER SYSTEM writes, wins over them.
func writeConf(home layout, m machine, inst installation, throwaway bool) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Made by lintu at every start, for %d MB of memory and %d CPUs.\n", m.memory/mib, m.cpus)
	b.WriteString("# Changes here are lost; use ALTER SYSTEM to set something for good.\n")
	for _, s := range settingsFor(m, inst, home, throwaway) {
		fmt.Fprintf(&b, "%s = %s\n", s.name, s.value)
	}
	for name, text := range map[string][]byte{"postgresql.conf": b.Bytes(), "pg_hba.conf": []byte(hba)} {
		path := filepath.Join(home.conf, name)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return dirError(path, err)
		}
		if err := os.Chmod(path, 0o644); err != nil { // whatever the umask is
			return dirError(path, err)
		}
	}
	return nil
}
