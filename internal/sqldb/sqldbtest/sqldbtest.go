// Package sqldbtest runs a test on both engines: SQLite in a temporary file,
// and PostgreSQL on a server that it starts for the test process in a temporary
// folder, or on the one that PINGZHANG_TEST_PG names.
package sqldbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"testing"

	"pingzhang/internal/sqldb"
	"pingzhang/internal/testkit"
)

// Each runs test once on SQLite and once on PostgreSQL, as subtests, each with
// a fresh database that holds the tables of sets.
func Each(t *testing.T, test func(t *testing.T, db *sqldb.DB), sets ...sqldb.Migrations) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t, sets...)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t, sets...)) })
}

// SQLite returns a fresh SQLite database with the tables of sets.
func SQLite(t testing.TB, sets ...sqldb.Migrations) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenSQLite(context.Background(), filepath.Join(t.TempDir(), "test.db"), 8)
	if err != nil {
		t.Fatal(err)
	}
	return ready(t, db, sets)
}

// Postgres returns a fresh schema on the PostgreSQL of the test process, with
// the tables of sets.
func Postgres(t testing.TB, sets ...sqldb.Migrations) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenPostgres(context.Background(), DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	return ready(t, db, sets)
}

// DSN returns the address of a fresh, empty schema on the PostgreSQL of the
// test process. Without PostgreSQL the test ends by testkit.Missing.
func DSN(t testing.TB) string {
	t.Helper()
	server, err := server()
	if err != nil {
		testkit.Missing(t, "PostgreSQL 15 ("+err.Error()+")")
	}
	name := make([]byte, 6)
	rand.Read(name)
	schema := "t_" + hex.EncodeToString(name)
	db, err := sqldb.OpenPostgres(context.Background(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.InTx(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), "CREATE SCHEMA "+schema)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s search_path=%s", server, schema)
}

func ready(t testing.TB, db *sqldb.DB, sets []sqldb.Migrations) *sqldb.DB {
	t.Helper()
	t.Cleanup(func() { db.Close() })
	if _, err := db.Migrate(context.Background(), sets...); err != nil {
		t.Fatal(err)
	}
	return db
}
