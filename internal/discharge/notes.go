package discharge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/sqldb"
)

// deadlineNote begins the keys of notes that a day can be marked no longer.
const deadlineNote = "deadline/"

// noteLease is how long a worker may take to post a note.
const noteLease = 2 * time.Minute

// note puts down, in the transaction of what it tells of, what the matter of e
// is to be told from due on. The same key is told once.
func (y *syncing) note(ctx context.Context, e *Episode, key string, due int64, text string) error {
	return y.put(ctx, e, fmt.Sprintf("%d/%s", e.ID, key), due, text)
}

func (y *syncing) put(ctx context.Context, e *Episode, key string, due int64, text string) error {
	if e.Matter == 0 {
		return nil
	}
	_, err := y.tx.Exec(ctx, `
		INSERT INTO matter_notes (id, key, episode, matter, text, due_at, lease_until)
		VALUES ($1, $2, $3, $4, $5, $6, 0)
		ON CONFLICT (key) DO NOTHING`,
		sqldb.NewID(), key, e.ID, e.Matter, text, due)
	return err
}

type noteRow struct {
	ID     int64  `db:"id"`
	Key    string `db:"key"`
	Matter int64  `db:"matter"`
	Text   string `db:"text"`
	Lease  int64  `db:"lease_until"`
}

// PostNotes tells matters, as remarks of the platform, what is due at now. A
// worker that dies after telling and before it is noted lets another look first
// whether it is told already. It returns how many it posted.
func (s *Store) PostNotes(ctx context.Context, now time.Time) (posted int, err error) {
	defer fault.Wrap(&err, "discharge.PostNotes")

	due, err := sqldb.All[noteRow](ctx, s.db, `
		SELECT id, key, matter, text, lease_until
		  FROM matter_notes
		 WHERE posted_at IS NULL
		   AND due_at <= $1
		   AND lease_until <= $2
		 ORDER BY id
		 LIMIT 500`, now.Unix(), now.Unix())
	if err != nil {
		return 0, err
	}
	for _, n := range due {
		won := false
		err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			changed, err := tx.Exec(ctx, `
				UPDATE matter_notes
				   SET lease_until = $1
				 WHERE id = $2
				   AND lease_until = $3
				   AND posted_at IS NULL`, now.Add(noteLease).Unix(), n.ID, n.Lease)
			won = changed == 1
			return err
		})
		if err != nil {
			return posted, err
		}
		if !won {
			continue
		}
		told, err := s.post(ctx, n)
		if err != nil {
			return posted, err
		}
		if err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			return tx.ExecOne(ctx, `UPDATE matter_notes SET posted_at = $1 WHERE id = $2`, now.Unix(), n.ID)
		}); err != nil {
			return posted, err
		}
		if told {
			posted++
		}
	}
	return posted, nil
}

// post writes the remark, unless it has lost its sense or stands there already.
func (s *Store) post(ctx context.Context, n noteRow) (told bool, err error) {
	if strings.HasPrefix(n.Key, deadlineNote) {
		live, _, err := sqldb.Value[int64](ctx, s.db, `SELECT COUNT(*) FROM episodes WHERE matter = $1 AND state NOT IN ('void', 'merged')`, n.Matter)
		if err != nil || live == 0 { // nothing of the matter stands that could be marked
			return false, err
		}
	}
	if n.Lease != 0 { // somebody began with it before
		events, err := s.matters.Timeline(ctx, platform, matter.ID(n.Matter))
		if err != nil {
			return false, err
		}
		for _, ev := range events {
			if ev.Note == n.Text {
				return false, nil
			}
		}
	}
	return true, s.matters.Comment(ctx, platform, matter.ID(n.Matter), n.Text)
}
