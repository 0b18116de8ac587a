package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
)

// Engine names the kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// applicationID marks the header of our SQLite files ("PZHG").
const applicationID = 0x505A4847

// DB is one database: a file of SQLite or a schema of PostgreSQL.
type DB struct {
	Engine Engine
	Clock  clock.Clock // where Tx.Now comes from; clock.System unless set

	path  string // file name, or the server's address for messages
	write *sql.DB
	read  *sql.DB
}

// OpenSQLite opens the SQLite file at path, creating it when absent, with a
// page cache of cacheMiB for the writing connection.
//
// The error is fault.Invalid when the file is damaged or belongs to another
// program, fault.Unavailable when it cannot be opened or is locked.
func OpenSQLite(ctx context.Context, path string, cacheMiB int) (_ *DB, err error) {
	defer fault.Wrap(&err, "sqldb.OpenSQLite(%s)", path)

	d := &DB{Engine: SQLite, Clock: clock.System{}, path: path}
	if err := foreignFile(path); err != nil {
		return nil, err
	}
	dsn := func(cache int, more string) string {
		return "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_pragma=busy_timeout(5000)&_pragma=page_size(8192)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=foreign_keys(1)&_pragma=wal_autocheckpoint(8000)" +
			fmt.Sprintf("&_pragma=cache_size(-%d)", cache*1024) + more
	}
	if d.write, err = sql.Open("sqlite", dsn(cacheMiB, "&_txlock=immediate")); err != nil {
		return nil, d.explain(err)
	}
	d.write.SetMaxOpenConns(1)
	if d.read, err = sql.Open("sqlite", dsn(8, "&_pragma=query_only(1)")); err != nil {
		return nil, d.explain(err)
	}
	// More readers than cores add little reading and starve the writer.
	d.read.SetMaxOpenConns(max(2, runtime.NumCPU()))
	d.read.SetMaxIdleConns(max(2, runtime.NumCPU()))
	if err := d.claim(ctx); err != nil {
		return nil, errors.Join(d.explain(err), d.Close())
	}
	return d, nil
}

// foreignFile refuses a file that is plainly no SQLite database, before SQLite
// itself would start to write a new one over an empty or short file.
func foreignFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.From(err, fault.Unavailable, "不能打开数据库文件 %s；请检查权限", path)
	}
	defer f.Close()
	head := make([]byte, 16)
	n, _ := f.Read(head)
	if n == 0 {
		return nil
	}
	if string(head[:n]) != "SQLite format 3\x00" {
		return fault.New(fault.Invalid, "%s 不是本系统的数据库文件（或已损坏）；请确认数据目录，必要时从备份恢复", path)
	}
	return nil
}

// claim marks a new file as ours and refuses one that is another program's.
func (d *DB) claim(ctx context.Context) error {
	var id, tables int64
	if err := d.write.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return err
	}
	if id == applicationID {
		return nil
	}
	if err := d.write.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return err
	}
	if id != 0 || tables > 0 {
		return fault.New(fault.Invalid, "%s 是其他程序的数据库，没有改动它；请为本系统指定另一个数据目录", d.path)
	}
	_, err := d.write.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID))
	return err
}

// OpenPostgres opens the PostgreSQL database that dsn names.
func OpenPostgres(ctx context.Context, dsn string) (_ *DB, err error) {
	defer fault.Wrap(&err, "sqldb.OpenPostgres")

	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "数据库连接串不对，应为 postgres://用户:口令@地址:端口/库名")
	}
	d := &DB{Engine: Postgres, Clock: clock.System{}, path: fmt.Sprintf("%s:%d/%s", cfg.Host, cfg.Port, cfg.Database)}
	d.write = stdlib.OpenDB(*cfg)
	d.write.SetMaxOpenConns(4 * max(2, runtime.NumCPU()))
	d.write.SetMaxIdleConns(max(2, runtime.NumCPU()))
	d.read = d.write
	if err := d.write.PingContext(ctx); err != nil {
		return nil, errors.Join(d.explain(err), d.Close())
	}
	return d, nil
}

// Path returns the file, or the server and database, for messages.
func (d *DB) Path() string { return d.path }

// Close closes all connections.
func (d *DB) Close() error {
	var errs []error
	for _, c := range []*sql.DB{d.read, d.write} {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// Backup writes a whole, consistent copy of a SQLite database to path, which
// must not exist, while others read and write.
func (d *DB) Backup(ctx context.Context, path string) (err error) {
	defer fault.Wrap(&err, "sqldb.Backup(%s)", path)
	if d.Engine != SQLite {
		return fault.New(fault.Invalid, "PostgreSQL 请用 pg_dump 备份")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	_, err = d.read.ExecContext(ctx, `VACUUM INTO $1`, path)
	return d.explain(err)
}
