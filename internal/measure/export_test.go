package measure

import (
	"context"
	"fmt"
	"testing"

	"pingzhang/internal/sqldb"
)

// LimitPages lets hot.db grow no further, as a full disk does.
func LimitPages(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	err := s.hot.InTx(ctx, func(tx *sqldb.Tx) error {
		var pages int64
		if err := tx.QueryRow(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
			return err
		}
		return tx.QueryRow(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+2)).Scan(&pages)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// OnStep calls f between the durable steps of a seal.
func OnStep(s *Store, f func(name string)) { s.step = f }
