package measure

import (
	"context"
	"slices"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Daily is the mean of one factor on one day as it stands in the table daily,
// for reports and for tools that read SQL. It is a copy: DayMean is the source.
type Daily struct {
	Point      Point  `db:"point"`
	Factor     string `db:"factor"`
	Field      string `db:"field"`
	On         string `db:"day_on"` // yyyy-mm-dd
	Value      string `db:"value"`  // exact decimal or fraction; empty where there is none
	Valid      bool   `db:"valid"`
	Issue      string `db:"issue"` // why not valid
	Source     string `db:"source"`
	Hours      int64  `db:"hours"`      // valid hours
	NeedHours  int64  `db:"need_hours"` // that the rules ask for
	ComputedAt int64  `db:"computed_at"`
}

// SaveDay takes the mean of the day that at lies in and stores it in daily,
// over what is there.
func (s *Store) SaveDay(ctx context.Context, q MeanQuery, at int64) (_ Mean, err error) {
	defer fault.Wrap(&err, "measure.SaveDay(point %d, %s, %d)", q.Point, q.Factor, at)

	if s.app == nil {
		return Mean{}, errNoApp
	}
	m, err := s.DayMean(ctx, q, at)
	if err != nil {
		return m, err
	}
	return m, s.app.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO daily (point, factor, field, day_on, value, valid, issue, source, hours, need_hours, computed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (point, factor, field, day_on) DO UPDATE
			   SET value       = excluded.value,
			       valid       = excluded.valid,
			       issue       = excluded.issue,
			       source      = excluded.source,
			       hours       = excluded.hours,
			       need_hours  = excluded.need_hours,
			       computed_at = excluded.computed_at`,
			int64(q.Point), q.Factor, q.field(), clock.Unix(m.Start).Format("2006-01-02"), m.Value.String(), m.Valid,
			string(m.Issue), string(m.Source), int64(m.Have), int64(m.Need.Least), tx.Now.Unix())
		return err
	})
}

// Days returns the daily values of points from one day to another, both
// included, by day, point and factor.
func (s *Store) Days(ctx context.Context, from, to string, points ...Point) (all []Daily, err error) {
	defer fault.Wrap(&err, "measure.Days(%s to %s)", from, to)

	if s.app == nil {
		return nil, nil
	}
	rows, err := sqldb.All[Daily](ctx, s.app, `
		SELECT point, factor, field, day_on, value, valid, issue, source, hours, need_hours, computed_at
		  FROM daily
		 WHERE day_on >= $1
		   AND day_on <= $2
		 ORDER BY day_on, point, factor, field`, from, to)
	for _, r := range rows {
		if slices.Contains(points, r.Point) {
			all = append(all, r)
		}
	}
	return all, err
}

// Exact returns the value as a number; none where there is none.
func (d *Daily) Exact() standard.Exact {
	var x standard.Exact
	if x.UnmarshalText([]byte(d.Value)) != nil {
		return standard.Exact{}
	}
	return x
}
