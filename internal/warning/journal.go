package warning

import (
	"context"

	"pingzhang/internal/access"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// enter writes an entry of the journal in the transaction of its change.
func enter(ctx context.Context, tx *sqldb.Tx, by access.Caller, act, object string, d access.Division, enterprise int64, detail any) error {
	return journal.Append(ctx, tx, journal.Entry{
		By: by.Login, Via: by.Via, Act: act, Object: object, Division: string(d), Enterprise: enterprise, Detail: detail,
	})
}
