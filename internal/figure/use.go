package figure

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Result names something that rests on rows of the tables.
type Result struct {
	Kind       string          // what it is: "air_day", "section_month"; without spaces
	Subject    string          // which one, as its duty names it: "1101/2026-09-01"
	Label      string          // for people: 黑河市二中 2026-09-01
	Division   access.Division // where it lies: who sees that place sees it listed
	Enterprise int64           // entry id of the enterprise it is about; 0 for none
}

// Use is a result with the rows that it rests on.
type Use struct {
	Result
	Refs []standard.Ref
}

// Note writes down, in the transaction that stores a result, which rows it
// rests on, in the place of what was noted for it before; without Refs nothing
// is left noted. Where a row is named with several revisions, as by a result
// made of others, the oldest counts.
//
// A use that misses a name is a fault of the duty, and Internal.
func (s *Store) Note(ctx context.Context, tx *sqldb.Tx, use Use) (err error) {
	defer fault.Wrap(&err, "figure.Note(%s %s)", use.Kind, use.Subject)

	if use.Kind == "" || use.Subject == "" || strings.Contains(use.Kind, " ") {
		return fmt.Errorf("a use needs a kind without spaces and a subject; got %q, %q", use.Kind, use.Subject)
	}
	refs, err := oldest(use.Refs)
	if err != nil {
		return err
	}
	same, err := noted(ctx, tx, use.Result, refs)
	if err != nil || same {
		return err
	}
	if _, err := tx.Exec(ctx, `
		DELETE FROM figure_uses
		 WHERE kind = $1
		   AND subject = $2`, use.Kind, use.Subject); err != nil {
		return err
	}
	for part := range slices.Chunk(refs, 500) {
		if err := insert(ctx, tx, use.Result, part); err != nil {
			return err
		}
	}
	return nil
}

// oldest returns refs by table and key, each row once.
func oldest(refs []standard.Ref) ([]standard.Ref, error) {
	for _, r := range refs {
		if r.Table == "" || r.Key == "" || r.Revision < 1 {
			return nil, fmt.Errorf("a ref needs a table, a key and a revision; got %+v", r)
		}
	}
	refs = slices.SortedFunc(slices.Values(refs), func(a, b standard.Ref) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Revision, b.Revision))
	})
	return slices.CompactFunc(refs, func(a, b standard.Ref) bool { return a.Table == b.Table && a.Key == b.Key }), nil
}

// noted reports whether exactly refs are noted for r. A result that is made
// again every hour mostly rests on the same rows; then nothing is written.
func noted(ctx context.Context, tx *sqldb.Tx, r Result, refs []standard.Ref) (bool, error) {
	rows, err := sqldb.All[useRow](ctx, tx, `
		SELECT `+useColumns+`
		  FROM figure_uses u
		 WHERE u.kind = $1
		   AND u.subject = $2`, r.Kind, r.Subject)
	if err != nil || len(rows) != len(refs) {
		return false, err
	}
	for _, row := range rows {
		if row.result() != r || !slices.Contains(refs, row.ref()) {
			return false, nil
		}
	}
	return true, nil
}

// insert notes refs, which are few enough for one statement. Where another
// transaction notes the same result at the same time the later one stands.
func insert(ctx context.Context, tx *sqldb.Tx, r Result, refs []standard.Ref) error {
	args := []any{r.Kind, r.Subject, r.Label, string(r.Division), r.Enterprise, tx.Now.Unix()}
	var values []string
	for _, ref := range refs {
		n := len(args)
		values = append(values, fmt.Sprintf("($1, $2, $3, $4, $5, $6, $%d, $%d, $%d)", n+1, n+2, n+3))
		args = append(args, ref.Table, ref.Key, ref.Revision)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO figure_uses (kind, subject, label, division, enterprise, noted_at, table_name, row_key, revision)
		VALUES `+strings.Join(values, ", ")+`
		ON CONFLICT (kind, subject, table_name, row_key) DO UPDATE
		   SET label      = excluded.label,
		       division   = excluded.division,
		       enterprise = excluded.enterprise,
		       revision   = excluded.revision,
		       noted_at   = excluded.noted_at`, args...)
	return err
}

// useRow is a row of figure_uses.
type useRow struct {
	Kind       string `db:"kind"`
	Subject    string `db:"subject"`
	Label      string `db:"label"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	Table      string `db:"table_name"`
	Key        string `db:"row_key"`
	Revision   int    `db:"revision"`
	NotedAt    int64  `db:"noted_at"`
}

// useColumns are the columns of useRow.
const useColumns = `u.kind,
		       u.subject,
		       u.label,
		       u.division,
		       u.enterprise,
		       u.table_name,
		       u.row_key,
		       u.revision,
		       u.noted_at`

func (r useRow) result() Result {
	return Result{r.Kind, r.Subject, r.Label, access.Division(r.Division), r.Enterprise}
}

func (r useRow) ref() standard.Ref {
	return standard.Ref{Table: r.Table, Key: r.Key, Revision: r.Revision}
}

// Resting is a result that rests on a row.
type Resting struct {
	Result
	Revision int       // of the row
	Since    time.Time // when it was first noted so
}

// Uses returns results in by's scope that rest on a revision of a row, or on
// any where ref has none, by kind and subject: n (50 unless set, at most 500),
// after the page whose next is after. next is empty on the last page.
//
// The error is fault.Denied when by may not read figures, fault.Invalid when
// after is none that came from here.
func (s *Store) Uses(ctx context.Context, by access.Caller, ref standard.Ref, after string, n int) (_ []Resting, next string, err error) {
	defer fault.Wrap(&err, "figure.Uses(%s, %s, revision %d)", ref.Table, ref.Key, ref.Revision)

	if err := by.Must("figure.read"); err != nil {
		return nil, "", err
	}
	args := []any{ref.Table, ref.Key}
	where := []string{"u.table_name = $1", "u.row_key = $2"}
	if ref.Revision != 0 {
		args = append(args, ref.Revision)
		where = append(where, "u.revision = $3")
	}
	where, args, err = narrow(where, args, by, after)
	if err != nil {
		return nil, "", err
	}
	n = size(n)
	rows, err := sqldb.All[useRow](ctx, s.db, `
		SELECT `+useColumns+`
		  FROM figure_uses u
		 WHERE `+strings.Join(where, "\n   AND ")+`
		 ORDER BY u.kind, u.subject
		 LIMIT `+strconv.Itoa(n+1), args...)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > n {
		rows = rows[:n]
		next = token(rows[n-1].result())
	}
	var all []Resting
	for _, r := range rows {
		all = append(all, Resting{r.result(), r.Revision, clock.Unix(r.NotedAt)})
	}
	return all, next, nil
}

// narrow adds by's scope and the page to a condition on figure_uses u.
func narrow(where []string, args []any, by access.Caller, after string) ([]string, []any, error) {
	cond, scoped := by.Scope.Where("u.division", "u.enterprise", len(args)+1)
	where, args = append(where, cond), append(args, scoped...)
	if after == "" {
		return where, args, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(after)
	kind, subject, ok := strings.Cut(string(text), " ")
	if err != nil || !ok {
		return nil, nil, fault.New(fault.Invalid, "翻页的位置有误，请从第一页看起")
	}
	n := len(args)
	return append(where, fmt.Sprintf("(u.kind, u.subject) > ($%d, $%d)", n+1, n+2)), append(args, kind, subject), nil
}

// token names the place of r in a list by kind and subject.
func token(r Result) string {
	return base64.RawURLEncoding.EncodeToString([]byte(r.Kind + " " + r.Subject))
}
