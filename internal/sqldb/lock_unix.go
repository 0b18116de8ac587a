//go:build unix

package sqldb

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"pingzhang/internal/fault"
)

// LockDir keeps a second process away from the databases in dir until unlock
// is called or the process ends, however it ends.
//
// The error is fault.Conflict, naming the process, when another has dir.
func LockDir(dir string) (unlock func(), err error) {
	defer fault.Wrap(&err, "sqldb.LockDir(%s)", dir)

	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fault.From(err, fault.Unavailable, "不能建立数据目录 %s；请检查上级文件夹和权限", dir)
	}
	f, err := os.OpenFile(filepath.Join(dir, "pingzhang.lock"), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "不能写入数据目录 %s；请检查权限和磁盘", dir)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		pid := make([]byte, 32)
		n, _ := f.Read(pid)
		f.Close()
		return nil, fault.From(err, fault.Conflict, "数据目录 %s 正由另一个 pingzhang 进程（%s）使用；一个目录同时只能由一个进程使用", dir, strings.TrimSpace(string(pid[:n])))
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "pid %d\n", os.Getpid())
	}
	return func() { f.Close() }, nil
}
