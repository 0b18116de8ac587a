package water

import (
	"context"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	gb "pingzhang/standard/water"
)

// lightColumns are resultColumns without the detail, which most lists need not.
const lightColumns = `place, kind, year, n, revision, division, class, state, target, attained, issue, confidence, basis, cause, reckoned_at`

// Results returns the results of all places in by's scope in a period, with their
// details. A place that is not among them is unknown.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Results(ctx context.Context, by access.Caller, slot Slot) (_ []Result, err error) {
	defer fault.Wrap(&err, "water.Results(%s)", slot.Name())
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 4)
	return sqldb.All[Result](ctx, s.db, `
		SELECT `+resultColumns+`
		  FROM water_results
		 WHERE kind = $1
		   AND year = $2
		   AND n = $3
		   AND `+cond, append([]any{string(slot.Kind), slot.Year, slot.N}, args...)...)
}

// Strip returns the results of a kind of all places in by's scope over some years,
// without their details, by time.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Strip(ctx context.Context, by access.Caller, kind gb.Kind, from, to int) (_ []Result, err error) {
	defer fault.Wrap(&err, "water.Strip(%s, %d, %d)", kind, from, to)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 4)
	return sqldb.All[Result](ctx, s.db, `
		SELECT `+lightColumns+`
		  FROM water_results
		 WHERE kind = $1
		   AND year >= $2
		   AND year <= $3
		   AND `+cond+`
		 ORDER BY year, n`, append([]any{string(kind), from, to}, args...)...)
}

// History returns all results of a place in by's scope, by time, with their
// details where detailed is set.
//
// The error is fault.Denied without monitor.read.
func (s *Store) History(ctx context.Context, by access.Caller, place int64, kind gb.Kind, detailed bool) (_ []Result, err error) {
	defer fault.Wrap(&err, "water.History(%d, %s)", place, kind)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	columns := lightColumns
	if detailed {
		columns = resultColumns
	}
	cond, args := by.Scope.Where("division", "0", 3)
	return sqldb.All[Result](ctx, s.db, `
		SELECT `+columns+`
		  FROM water_results
		 WHERE place = $1
		   AND kind = $2
		   AND `+cond+`
		 ORDER BY year, n`, append([]any{place, string(kind)}, args...)...)
}

// Result returns the result of a place in a period; nil where there is none in by's
// scope, which is unknown.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Result(ctx context.Context, by access.Caller, place int64, slot Slot) (_ *Result, err error) {
	defer fault.Wrap(&err, "water.Result(%d, %s)", place, slot.Name())
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	all, err := s.revisionsOf(ctx, by, "water_results", place, slot)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// ResultRevisions returns the results that were replaced by others of a place in a
// period, the latest first.
//
// The error is fault.Denied without monitor.read.
func (s *Store) ResultRevisions(ctx context.Context, by access.Caller, place int64, slot Slot) (_ []Result, err error) {
	defer fault.Wrap(&err, "water.ResultRevisions(%d, %s)", place, slot.Name())
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	return s.revisionsOf(ctx, by, "water_result_history", place, slot)
}

func (s *Store) revisionsOf(ctx context.Context, by access.Caller, table string, place int64, slot Slot) ([]Result, error) {
	cond, args := by.Scope.Where("division", "0", 5)
	return sqldb.All[Result](ctx, s.db, `
		SELECT `+resultColumns+`
		  FROM `+table+`
		 WHERE place = $1
		   AND kind = $2
		   AND year = $3
		   AND n = $4
		   AND `+cond+`
		 ORDER BY revision DESC`, append([]any{place, string(slot.Kind), slot.Year, slot.N}, args...)...)
}

// Values returns the standing values of a place in by's scope in a period, by day,
// sample and item. Those that were withdrawn are among them.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Values(ctx context.Context, by access.Caller, place int64, slot Slot) (_ []Value, err error) {
	defer fault.Wrap(&err, "water.Values(%d, %s)", place, slot.Name())
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	period := slot.Period()
	cond, args := by.Scope.Where("division", "0", 4)
	return sqldb.All[Value](ctx, s.db, `
		SELECT `+valueColumns+`
		  FROM water_values
		 WHERE place = $1
		   AND standing
		   AND sampled_on >= $2
		   AND sampled_on <= $3
		   AND `+cond+`
		 ORDER BY sampled_on, sample, item`, append([]any{place, string(period.From[:7]), string(period.To)}, args...)...)
}

// Latest returns the last month of which a place in by's scope has a result; the
// zero Slot where there is none.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Latest(ctx context.Context, by access.Caller) (_ Slot, err error) {
	defer fault.Wrap(&err, "water.Latest")
	if err := by.Must("monitor.read"); err != nil {
		return Slot{}, err
	}
	cond, args := by.Scope.Where("division", "0", 1)
	all, err := sqldb.All[Slot](ctx, s.db, `
		SELECT kind, year, n
		  FROM water_results
		 WHERE kind = 'month'
		   AND `+cond+`
		 ORDER BY year DESC, n DESC
		 LIMIT 1`, args...)
	if err != nil || len(all) == 0 {
		return Slot{}, err
	}
	return all[0], nil
}
