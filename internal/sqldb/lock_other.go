//go:build !unix

package sqldb

import (
	"fmt"
	"os"
	"path/filepath"

	"pingzhang/internal/fault"
)

// LockDir keeps a second process away from the databases in dir until unlock
// is called. Where the system has no file locks that end with the process, an
// exclusive file is used: after a crash it must be removed by hand.
func LockDir(dir string) (unlock func(), err error) {
	defer fault.Wrap(&err, "sqldb.LockDir(%s)", dir)

	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fault.From(err, fault.Unavailable, "不能建立数据目录 %s；请检查上级文件夹和权限", dir)
	}
	path := filepath.Join(dir, "pingzhang.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, fault.From(err, fault.Conflict, "数据目录 %s 正由另一个 pingzhang 进程使用；若它已异常退出，请删除 %s", dir, path)
	}
	fmt.Fprintf(f, "pid %d\n", os.Getpid())
	return func() { f.Close(); os.Remove(path) }, nil
}
