package sqldb

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"pingzhang/internal/fault"
)

// Primary result codes of SQLite (sqlite.org/rescode.html) that have an answer
// of their own.
const (
	sqliteBusy     = 5
	sqliteLocked   = 6
	sqliteReadonly = 8
	sqliteIOErr    = 10
	sqliteCorrupt  = 11
	sqliteFull     = 13
	sqliteCantOpen = 14
	sqliteUnique   = 19
	sqliteNotADB   = 26
)

// explain gives err a kind and a sentence when it is one that a person can do
// something about; others come back as they are.
func (d *DB) explain(err error) error {
	if err == nil {
		return nil
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		return d.explainSQLite(err, se.Code()&0xff)
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch {
		case pe.Code == "23505", pe.Code == "42P07": // a row, or a table that somebody else made meanwhile
			return fault.From(err, fault.Conflict, "已有相同的记录")
		case pe.Code == "53100":
			return fault.From(err, fault.Unavailable, "数据库服务器磁盘已满，数据没有保存；请清理磁盘后重试")
		case strings.HasPrefix(pe.Code, "53"), strings.HasPrefix(pe.Code, "57"):
			return fault.From(err, fault.Unavailable, "数据库服务器暂时不能提供服务，数据没有保存；请稍后重试")
		}
		return err
	}
	var ce *pgconn.ConnectError
	if errors.As(err, &ce) {
		return fault.From(err, fault.Unavailable, "连接不上数据库服务器；请检查数据库是否已启动、地址和口令是否正确")
	}
	return err
}

func (d *DB) explainSQLite(err error, code int) error {
	switch code {
	case sqliteFull:
		return fault.From(err, fault.Unavailable, "磁盘已满，数据没有保存；请清理 %s 所在的磁盘", d.path)
	case sqliteIOErr:
		return fault.From(err, fault.Unavailable, "读写 %s 时磁盘出错，数据没有保存；请检查磁盘", d.path)
	case sqliteBusy, sqliteLocked:
		return fault.From(err, fault.Unavailable, "数据库文件 %s 正被其他程序占用，数据没有保存；请关闭占用它的程序后重试", d.path)
	case sqliteReadonly, sqliteCantOpen:
		return fault.From(err, fault.Unavailable, "不能写入数据库文件 %s；请检查文件夹是否存在、权限是否正确", d.path)
	case sqliteNotADB:
		return fault.From(err, fault.Invalid, "%s 不是本系统的数据库文件（或已损坏）；请确认数据目录，必要时从备份恢复", d.path)
	case sqliteCorrupt:
		return fault.From(err, fault.Invalid, "数据库文件 %s 已损坏或不完整；请停止使用并从备份恢复", d.path)
	case sqliteUnique:
		if strings.Contains(err.Error(), "UNIQUE") || strings.Contains(err.Error(), "PRIMARY KEY") {
			return fault.From(err, fault.Conflict, "已有相同的记录")
		}
	}
	return err
}

// full reports whether err says that the disk of a SQLite file is full.
func full(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) && se.Code()&0xff == sqliteFull
}

// again reports whether the transaction that failed with err may succeed when
// it is run again.
func again(err error) bool {
	var se *sqlite.Error
	if errors.As(err, &se) {
		code := se.Code() & 0xff
		return code == sqliteBusy || code == sqliteLocked
	}
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}
