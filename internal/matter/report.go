package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

type findingRow struct {
	ID         int64  `db:"id"`
	Key        string `db:"key"`
	Kind       string `db:"kind"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	Outlet     int64  `db:"outlet"`
	Point      int64  `db:"point"`
	Title      string `db:"title"`
	Facts      string `db:"facts"`
	At         int64  `db:"at"`
	LastAt     int64  `db:"last_at"`
	Peak       string `db:"peak"`
	Unit       string `db:"unit"`
	Times      string `db:"times"`
	Periods    int    `db:"periods"`
	CreatedAt  int64  `db:"created_at"`
	UpdatedAt  int64  `db:"updated_at"`
	Matter     *int64 `db:"matter"`
}

const findingColumns = `f.id, f.key, f.kind, f.division, f.enterprise, f.outlet, f.point, f.title, f.facts, f.at, f.last_at,
	f.peak, f.unit, f.times, f.periods, f.created_at, f.updated_at, m.id AS matter`

func (r findingRow) finding() Finding {
	f := Finding{ID: r.ID, Key: r.Key, Kind: r.Kind, Division: access.Division(r.Division), Enterprise: r.Enterprise,
		Outlet: r.Outlet, Point: r.Point, Title: r.Title, Facts: json.RawMessage(r.Facts), At: clock.Unix(r.At), LastAt: clock.Unix(r.LastAt),
		Peak: r.Peak, Unit: r.Unit, Times: r.Times, Periods: r.Periods, CreatedAt: clock.Unix(r.CreatedAt), UpdatedAt: clock.Unix(r.UpdatedAt)}
	if r.Matter != nil {
		f.Matter = ID(*r.Matter)
	}
	return f
}

// Find stores what a rule noticed: a new finding when there is none of f.Key,
// else one more period of it, that of f.LastAt. Telling a period again changes
// nothing; telling it with other facts keeps both, the later deciding. In
// whatever order periods are told, the finding comes out the same.
//
// The error is fault.Denied without finding.create or outside by's scope, and
// fault.Invalid when f lacks key, kind, title or period.
func (s *Store) Find(ctx context.Context, by access.Caller, f Finding) (found Finding, created bool, err error) {
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		found, created, err = s.FindTx(ctx, tx, by, f)
		return err
	})
	return found, created, err
}

// Report is Find, and opens a matter by playbook for the finding unless it has
// one, both in one transaction.
func (s *Store) Report(ctx context.Context, by access.Caller, f Finding, playbook string) (found Finding, created bool, err error) {
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		found, created, err = s.ReportTx(ctx, tx, by, f, playbook)
		return err
	})
	return found, created, err
}

// ReportTx is Report inside a transaction of the caller's.
func (s *Store) ReportTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f Finding, playbook string) (found Finding, created bool, err error) {
	defer fault.Wrap(&err, "matter.Report(%s, %s)", f.Key, playbook)
	if found, created, err = s.FindTx(ctx, tx, by, f); err != nil || found.Matter != 0 {
		return found, created, err
	}
	m, err := s.OpenTx(ctx, tx, by, found, playbook)
	if err != nil {
		return found, created, err
	}
	found.Matter = m.ID
	return found, created, nil
}

// FindTx is Find inside a transaction of the caller's.
func (s *Store) FindTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f Finding) (found Finding, created bool, err error) {
	defer fault.Wrap(&err, "matter.Find(%s)", f.Key)

	if err := by.Must("finding.create"); err != nil {
		return Finding{}, false, err
	}
	if !by.Scope.Sees(f.Division, f.Enterprise) {
		return Finding{}, false, fault.New(fault.Denied, "这条线索不在您的管辖范围内，不能登记")
	}
	if f.Key == "" || f.Kind == "" || f.Title == "" || f.LastAt.IsZero() {
		return Finding{}, false, fault.New(fault.Invalid, "线索缺自然键、类别、标题或时段，没有登记")
	}
	if f.At.IsZero() || f.At.After(f.LastAt) {
		f.At = f.LastAt
	}
	facts, err := canonicalFacts(f.Facts)
	if err != nil {
		return Finding{}, false, fault.From(err, fault.Invalid, "线索的事实不是正确的 JSON，没有登记")
	}
	now := tx.Now.Unix()
	n, err := tx.Exec(ctx, `
		INSERT INTO findings (id, key, kind, division, enterprise, outlet, point, title, facts, at, last_at,
		                      peak, peak_at, unit, times, periods, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17)
		ON CONFLICT (key) DO NOTHING`,
		sqldb.NewID(), f.Key, f.Kind, string(f.Division), f.Enterprise, f.Outlet, f.Point, f.Title, facts,
		f.At.Unix(), f.LastAt.Unix(), f.Peak, f.LastAt.Unix(), f.Unit, f.Times, now, now)
	if err != nil {
		return Finding{}, false, err
	}
	created = n == 1
	grew, err := s.grow(ctx, tx, f, facts)
	if err != nil {
		return Finding{}, false, err
	}
	if found, err = s.findingWhere(ctx, tx, by, "f.key = $1", f.Key); err != nil || !grew {
		return found, created, err
	}
	act := "finding.grow"
	if created {
		act = "finding.create"
	}
	return found, created, journal.Append(ctx, tx, journal.Entry{
		By: by.Login, Via: by.Via, Act: act, Object: fmt.Sprintf("finding/%d", found.ID),
		Division: string(found.Division), Enterprise: found.Enterprise,
		Detail: map[string]any{"key": f.Key, "title": f.Title, "period": f.LastAt.Unix(), "peak": f.Peak, "times": f.Times, "facts": json.RawMessage(facts)},
	})
}

// grow adds the period of f, and computes the finding from all its periods.
func (s *Store) grow(ctx context.Context, tx *sqldb.Tx, f Finding, facts string) (grew bool, err error) {
	// Writing to the row makes two tellers of one episode follow each other.
	var id int64
	if err := tx.QueryRow(ctx, `UPDATE findings SET key = key WHERE key = $1 RETURNING id`, f.Key).Scan(&id); err != nil {
		return false, err
	}
	periods, err := s.periods(ctx, tx, id)
	if err != nil {
		return false, err
	}
	next := Period{At: f.LastAt.Truncate(time.Second), Revision: 1, Peak: f.Peak, Times: f.Times, Facts: json.RawMessage(facts)}
	for i, p := range periods {
		if !p.At.Equal(next.At) {
			continue
		}
		if p.Peak == next.Peak && p.Times == next.Times && string(p.Facts) == facts {
			return false, nil
		}
		next.Revision = p.Revision + 1
		periods = append(periods[:i], periods[i+1:]...)
		break
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO finding_periods (finding, at, revision, peak, times, facts, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, next.At.Unix(), next.Revision, next.Peak, next.Times, facts, tx.Now.Unix()); err != nil {
		return false, err
	}
	first, last, peak := f.At, next, next
	for _, p := range periods {
		if p.At.After(last.At) {
			last = p
		}
		if p.At.Before(first) {
			first = p.At
		}
		if worse(Finding{Times: p.Times, Peak: p.Peak, LastAt: p.At}, Finding{Times: peak.Times, Peak: peak.Peak, LastAt: peak.At}) {
			peak = p
		}
	}
	_, err = tx.Exec(ctx, `
		UPDATE findings
		   SET at         = CASE WHEN at < $1 THEN at ELSE $2 END,
		       last_at    = $3,
		       peak       = $4,
		       peak_at    = $5,
		       times      = $6,
		       facts      = $7,
		       periods    = $8,
		       updated_at = $9
		 WHERE id = $10`,
		first.Unix(), first.Unix(), last.At.Unix(), peak.Peak, peak.At.Unix(), peak.Times, string(peak.Facts), len(periods)+1, tx.Now.Unix(), id)
	return true, err
}

// periods returns the last revision of each period of a finding, in order.
func (s *Store) periods(ctx context.Context, q sqldb.Querier, finding int64) ([]Period, error) {
	type row struct {
		At         int64  `db:"at"`
		Revision   int    `db:"revision"`
		Peak       string `db:"peak"`
		Times      string `db:"times"`
		Facts      string `db:"facts"`
		RecordedAt int64  `db:"recorded_at"`
	}
	rows, err := sqldb.All[row](ctx, q, `
		SELECT p.at, p.revision, p.peak, p.times, p.facts, p.recorded_at
		  FROM finding_periods p
		 WHERE p.finding = $1
		   AND p.revision = (SELECT MAX(x.revision) FROM finding_periods x WHERE x.finding = p.finding AND x.at = p.at)
		 ORDER BY p.at`, finding)
	if err != nil {
		return nil, err
	}
	all := make([]Period, len(rows))
	for i, r := range rows {
		all[i] = Period{clock.Unix(r.At), r.Revision, r.Peak, r.Times, json.RawMessage(r.Facts), clock.Unix(r.RecordedAt)}
	}
	return all, nil
}

// Finding returns the finding id.
//
// The error is fault.NotFound when there is none in by's scope, fault.Denied
// without finding.read.
func (s *Store) Finding(ctx context.Context, by access.Caller, id int64) (_ Finding, err error) {
	defer fault.Wrap(&err, "matter.Finding(%d)", id)
	return s.finding(ctx, s.db, by, id)
}

// Periods returns the periods of the finding id, in order, each as it was
// judged last.
func (s *Store) Periods(ctx context.Context, by access.Caller, id int64) (_ []Period, err error) {
	defer fault.Wrap(&err, "matter.Periods(%d)", id)
	if _, err := s.finding(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	return s.periods(ctx, s.db, id)
}

func (s *Store) finding(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) (Finding, error) {
	if !by.May("finding.create") {
		if err := by.Must("finding.read"); err != nil {
			return Finding{}, err
		}
	}
	return s.findingWhere(ctx, q, by, "f.id = $1", id)
}

func (s *Store) findingWhere(ctx context.Context, q sqldb.Querier, by access.Caller, cond string, arg any) (Finding, error) {
	scope, args := by.Scope.Where("f.division", "f.enterprise", 2)
	r, err := sqldb.One[findingRow](ctx, q, "没有这条线索，或不在您的管辖范围内", `
		SELECT `+findingColumns+`
		  FROM findings f
		  LEFT JOIN matters m ON m.finding = f.id
		 WHERE `+cond+`
		   AND `+scope, append([]any{arg}, args...)...)
	return r.finding(), err
}

// FindingQuery says which findings Findings returns.
type FindingQuery struct {
	Kind       string
	Point      int64
	Enterprise int64
	Unopened   bool  // only those without a matter
	Before     int64 // ids below this; 0: the newest
	N          int   // 50 unless set, at most 500
}

// Findings returns the findings in by's scope that q asks for, the newest
// first.
func (s *Store) Findings(ctx context.Context, by access.Caller, q FindingQuery) (_ []Finding, err error) {
	defer fault.Wrap(&err, "matter.Findings")
	if err := by.Must("finding.read"); err != nil {
		return nil, err
	}
	var c conditions
	c.scope(by.Scope, "f.division", "f.enterprise")
	c.equal("f.kind", q.Kind)
	c.equal("f.point", q.Point)
	c.equal("f.enterprise", q.Enterprise)
	if q.Unopened {
		c.where = append(c.where, "m.id IS NULL")
	}
	if q.Before != 0 {
		c.where = append(c.where, "f.id < "+c.arg(q.Before))
	}
	rows, err := sqldb.All[findingRow](ctx, s.db, `
		SELECT `+findingColumns+`
		  FROM findings f
		  LEFT JOIN matters m ON m.finding = f.id
		 WHERE `+c.text()+`
		 ORDER BY f.id DESC
		 LIMIT `+pageSize(q.N), c.args...)
	if err != nil {
		return nil, err
	}
	all := make([]Finding, len(rows))
	for i, r := range rows {
		all[i] = r.finding()
	}
	return all, nil
}

// conditions gathers the WHERE of a list.
type conditions struct {
	where []string
	args  []any
}

func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

func (c *conditions) scope(s access.Scope, division, enterprise string) {
	cond, args := s.Where(division, enterprise, len(c.args)+1)
	c.where, c.args = append(c.where, cond), append(c.args, args...)
}

// equal asks for a value unless it is the zero one.
func (c *conditions) equal(column string, v any) {
	if v != "" && v != int64(0) {
		c.where = append(c.where, column+" = "+c.arg(v))
	}
}

func (c *conditions) text() string { return strings.Join(c.where, "\n		   AND ") }

func pageSize(n int) string {
	if n <= 0 {
		n = 50
	}
	return fmt.Sprint(min(n, 500))
}
