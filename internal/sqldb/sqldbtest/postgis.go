package sqldbtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"pingzhang/internal/testkit"
)

// PostGIS returns a connection to the PostgreSQL of the test process, with the
// functions of PostGIS in its search path. Without PostGIS the test ends by
// testkit.Missing.
func PostGIS(t testing.TB) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'postgis')`).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if !there {
		testkit.Missing(t, "PostGIS 3 (Debian: postgresql-15-postgis-3)")
	}
	if _, err := conn.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `SELECT set_config('search_path', current_setting('search_path') || ', public', false)`); err != nil {
		t.Fatal(err)
	}
	return conn
}
