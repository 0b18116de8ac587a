package platform

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// OpenJournal opens the journal alone, for verifying it. It changes nothing and
// takes no lock, so that a running platform can be verified.
//
// The error is fault.Invalid when there is no database in the folder.
func OpenJournal(ctx context.Context, o Options) (_ *Platform, err error) {
	defer fault.Wrap(&err, "platform.OpenJournal(%s)", o.Data)

	if o.City == "" {
		o.City = "heihe"
	}
	p := &Platform{Options: o, Catalog: catalog.FS(o.Catalog), clock: clock.System{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	keys := filepath.Join(o.Data, "keys")
	if _, err := os.Stat(keys); errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "%s 中没有留痕的密钥（keys 文件夹）；请用 --data 指定数据目录", o.Data)
	}
	if o.Database != "" {
		p.DB, err = sqldb.OpenPostgres(ctx, o.Database)
	} else {
		file := filepath.Join(o.Data, "app.db")
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.Invalid, "%s 中没有数据库 app.db；请用 --data 指定数据目录，或用 --database 指定 PostgreSQL", o.Data)
		}
		p.DB, err = sqldb.OpenSQLite(ctx, file, 8)
	}
	if err != nil {
		return nil, err
	}
	if p.Places, err = access.LoadPlaces(catalog.Sub(p.Catalog, o.City)); err != nil {
		return nil, err
	}
	if p.Keys, err = journal.OpenKeys(keys); err != nil {
		return nil, err
	}
	p.Journal = journal.New(p.DB, p.Keys, p.Places.City+"生态环境局")
	return p, nil
}
