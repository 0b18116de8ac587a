package sqldb

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"pingzhang/internal/fault"
)

// Migrations is the schema of one package: numbered SQL files, applied in
// order, each once and for ever (forward only).
//
// A file NNNN_name.sql serves both engines. Where they must differ the files
// NNNN_name.sqlite.sql and NNNN_name.postgres.sql stand side by side. Statements
// end with a semicolon at the end of a line. BIGINT, TEXT, BOOLEAN and BYTEA are
// column types that both engines understand in the same way.
type Migrations struct {
	Set   string // name of the package
	Files fs.FS  // the folder that holds the files
}

// Migrate brings the tables of every set up to date and returns how many
// migrations it applied.
func (d *DB) Migrate(ctx context.Context, sets ...Migrations) (applied int, err error) {
	defer fault.Wrap(&err, "sqldb.Migrate(%s)", d.path)

	err = d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `
			CREATE TABLE IF NOT EXISTS schema_migrations (
			  part       TEXT   NOT NULL,
			  number     BIGINT NOT NULL,
			  name       TEXT   NOT NULL,
			  applied_at BIGINT NOT NULL,
			  PRIMARY KEY (part, number)
			)`)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, set := range sets {
		n, err := d.migrateSet(ctx, set)
		if err != nil {
			return applied, err
		}
		applied += n
	}
	return applied, nil
}

func (d *DB) migrateSet(ctx context.Context, set Migrations) (applied int, err error) {
	defer fault.Wrap(&err, "migrate %s", set.Set)

	files, err := filesFor(set.Files, d.Engine)
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		fresh := false
		err := d.InTx(ctx, func(tx *Tx) error {
			_, found, err := Value[int64](ctx, tx, `SELECT number FROM schema_migrations WHERE part = $1 AND number = $2`, set.Set, f.number)
			if err != nil || found {
				return err
			}
			for _, stmt := range strings.Split(f.text, ";\n") {
				if strings.TrimSpace(stmt) == "" {
					continue
				}
				if _, err := tx.Exec(ctx, stmt); err != nil {
					return fmt.Errorf("%s: %w", f.file, err)
				}
			}
			fresh = true
			_, err = tx.Exec(ctx, `INSERT INTO schema_migrations (part, number, name, applied_at) VALUES ($1, $2, $3, $4)`,
				set.Set, f.number, f.name, tx.Now.Unix())
			return err
		})
		if err != nil {
			return applied, err
		}
		if fresh {
			applied++
		}
	}
	return applied, nil
}

type migration struct {
	number           int64
	name, file, text string
}

// filesFor returns the migrations in dir that are for engine, in order.
func filesFor(dir fs.FS, engine Engine) ([]migration, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, e := range entries {
		base, isSQL := strings.CutSuffix(e.Name(), ".sql")
		if !isSQL {
			continue
		}
		switch ext := strings.TrimPrefix(path.Ext(base), "."); Engine(ext) {
		case SQLite, Postgres:
			if Engine(ext) != engine {
				continue
			}
			base = strings.TrimSuffix(base, "."+ext)
		}
		num, name, _ := strings.Cut(base, "_")
		n, err := strconv.ParseInt(num, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s does not begin with a number", e.Name())
		}
		text, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, migration{n, name, e.Name(), string(text) + "\n"})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].number < all[j].number })
	return all, nil
}
