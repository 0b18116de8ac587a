package matter

import (
	"context"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Listed is a matter in a list, with the clock of it that runs out first.
type Listed struct {
	*Matter
	Next *Running // nil when no clock runs
}

// Late reports whether a clock of the matter has run out at now.
func (l Listed) Late(now time.Time) bool { return l.Next != nil && l.Next.Deadline.Late(now) }

// Inbox returns the open matters whose next step by owes, the most urgent
// first: by when their first clock runs out, those without a due date last.
func (s *Store) Inbox(ctx context.Context, by access.Caller) (_ []Listed, err error) {
	defer fault.Wrap(&err, "matter.Inbox(%s)", by.Login)
	if err := by.Must("matter.read"); err != nil {
		return nil, err
	}
	if len(by.Roles) == 0 {
		return nil, nil
	}
	var c conditions
	c.scope(by.Scope, "m.division", "m.enterprise")
	c.scope(by.Scope, "m.owner_division", "m.owner_enterprise")
	roles := make([]string, len(by.Roles))
	for i, r := range by.Roles {
		roles[i] = c.arg(r)
	}
	c.where = append(c.where, "m.closed_at IS NULL",
		`EXISTS (SELECT 1 FROM matter_owners o WHERE o.matter = m.id AND o.role IN (`+strings.Join(roles, ", ")+`))`)
	all, err := s.list(ctx, c, "m.id", "500")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, byDue)
	return all, nil
}

// byDue sorts what runs out first to the front.
func byDue(a, b Listed) int {
	switch x, y := dueOf(a), dueOf(b); {
	case x.IsZero() && y.IsZero():
		return 0
	case x.IsZero():
		return 1
	case y.IsZero():
		return -1
	default:
		return x.Compare(y)
	}
}

// dueOf returns when l runs out; zero when it does not, for now.
func dueOf(l Listed) time.Time {
	if l.Next == nil || l.Next.Deadline.Stopped {
		return time.Time{}
	}
	return l.Next.Deadline.End
}

// Query says which matters List returns. Zero values ask for everything.
type Query struct {
	Open       *bool // true: open ones, false: closed ones
	Stage      Stage
	Playbook   string
	Outcome    string
	Enterprise int64
	Division   access.Division // this one and all inside it
	Text       string          // part of the title
	Before     ID              // ids below this; 0: the newest
	N          int             // 50 unless set, at most 500
}

// List returns the matters in by's scope that q asks for, the newest first.
func (s *Store) List(ctx context.Context, by access.Caller, q Query) (_ []Listed, err error) {
	defer fault.Wrap(&err, "matter.List(%s)", by.Login)
	if err := by.Must("matter.read"); err != nil {
		return nil, err
	}
	var c conditions
	c.scope(by.Scope, "m.division", "m.enterprise")
	if q.Division != "" {
		c.scope(access.Scope{Divisions: []access.Division{q.Division}}, "m.division", "m.enterprise")
	}
	c.equal("m.stage", string(q.Stage))
	c.equal("m.playbook", q.Playbook)
	c.equal("m.outcome", q.Outcome)
	c.equal("m.enterprise", q.Enterprise)
	if q.Open != nil && *q.Open {
		c.where = append(c.where, "m.closed_at IS NULL")
	} else if q.Open != nil {
		c.where = append(c.where, "m.closed_at IS NOT NULL")
	}
	if text := strings.TrimSpace(q.Text); text != "" {
		c.where = append(c.where, "m.title LIKE "+c.arg("%"+escapeLike.Replace(text)+"%")+` ESCAPE '\'`)
	}
	if q.Before != 0 {
		c.where = append(c.where, "m.id < "+c.arg(int64(q.Before)))
	}
	return s.list(ctx, c, "m.id DESC", pageSize(q.N))
}

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// list returns the matters that c selects, each with its first clock.
func (s *Store) list(ctx context.Context, c conditions, order, limit string) ([]Listed, error) {
	rows, err := sqldb.All[matterRow](ctx, s.db, `
		SELECT `+matterColumns+`
		  FROM matters m
		 WHERE `+c.text()+`
		 ORDER BY `+order+`
		 LIMIT `+limit, c.args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all := make([]Listed, len(rows))
	var ids conditions
	var marks []string
	for i, r := range rows {
		m, err := s.matter(ctx, s.db, r)
		if err != nil {
			return nil, err
		}
		all[i].Matter = m
		marks = append(marks, ids.arg(r.ID))
	}
	clocks, err := s.clocks(ctx, s.db, `k.stopped_at IS NULL AND k.matter IN (`+strings.Join(marks, ", ")+`)`, ids.args...)
	if err != nil {
		return nil, err
	}
	running, err := s.due(ctx, clocks)
	if err != nil {
		return nil, err
	}
	first := map[ID]*Running{}
	for i := range running {
		r := &running[i]
		if was := first[r.Matter]; was == nil || byDue(Listed{Next: r}, Listed{Next: was}) < 0 {
			first[r.Matter] = r
		}
	}
	for i := range all {
		all[i].Next = first[all[i].ID]
	}
	return all, nil
}

// Summary counts the matters in a scope.
type Summary struct {
	Open      int
	Late      int           // open, with a clock that has run out
	Suspended int           // open, counting is suspended
	Closed    int           // closed since the day asked for
	Stages    map[Stage]int // open, by stage
	Outcomes  map[string]int
}

// Summary counts the matters in by's scope at now: all open ones, and those
// closed from since on.
func (s *Store) Summary(ctx context.Context, by access.Caller, now, since time.Time) (_ Summary, err error) {
	defer fault.Wrap(&err, "matter.Summary(%s)", by.Login)
	if err := by.Must("matter.read"); err != nil {
		return Summary{}, err
	}
	sum := Summary{Stages: map[Stage]int{}, Outcomes: map[string]int{}}
	type row struct {
		Stage     string `db:"stage"`
		Suspended bool   `db:"suspended"`
		N         int    `db:"n"`
	}
	cond, args := by.Scope.Where("m.division", "m.enterprise", 1)
	open, err := sqldb.All[row](ctx, s.db, `
		SELECT m.stage, m.suspended, COUNT(*) AS n
		  FROM matters m
		 WHERE m.closed_at IS NULL
		   AND `+cond+`
		 GROUP BY m.stage, m.suspended`, args...)
	if err != nil {
		return Summary{}, err
	}
	for _, r := range open {
		sum.Open += r.N
		sum.Stages[Stage(r.Stage)] += r.N
		if r.Suspended {
			sum.Suspended += r.N
		}
	}
	if err := s.countClosed(ctx, by, since, &sum); err != nil {
		return Summary{}, err
	}
	if err := s.countLate(ctx, by, now, &sum); err != nil {
		return Summary{}, err
	}
	return sum, nil
}

func (s *Store) countClosed(ctx context.Context, by access.Caller, since time.Time, sum *Summary) error {
	type outcome struct {
		Outcome string `db:"outcome"`
		N       int    `db:"n"`
	}
	cond, args := by.Scope.Where("m.division", "m.enterprise", 2)
	closed, err := sqldb.All[outcome](ctx, s.db, `
		SELECT m.outcome, COUNT(*) AS n
		  FROM matters m
		 WHERE m.closed_at >= $1
		   AND `+cond+`
		 GROUP BY m.outcome`, append([]any{since.Unix()}, args...)...)
	if err != nil {
		return err
	}
	for _, r := range closed {
		sum.Closed += r.N
		sum.Outcomes[r.Outcome] += r.N
	}
	return nil
}

func (s *Store) countLate(ctx context.Context, by access.Caller, now time.Time, sum *Summary) error {
	cond, args := by.Scope.Where("m.division", "m.enterprise", 1)
	clocks, err := s.clocks(ctx, s.db, `k.stopped_at IS NULL AND m.closed_at IS NULL AND `+cond, args...)
	if err != nil {
		return err
	}
	running, err := s.due(ctx, clocks)
	if err != nil {
		return err
	}
	late := map[ID]bool{}
	for _, r := range running {
		if r.Deadline.Late(now) {
			late[r.Matter] = true
		}
	}
	sum.Late = len(late)
	return nil
}
