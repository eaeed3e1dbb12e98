package sql

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoryLimit(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	meminfo := write("meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n")
	for _, c := range []struct {
		name, v2, v1 string
		want         int64
	}{
		{"none", "", "", 8 * gib},
		{"v2 unlimited", "max\n", "", 8 * gib},
		{"v2", "2147483648\n", "", 2 * gib},
		{"v1", "", "1073741824\n", gib},
		{"v1 unlimited", "", "9223372036854771712\n", 8 * gib},
	} {
		cgroup := filepath.Join(dir, c.name)
		if c.v2 != "" {
			write(c.name+"/memory.max", c.v2)
		}
		if c.v1 != "" {
			write(c.name+"/memory/memory.limit_in_bytes", c.v1)
		}
		if got := memoryLimit(meminfo, cgroup); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if got := memoryLimit(filepath.Join(dir, "nowhere"), filepath.Join(dir, "nowhere")); got != gib {
		t.Errorf("unknown: %d", got)
	}
}

func TestSettingsFor(t *testing.T) {
	for _, c := range []struct {
		m    machine
		want map[string]string
	}{
		{machine{memory: gib, disk: 20 * gib, cpus: 1}, map[string]string{"shared_buffers": "256MB", "work_mem": "4MB",
			"maintenance_work_mem": "64MB", "max_connections": "50", "max_wal_size": "1024MB", "max_parallel_workers_per_gather": "0"}},
		{machine{memory: 8 * gib, disk: 200 * gib, cpus: 4}, map[string]string{"shared_buffers": "2048MB", "work_mem": "32MB",
			"maintenance_work_mem": "512MB", "max_connections": "80", "max_wal_size": "4096MB", "max_parallel_workers_per_gather": "2"}},
		{machine{memory: 256 * gib, disk: 4000 * gib, cpus: 64}, map[string]string{"shared_buffers": "8192MB", "work_mem": "64MB",
			"maintenance_work_mem": "1024MB", "max_connections": "300", "fsync": "on"}},
	} {
		got := map[string]string{}
		for _, s := range settingsFor(c.m, installation{}, layout{}, false) {
			got[s.name] = s.value
		}
		for name, want := range c.want {
			if got[name] != want {
				t.Errorf("%d MB, %d CPUs: %s is %s, want %s", c.m.memory/mib, c.m.cpus, name, got[name], want)
			}
		}
	}
}

func TestBoundedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), logName)
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 1<<20)
	for range 3 * logMax >> 20 {
		if n, err := l.Write(line); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := l.Write([]byte("the end")); err != nil {
		t.Fatal(err)
	}
	if tail := l.tail(); len(tail) != tailKept || tail[len(tail)-7:] != "the end" {
		t.Errorf("the tail has %d bytes", len(tail))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + ".1"} {
		if info, err := os.Stat(p); err != nil || info.Size() > logMax {
			t.Errorf("%s: %v, %v", p, info, err)
		}
	}
}
