package sql

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	lintu "github.com/lintu-map/lintu"
)

// installation is one PostgreSQL with PostGIS on this machine.
type installation struct {
	bin     string // the directory of initdb and postgres
	version int    // 15
	lz4     bool   // can compress its log with LZ4
}

// binGlobs are where distributions keep servers of several versions:
// Debian and Ubuntu, the PostgreSQL project's RPMs, Homebrew.
var binGlobs = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
}

// findInstallation picks the PostgreSQL for a data directory: of the version
// that made it, else the newest that has PostGIS. binDir, if given, is the only
// place looked at.
func findInstallation(binDir, pg string) (installation, error) {
	found := installations(binDir)
	if len(found) == 0 {
		return installation{}, errNoPostgres(binDir)
	}
	newest := found[0]
	made, err := dataVersion(pg)
	if err != nil {
		return installation{}, err
	}
	if made == 0 && newest.version < minPostgres {
		return installation{}, errOldPostgres(newest)
	}
	var lacking error
	for _, inst := range found {
		if inst.version < minPostgres || made != 0 && inst.version != made {
			continue
		}
		err := inst.checkPostGIS()
		if err == nil {
			return inst, nil
		}
		if lacking == nil {
			lacking = err
		}
	}
	if lacking != nil {
		return installation{}, lacking
	}
	return installation{}, errOtherVersion(pg, made, newest)
}

// installations lists what is installed, newest first.
func installations(binDir string) []installation {
	dirs := []string{binDir}
	if binDir == "" {
		dirs = filepath.SplitList(os.Getenv("PATH"))
		for _, glob := range binGlobs {
			more, err := filepath.Glob(glob)
			if err != nil {
				continue // only a malformed pattern, and these are ours
			}
			dirs = append(dirs, more...)
		}
	}
	var found []installation
	for _, dir := range dirs {
		// A program in PATH may be a link; its neighbours and its extensions
		// are where it points to.
		program, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil {
			continue
		}
		dir = filepath.Dir(program)
		if v := serverVersion(dir); v > 0 && exists(filepath.Join(dir, "initdb")) {
			found = append(found, installation{bin: dir, version: v})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].version > found[j].version })
	return found
}

var versionPattern = regexp.MustCompile(`PostgreSQL\) (\d+)`)

// serverVersion asks the server in dir for its major version; 0 if there is none.
func serverVersion(dir string) int {
	path := filepath.Join(dir, "postgres")
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return 0
	}
	out, err := exec.CommandContext(context.Background(), path, "--version").Output()
	if err != nil {
		return 0
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0
	}
	v, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0
	}
	return v
}

// checkPostGIS looks for the extension's control file, so that a missing PostGIS
// is found before anything is made.
func (inst *installation) checkPostGIS() error {
	share := inst.pgConfig("--sharedir")
	inst.lz4 = strings.Contains(inst.pgConfig("--configure"), "--with-lz4")
	shares := []string{share}
	if share == "" {
		root := filepath.Dir(inst.bin)
		shares = []string{filepath.Join(root, "share"), filepath.Join(root, "share", "postgresql"),
			filepath.Join(root, "..", "..", "..", "share", "postgresql", strconv.Itoa(inst.version))}
	}
	for _, s := range shares {
		if exists(filepath.Join(s, "extension", "postgis.control")) {
			return nil
		}
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"已安装 PostgreSQL %[1]d（%[2]s），但没有 PostGIS；请运行：%[3]s",
		"PostgreSQL %[1]d is installed (%[2]s) but PostGIS is not; please run: %[3]s",
		inst.version, inst.bin, aptInstall(inst.version))
}

// pgConfig asks the installation how it was built; "" if it cannot say.
func (inst *installation) pgConfig(option string) string {
	out, err := exec.CommandContext(context.Background(), filepath.Join(inst.bin, "pg_config"), option).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// dataVersion is the major version that made the data directory; 0 if there is
// none yet.
func dataVersion(pg string) (int, error) {
	b, err := os.ReadFile(filepath.Join(pg, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, dirError(pg, err)
	}
	major, _, _ := strings.Cut(strings.TrimSpace(string(b)), ".")
	v, err := strconv.Atoi(major)
	if err != nil {
		return 0, lintu.Errorf(lintu.CodeInvalid,
			"%[1]s 的 PG_VERSION 文件已损坏；请从备份恢复，或用 LINTU_DATA 指定别的目录。",
			"The file PG_VERSION in %[1]s is damaged; please restore a backup, or name another directory with LINTU_DATA.", pg)
	}
	return v, nil
}

// aptInstall is the line that installs what a version needs; 0 is the
// distribution's own version.
func aptInstall(version int) string {
	if version < minPostgres {
		return "sudo apt-get install -y postgresql postgresql-contrib postgis postgresql-postgis"
	}
	return fmt.Sprintf("sudo apt-get install -y postgresql-%[1]d postgresql-%[1]d-postgis-3", version)
}

func errNoPostgres(binDir string) error {
	if binDir != "" {
		return lintu.Errorf(lintu.CodeInvalid,
			"在 LINTU_PG_BIN=%[1]s 中没有找到可运行的 initdb 和 postgres；请改正它，或不设它以自动查找。",
			"No working initdb and postgres in LINTU_PG_BIN=%[1]s; please correct it, or leave it unset to have them found.", binDir)
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"没有找到 PostgreSQL；请运行：%[1]s，或用 LINTU_DATABASE_URL 指定现有的数据库服务器。",
		"PostgreSQL is not installed; please run: %[1]s, or name a database server with LINTU_DATABASE_URL.", aptInstall(0))
}

func errOldPostgres(inst installation) error {
	return lintu.Errorf(lintu.CodeInvalid,
		"已安装的是 PostgreSQL %[1]d（%[2]s），至少需要 %[3]d；请运行：%[4]s",
		"PostgreSQL %[1]d is installed (%[2]s) but at least %[3]d is needed; please run: %[4]s",
		inst.version, inst.bin, minPostgres, aptInstall(minPostgres))
}

// errOtherVersion says what to run for a data directory that no installed
// server can open.
func errOtherVersion(pg string, made int, newest installation) error {
	if made > newest.version {
		return lintu.Errorf(lintu.CodeInvalid,
			"数据目录 %[1]s 由 PostgreSQL %[2]d 创建，而本机最新的是 %[3]d；请运行：%[4]s",
			"The data directory %[1]s was made by PostgreSQL %[2]d, and the newest here is %[3]d; please run: %[4]s",
			pg, made, newest.version, aptInstall(made))
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"数据目录 %[1]s 由 PostgreSQL %[2]d 创建，本机可用的是 %[3]d；请安装 postgresql-%[2]d，用 initdb --data-checksums 新建一个 %[3]d 的目录，再运行 %[4]s/pg_upgrade -b /usr/lib/postgresql/%[2]d/bin -B %[4]s -d %[1]s -D 新目录",
		"The data directory %[1]s was made by PostgreSQL %[2]d, and %[3]d is installed here; please install postgresql-%[2]d, make a new directory with initdb --data-checksums of %[3]d, and run %[4]s/pg_upgrade -b /usr/lib/postgresql/%[2]d/bin -B %[4]s -d %[1]s -D NEW_DIRECTORY",
		pg, made, newest.version, newest.bin)
}
