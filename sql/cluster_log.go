package sql

import (
	"os"
	"sync"
)

const (
	logName  = "postgresql.log"
	logMax   = 8 << 20 // bytes of one file; there are two: the present and the one before
	tailKept = 4 << 10
)

// boundedLog takes what the server says into a file of bounded size and
// remembers the end of it. It goes through lintu and not through the server's
// own collector, which cannot bound its files.
type boundedLog struct {
	mu   sync.Mutex
	path string
	file *os.File
	size int64
	last []byte
}

func openLog(path string) (*boundedLog, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &boundedLog{path: path, file: f, size: info.Size()}, nil
}

// Write never fails: a full disk must not take the server's standard error away.
func (l *boundedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, p...)
	if over := len(l.last) - tailKept; over > 0 {
		l.last = append(l.last[:0], l.last[over:]...)
	}
	if l.size+int64(len(p)) > logMax {
		l.rotate()
	}
	n, _ := l.file.Write(p)
	l.size += int64(n)
	return len(p), nil
}

func (l *boundedLog) rotate() {
	if os.Rename(l.path, l.path+".1") != nil {
		return
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_ = l.file.Close()
	l.file, l.size = f, 0
}

// tail returns the last words, at most tailKept bytes.
func (l *boundedLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.last)
}

func (l *boundedLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
