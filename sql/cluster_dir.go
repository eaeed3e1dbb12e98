package sql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	lintu "github.com/lintu-map/lintu"
)

// layout is where the parts of a cluster lie, and who runs it.
type layout struct {
	dir, pg, conf, logs, socket, lock string
	runAs                             *account // nil: the user we are
}

// account is the unprivileged user that runs PostgreSQL when lintu is root,
// which PostgreSQL refuses to be.
type account struct {
	name     string
	uid, gid uint32
	groups   []uint32
}

// accountNames are tried in order: the first is made by every distribution's
// PostgreSQL package.
var accountNames = []string{"postgres", "lintu"}

// socketPathMax is what fits into sockaddr_un on every Unix: 104 bytes on BSD and
// macOS, 108 on Linux, less the final zero.
const socketPathMax = 103

const socketName = ".s.PGSQL.5432"

func newLayout(dir string) (layout, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return layout{}, err
	}
	fresh := !exists(abs)
	if err := os.MkdirAll(abs, dirMode()); err != nil {
		return layout{}, dirError(abs, err)
	}
	if fresh {
		if err := os.Chmod(abs, dirMode()); err != nil { // whatever the umask is
			return layout{}, dirError(abs, err)
		}
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return layout{}, dirError(abs, err)
	}
	l := layout{dir: abs, pg: filepath.Join(abs, "pg"), conf: filepath.Join(abs, "conf"),
		logs: filepath.Join(abs, "log"), socket: filepath.Join(abs, "run"), lock: filepath.Join(abs, "lintu.lock")}
	if len(l.socket)+1+len(socketName) > socketPathMax {
		l.socket = shortSocketDir(abs)
	}
	if os.Geteuid() == 0 {
		if l.runAs, err = unprivileged(l.pg); err != nil {
			return layout{}, err
		}
		if err := checkReachable(abs, l.runAs); err != nil {
			return layout{}, err
		}
	}
	return l, nil
}

// dirMode lets the database's user pass through a directory that root makes,
// without seeing what else is in it.
func dirMode() os.FileMode {
	if os.Geteuid() == 0 {
		return 0o711
	}
	return 0o700
}

// shortSocketDir is the same for the same data directory.
func shortSocketDir(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	name := "lintu-" + hex.EncodeToString(sum[:6])
	base := os.TempDir()
	if os.Geteuid() == 0 {
		if info, err := os.Stat("/run"); err == nil && info.IsDir() {
			base = "/run"
		}
	}
	if len(base)+len(name)+len(socketName)+2 > socketPathMax {
		base = "/tmp"
	}
	return filepath.Join(base, name)
}

// unprivileged finds who runs the server for root: the one who already owns the
// data, else the distribution's user.
func unprivileged(pg string) (*account, error) {
	if info, err := os.Stat(pg); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 {
			if u, err := user.LookupId(strconv.Itoa(int(st.Uid))); err == nil {
				return newAccount(u)
			}
		}
	}
	for _, name := range accountNames {
		if u, err := user.Lookup(name); err == nil {
			return newAccount(u)
		}
	}
	return nil, lintu.Errorf(lintu.CodeInvalid,
		"PostgreSQL 不能以 root 运行，而系统中没有 postgres 用户；请运行：useradd --system --user-group lintu",
		"PostgreSQL does not run as root and this system has no user postgres; please run: useradd --system --user-group lintu")
}

func newAccount(u *user.User) (*account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	a := &account{name: u.Username, uid: uint32(uid), gid: uint32(gid)}
	ids, err := u.GroupIds()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			a.groups = append(a.groups, uint32(n))
		}
	}
	return a, nil
}

// checkReachable walks down from the root and names the first directory that
// the account may not pass through.
func checkReachable(dir string, a *account) error {
	step := "/"
	for _, name := range strings.Split(strings.Trim(dir, "/"), "/") {
		step = filepath.Join(step, name)
		info, err := os.Stat(step)
		if err != nil {
			return dirError(step, err)
		}
		if a.mayEnter(info) {
			continue
		}
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库以用户 %[1]s 运行，但该用户无法进入 %[2]s；请把数据放到别处（如 LINTU_DATA=/var/lib/lintu），或运行：chmod o+x %[2]s",
			"The database runs as user %[1]s, who cannot enter %[2]s; please keep the data elsewhere (such as LINTU_DATA=/var/lib/lintu), or run: chmod o+x %[2]s",
			a.name, step)
	}
	return nil
}

func (a *account) mayEnter(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	mode := info.Mode().Perm()
	if st.Uid == a.uid {
		return mode&0o100 != 0
	}
	for _, g := range append(a.groups, a.gid) {
		if st.Gid == g {
			return mode&0o010 != 0
		}
	}
	return mode&0o001 != 0
}

// furnish makes the directories that are missing and gives them to the account.
func (l layout) furnish() error {
	for _, d := range []struct {
		path string
		mode os.FileMode
		own  bool
	}{{l.conf, 0o755, false}, {l.logs, 0o700, false}, {l.socket, 0o700, true}} {
		if err := os.MkdirAll(d.path, d.mode); err != nil {
			return dirError(d.path, err)
		}
		if err := mine(d.path, l.runAs); err != nil {
			return err
		}
		if err := os.Chmod(d.path, d.mode); err != nil {
			return dirError(d.path, err)
		}
		if d.own {
			if err := l.give(d.path); err != nil {
				return err
			}
		}
	}
	// A data directory that came from a backup may still belong to root.
	if exists(l.pg) && l.runAs != nil {
		return filepath.WalkDir(l.pg, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return dirError(path, err)
			}
			return l.give(path)
		})
	}
	return nil
}

// mine refuses a directory that somebody else made, as anybody can in /tmp.
func mine(path string, runAs *account) error {
	info, err := os.Lstat(path)
	if err != nil {
		return dirError(path, err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if ok && info.IsDir() && (int(st.Uid) == os.Geteuid() || runAs != nil && st.Uid == runAs.uid) {
		return nil
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"%[1]s 属于另一个用户或不是目录；请用创建它的用户运行 lintu，或删除它，或用 LINTU_DATA 指定别的目录。",
		"%[1]s belongs to another user or is no directory; please run lintu as the user who made it, remove it, or name another directory with LINTU_DATA.",
		path)
}

// give makes the account the owner of path.
func (l layout) give(path string) error {
	if l.runAs == nil {
		return nil
	}
	err := os.Lchown(path, int(l.runAs.uid), int(l.runAs.gid))
	if err == nil || errors.Is(err, os.ErrNotExist) { // a server that was dying took its files along
		return nil
	}
	return dirError(path, err)
}

// removeSocketDir leaves nothing behind outside the data directory.
func (l layout) removeSocketDir() {
	if filepath.Dir(l.socket) != l.dir {
		_ = os.Remove(l.socket)
	}
}

func (l layout) url(role, database string) string {
	q := url.Values{"host": {l.socket}, "port": {"5432"}, "user": {role}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: q.Encode()}).String()
}

// lockOwner is what the owner wrote into the lock file.
type lockOwner struct{ pid, url string }

// takeLock locks the directory for this process. If another has it, the file is
// nil and owner says who. The lock ends with the process however it ends, and
// children do not inherit it.
func takeLock(ctx context.Context, l layout) (*os.File, lockOwner, error) {
	for {
		f, err := os.OpenFile(l.lock, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, lockOwner{}, dirError(l.dir, err)
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			if err = writeLock(f, ""); err == nil {
				return f, lockOwner{}, nil
			}
		}
		var owner lockOwner
		if errors.Is(err, syscall.EWOULDBLOCK) {
			owner, err = readLock(f)
		}
		f.Close()
		if err != nil {
			return nil, lockOwner{}, dirError(l.lock, err)
		}
		if owner.pid != "" {
			return nil, owner, nil
		}
		// It has just been locked, or is just being released.
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return nil, lockOwner{}, err
		}
	}
}

// readLock reads what the owner wrote; a line that is not whole counts as absent.
func readLock(f *os.File) (lockOwner, error) {
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return lockOwner{}, err
	}
	lines := strings.Split(string(b), "\n")
	owner := lockOwner{}
	if len(lines) > 1 {
		owner.pid = lines[0]
	}
	if len(lines) > 2 {
		owner.url = lines[1]
	}
	return owner, nil
}

// writeLock says who owns the directory and, once it is known, where its server is.
func writeLock(f *os.File, url string) error {
	text := strconv.Itoa(os.Getpid()) + "\n"
	if url != "" {
		text += url + "\n"
	}
	if err := f.Truncate(0); err != nil {
		return dirError(f.Name(), err)
	}
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		return dirError(f.Name(), err)
	}
	return nil
}

// releaseLock empties the file before it unlocks it, so that nobody reads a pid
// that is long gone.
func releaseLock(f *os.File) {
	_ = f.Truncate(0)
	_ = f.Close()
}

// dirError puts the failures of a directory into words.
func dirError(path string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errNoSpace(path).Because(err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return lintu.Errorf(lintu.CodeInvalid,
			"无权写入 %[1]s；请用有权限的用户运行 lintu，或用 LINTU_DATA 指定可写的目录。",
			"No permission to write %[1]s; please run lintu as a user who may, or name a writable directory with LINTU_DATA.",
			path).Because(err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return lintu.Errorf(lintu.CodeInvalid,
			"%[1]s 不是目录；请用 LINTU_DATA 指定别的目录。",
			"%[1]s is no directory; please name another with LINTU_DATA.", path).Because(err)
	}
	return lintu.Errorf(lintu.CodeInternal,
		"无法使用目录 %[1]s；详情见日志。", "Cannot use the directory %[1]s; the log has the details.", path).Because(err)
}

func errNoSpace(path string) *lintu.Error {
	return lintu.Errorf(lintu.CodeUnavailable,
		"%[1]s 所在磁盘已满；请清理空间（数据库至少需要 300 MB），或用 LINTU_DATA 指定别的磁盘上的目录。",
		"The disk of %[1]s is full; please free space (the database needs 300 MB at least), or name a directory on another disk with LINTU_DATA.",
		path)
}
