package sqldb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var counters = sqldb.Migrations{Set: "counters", Files: fstest.MapFS{
	"0001_counters.sql": {Data: []byte("CREATE TABLE counters (\n id BIGINT PRIMARY KEY,\n n BIGINT NOT NULL,\n b BYTEA,\n ok BOOLEAN NOT NULL\n);\n")},
	"0002_first.sql":    {Data: []byte("INSERT INTO counters (id, n, ok) VALUES (1, 0, TRUE);\n")},
}}

func TestInTx(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := db.InTx(ctx, func(tx *sqldb.Tx) error {
					return tx.ExecOne(ctx, `UPDATE counters SET n = n + 1, b = $1 WHERE id = 1`, []byte{0, 1})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()

		type row struct {
			ID int64  `db:"id"`
			N  int64  `db:"n"`
			B  []byte `db:"b"`
			OK bool   `db:"ok"`
		}
		got, err := sqldb.One[row](ctx, db, "没有这一行", `SELECT id, n, b, ok FROM counters WHERE id = $1`, 1)
		if err != nil || got.N != 20 || len(got.B) != 2 || !got.OK {
			t.Errorf("got %+v, %v; want n = 20 after 20 transactions", got, err)
		}
		if _, err := sqldb.One[row](ctx, db, "没有这一行", `SELECT id, n, b, ok FROM counters WHERE id = 2`); !fault.Is(err, fault.NotFound) {
			t.Errorf("a missing row gives %v, want fault.NotFound", err)
		}
		err = db.InTx(ctx, func(tx *sqldb.Tx) error {
			tx.Exec(ctx, `UPDATE counters SET n = 99 WHERE id = 1`)
			return errors.New("changed my mind")
		})
		n, _, _ := sqldb.Value[int64](ctx, db, `SELECT n FROM counters WHERE id = 1`)
		if err == nil || n != 20 {
			t.Errorf("after a failed transaction n = %d, want 20", n)
		}
		err = db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO counters (id, n, ok) VALUES (1, 0, TRUE)`)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a doubled key gives %v, want fault.Conflict", err)
		}
		if n, err := db.Migrate(ctx, counters); n != 0 || err != nil {
			t.Errorf("migrating again applied %d, %v; want nothing", n, err)
		}
	}, counters)
}

func TestOpenSQLiteRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	ctx := context.Background()
	good, err := sqldb.OpenSQLite(ctx, filepath.Join(dir, "good.db"), 8)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := good.Migrate(ctx, counters); err != nil {
		t.Fatal(err)
	}
	good.Close()
	whole, err := os.ReadFile(filepath.Join(dir, "good.db"))
	if err != nil {
		t.Fatal(err)
	}
	foreign := append([]byte(nil), whole...)
	copy(foreign[68:72], "GPKG") // the application id in the header, sqlite.org/fileformat.html 1.3.15

	for _, tt := range []struct {
		name string
		path string
	}{
		{"a text file is not a database", write("text.db", []byte("this is no database at all"))},
		{"a header cut short is not a database", write("short.db", whole[:10])},
		{"a file cut in the middle is damaged", write("cut.db", whole[:len(whole)/2])},
		{"the database of another program is left alone", write("foreign.db", foreign)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, _ := os.ReadFile(tt.path)
			db, err := sqldb.OpenSQLite(ctx, tt.path, 8)
			if err == nil {
				_, err = db.Migrate(ctx, counters)
				db.Close()
			}
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("got %v (%s), want fault.Invalid", err, fault.Of(err))
			}
			if after, _ := os.ReadFile(tt.path); string(before) != string(after) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestLockDir(t *testing.T) {
	dir := t.TempDir()
	unlock, err := sqldb.LockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqldb.LockDir(dir); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second lock gives %v, want fault.Conflict", err)
	}
	unlock()
	again, err := sqldb.LockDir(dir)
	if err != nil {
		t.Fatalf("after unlock: %v", err)
	}
	again()
}

func TestNewID(t *testing.T) {
	seen := map[int64]bool{}
	last := int64(0)
	for range 300_000 {
		id := sqldb.NewID()
		if id <= last || id >= 1<<53 || seen[id] {
			t.Fatalf("id %d after %d: ids rise, are unique and below 2^53", id, last)
		}
		seen[id], last = true, id
	}
}
