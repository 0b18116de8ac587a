package journal

import (
	"context"
	"testing"

	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

func engines(b *testing.B, bench func(b *testing.B, db *sqldb.DB)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, sqldbtest.SQLite(b, Migrations)) })
	b.Run("postgres", func(b *testing.B) { bench(b, sqldbtest.Postgres(b, Migrations)) })
}

// One entry a transaction, each durable before the next, as a page's save is.
func BenchmarkAppend(b *testing.B) {
	engines(b, func(b *testing.B, db *sqldb.DB) {
		for b.Loop() {
			add(b, db, entry(1))
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
}

func BenchmarkVerify(b *testing.B) {
	const rows = 10_000
	engines(b, func(b *testing.B, db *sqldb.DB) {
		for range rows / 1000 {
			var all []Entry
			for n := range 1000 {
				all = append(all, entry(n))
			}
			add(b, db, all...)
		}
		keys, err := OpenKeys(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		l := New(db, keys, "某市生态环境局")
		if _, err := l.Checkpoint(context.Background(), noon); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if r, err := l.Verify(context.Background(), noon); err != nil || !r.OK() {
				b.Fatal(r, err)
			}
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
