package notify

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of notices and of the outbox.
var Migrations = sqldb.Migrations{Set: "notify", Files: sub(files)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Notice is a line for one account, or for a role in a division or at an
// enterprise.
type Notice struct {
	ID         int64
	Account    int64  // 0 when it is for a role
	Role       string // empty when it is for an account
	Division   access.Division
	Enterprise int64
	Text       string
	Link       string // path inside the platform
	At         time.Time
	Read       bool // by the caller who asked
}

// Store reads notices and delivers messages.
type Store struct {
	// Webhooks are the addresses that every notice is also sent to. They are
	// those of the customer's own network.
	Webhooks []string

	db *sqldb.DB
}

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB) *Store { return &Store{db: db} }

// Post writes n, and a message to each webhook, in the caller's transaction.
func (s *Store) Post(ctx context.Context, tx *sqldb.Tx, n Notice) (err error) {
	defer fault.Wrap(&err, "notify.Post(account %d, role %s)", n.Account, n.Role)

	id := sqldb.NewID()
	if _, err := tx.Exec(ctx, `
		INSERT INTO notices (id, account, role, division, enterprise, text, link, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, n.Account, n.Role, string(n.Division), n.Enterprise, n.Text, n.Link, tx.Now.Unix()); err != nil {
		return err
	}
	for _, target := range s.Webhooks {
		payload := map[string]any{"notice": id, "text": n.Text, "link": n.Link, "at": tx.Now.Format(time.RFC3339)}
		if err := Enqueue(ctx, tx, Webhook, target, payload); err != nil {
			return err
		}
	}
	return nil
}

// addressed returns the condition that a notice is for by.
func addressed(by access.Caller, from int) (string, []any) {
	cond := fmt.Sprintf("(n.account = $%d AND n.account <> 0)", from)
	args := []any{by.Account}
	if len(by.Roles) == 0 {
		return cond, args
	}
	marks := make([]string, len(by.Roles))
	for i, role := range by.Roles {
		marks[i] = fmt.Sprintf("$%d", from+1+i)
		args = append(args, role)
	}
	scope, more := by.Scope.Where("n.division", "n.enterprise", from+1+len(by.Roles))
	return fmt.Sprintf("(%s OR (n.role IN (%s) AND %s))", cond, strings.Join(marks, ", "), scope), append(args, more...)
}

type noticeRow struct {
	ID         int64  `db:"id"`
	Account    int64  `db:"account"`
	Role       string `db:"role"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	Text       string `db:"text"`
	Link       string `db:"link"`
	At         int64  `db:"at"`
	ReadAt     *int64 `db:"read_at"`
}

// List returns up to n notices for by, the newest first, older than before when
// that is not 0.
func (s *Store) List(ctx context.Context, by access.Caller, before int64, n int) (_ []Notice, err error) {
	defer fault.Wrap(&err, "notify.List(account %d)", by.Account)

	if before == 0 {
		before = 1 << 62
	}
	cond, args := addressed(by, 3)
	rows, err := sqldb.All[noticeRow](ctx, s.db, fmt.Sprintf(`
		SELECT n.id, n.account, n.role, n.division, n.enterprise, n.text, n.link, n.at, r.read_at
		  FROM notices n
		  LEFT JOIN notice_reads r ON r.notice = n.id AND r.account = $1
		 WHERE n.id < $2
		   AND %s
		 ORDER BY n.id DESC
		 LIMIT %d`, cond, max(n, 1)), append([]any{by.Account, before}, args...)...)
	if err != nil {
		return nil, err
	}
	all := make([]Notice, len(rows))
	for i, r := range rows {
		all[i] = Notice{ID: r.ID, Account: r.Account, Role: r.Role, Division: access.Division(r.Division), Enterprise: r.Enterprise,
			Text: r.Text, Link: r.Link, At: clock.Unix(r.At), Read: r.ReadAt != nil}
	}
	return all, nil
}

// mostUnread is where counting stops: more is shown as 99+.
const mostUnread = 100

// Unread returns how many notices by has not read, at most 100.
func (s *Store) Unread(ctx context.Context, by access.Caller) (_ int, err error) {
	defer fault.Wrap(&err, "notify.Unread(account %d)", by.Account)

	cond, args := addressed(by, 2)
	n, _, err := sqldb.Value[int](ctx, s.db, fmt.Sprintf(`
		SELECT COUNT(*)
		  FROM (SELECT n.id
		          FROM notices n
		          LEFT JOIN notice_reads r ON r.notice = n.id AND r.account = $1
		         WHERE r.notice IS NULL
		           AND %s
		         LIMIT %d) unread`, cond, mostUnread), append([]any{by.Account}, args...)...)
	return n, err
}

// MarkRead marks the notice id as read by by; every notice when id is 0. A
// notice that is not for by stays as it is.
func (s *Store) MarkRead(ctx context.Context, by access.Caller, id int64) (err error) {
	defer fault.Wrap(&err, "notify.MarkRead(account %d, notice %d)", by.Account, id)

	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		cond, args := addressed(by, 4)
		_, err := tx.Exec(ctx, `
			INSERT INTO notice_reads (account, read_at, notice)
			SELECT `+numbers("$1", "$2")+`, n.id
			  FROM notices n
			 WHERE (`+numbers("$3")+` = 0 OR n.id = $3)
			   AND `+cond+`
			ON CONFLICT (account, notice) DO NOTHING`, append([]any{by.Account, tx.Now.Unix(), id}, args...)...)
		return err
	})
}

// numbers types placeholders as BIGINT: PostgreSQL takes one that stands alone
// in a SELECT for text.
func numbers(marks ...string) string {
	typed := make([]string, len(marks))
	for i, m := range marks {
		typed[i] = "CAST(" + m + " AS BIGINT)"
	}
	return strings.Join(typed, ", ")
}
