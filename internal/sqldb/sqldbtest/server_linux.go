package sqldbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"pingzhang/internal/sqldb"
)

// server returns the address of the PostgreSQL of this test process, starting
// it on the first call.
var server = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv("PINGZHANG_TEST_PG"); dsn != "" {
		return dsn, nil
	}
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	sweep()
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("pingzhang-pg-%d", os.Getpid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	attr, err := asNobodyImportant(dir)
	if err != nil {
		return "", err
	}
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "pingzhang", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	init.SysProcAttr, init.Dir = attr, dir
	if out, err := init.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	return start(bin, dir, attr)
})

// start runs the server from a thread of its own: it is told to end when that
// thread, and so this process, ends, however that happens.
func start(bin, dir string, attr *syscall.SysProcAttr) (string, error) {
	attr.Pdeathsig = syscall.SIGQUIT
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"), "-k", dir, "-h", "",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	cmd.SysProcAttr, cmd.Dir = attr, dir
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		cmd.Wait()
	}()
	if err := <-started; err != nil {
		return "", err
	}
	dsn := fmt.Sprintf("host=%s user=pingzhang dbname=postgres", dir)
	deadline := time.Now().Add(30 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		db, err := sqldb.OpenPostgres(ctx, dsn)
		cancel()
		if err == nil {
			db.Close()
			return dsn, nil
		}
		if time.Now().After(deadline) {
			return "", fmt.Errorf("the server did not come up: %w", err)
		}
		time.Sleep(20 * time.Millisecond) // waits for another process, which sends no signal
	}
}

func binaries() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for i := len(dirs) - 1; i >= 0; i-- {
		if _, err := os.Stat(filepath.Join(dirs[i], "initdb")); err == nil {
			return dirs[i], nil
		}
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errors.New("initdb was not found")
}

// asNobodyImportant returns how to run the server as a user that is not root,
// which it refuses, and gives that user dir.
func asNobodyImportant(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{}
	if os.Getuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, os.Chown(dir, uid, gid)
	}
	return nil, errors.New("there is no user but root to run it")
}

// sweep removes what earlier test processes left behind.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "pingzhang-pg-*"))
	for _, d := range dirs {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(d), "pingzhang-pg-"))
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			os.RemoveAll(d)
		}
	}
}
