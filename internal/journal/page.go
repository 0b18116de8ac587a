package journal

import (
	"context"
	"fmt"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Scope limits which rows a reader sees: a condition on the columns of division
// and of enterprise, with placeholders from $from. access.Scope is one.
type Scope interface {
	Where(division, enterprise string, from int) (cond string, args []any)
}

// Filter chooses rows of the journal. Zero fields choose nothing out.
type Filter struct {
	Act      string // beginning of the act: "matter." or "matter.move"
	Object   string // the object, exactly: "matter/123"
	By       string // the login, exactly
	From, To int64  // unix seconds, From inclusive, To exclusive
}

// maxPage is the largest page.
const maxPage = 500

// Page returns up to n rows (at most 500) of scope that f chooses, newest first,
// with numbers below before; before 0 begins at the newest.
func (l *Log) Page(ctx context.Context, scope Scope, f Filter, before int64, n int) (_ []Row, err error) {
	defer fault.Wrap(&err, "journal.Page(%+v, before %d)", f, before)

	cond, args := scope.Where("division", "enterprise", 1)
	where := []string{cond}
	and := func(format string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(format, len(args)))
	}
	if before > 0 {
		and("seq < $%d", before)
	}
	if f.Act != "" {
		// A substring compared with the whole, not LIKE: an act holds no wildcard,
		// but what somebody types may.
		args = append(args, len([]rune(f.Act)), f.Act)
		where = append(where, fmt.Sprintf("SUBSTR(act, 1, $%d) = $%d", len(args)-1, len(args)))
	}
	if f.Object != "" {
		and("object = $%d", f.Object)
	}
	if f.By != "" {
		and("by_login = $%d", f.By)
	}
	if f.From != 0 {
		and("done_at >= $%d", f.From)
	}
	if f.To != 0 {
		and("done_at < $%d", f.To)
	}
	args = append(args, min(max(n, 1), maxPage))
	return sqldb.All[Row](ctx, l.db, fmt.Sprintf(`
		SELECT `+rowColumns+`
		  FROM journal
		 WHERE %s
		 ORDER BY seq DESC
		 LIMIT $%d`,
		strings.Join(where, " AND "), len(args)), args...)
}

// Last returns the newest checkpoint of the database; nil when there is none.
// Its signature is not checked here: that is Verify's work.
func (l *Log) Last(ctx context.Context) (_ *Point, err error) {
	defer fault.Wrap(&err, "journal.Last")

	note, found, err := sqldb.Value[string](ctx, l.db, `SELECT note FROM journal_checkpoints ORDER BY size DESC LIMIT 1`)
	if err != nil || !found {
		return nil, err
	}
	p, _, _, err := parsePoint(note)
	if err != nil {
		return nil, err
	}
	return &p, nil
}
