package remind

import (
	"context"
	"encoding/hex"
	"fmt"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
)

// enterRoot writes the root over a part of an hour of raw frames into the
// journal, once. The error is fault.Internal when the same part was entered with
// another root: somebody has changed the frames in between.
func enterRoot(ctx context.Context, db *sqldb.DB, seal measure.RawSeal) (err error) {
	hour := clock.Unix(seal.Hour).Format("2006-01-02T15")
	defer fault.Wrap(&err, "remind.enterRoot(%s, part %d)", hour, seal.Part)

	root := hex.EncodeToString(seal.Root)
	return db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			INSERT INTO raw_roots (hour, part, root, frames, entered_at)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (hour, part) DO NOTHING`, seal.Hour, seal.Part, root, seal.Frames, tx.Now.Unix())
		if err != nil {
			return err
		}
		if n == 0 {
			known, _, err := sqldb.Value[string](ctx, tx, `SELECT root FROM raw_roots WHERE hour = $1 AND part = $2`, seal.Hour, seal.Part)
			if err == nil && known != root {
				return fault.New(fault.Internal, "%s 时段的原始报文与留痕中的摘要不一致，可能被改动；请联系安全管理员核查", hour)
			}
			return err
		}
		by := access.Platform()
		return journal.Append(ctx, tx, journal.Entry{
			By: by.Login, Via: by.Via, Act: "raw.sealed", Object: fmt.Sprintf("raw/%d.%d", seal.Hour, seal.Part),
			Detail: map[string]any{"hour": hour, "part": seal.Part, "root": root, "frames": seal.Frames},
		})
	})
}
