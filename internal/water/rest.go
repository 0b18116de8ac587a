package water

import (
	"context"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Resting returns the results of places in by's scope that rest on any revision of
// a row of the standards, by period: those that a correction of that row concerns.
// At most 10,000 come.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Resting(ctx context.Context, by access.Caller, table, key string) (_ []Result, err error) {
	defer fault.Wrap(&err, "water.Resting(%s, %s)", table, key)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	ref := pack(standard.Ref{Table: table, Key: key})
	ref = ref[:len(ref)-len(`0}`)] // up to the revision
	cond, args := by.Scope.Where("r.division", "0", 2)
	return sqldb.All[Result](ctx, s.db, `
		SELECT `+of("r", resultColumns)+`
		  FROM water_bases b
		  JOIN water_results r ON r.basis = b.id
		 WHERE b.refs LIKE $1 ESCAPE '!'
		   AND `+cond+`
		 ORDER BY r.year, r.kind, r.n, r.place
		 LIMIT 10000`, append([]any{"%" + literal.Replace(ref) + "%"}, args...)...)
}

// Stale counts the results that rest on an earlier revision of a row.
type Stale struct {
	Results  int
	From, To int // years of the first and the last
	Was      int // the earliest revision
}

// Stale returns how many results of places in by's scope rest on revisions of a row
// before newest: those that a correction has left as they were.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Stale(ctx context.Context, by access.Caller, table, key string, newest int) (st Stale, err error) {
	defer fault.Wrap(&err, "water.Stale(%s, %s)", table, key)
	if err := by.Must("monitor.read"); err != nil {
		return st, err
	}
	ref := pack(standard.Ref{Table: table, Key: key})
	ref = ref[:len(ref)-len(`0}`)] // up to the revision
	cond, args := by.Scope.Where("r.division", "0", 2)
	rows, err := sqldb.All[struct {
		Refs    string `db:"refs"`
		Results int    `db:"results"`
		From    int    `db:"from_year"`
		To      int    `db:"to_year"`
	}](ctx, s.db, `
		SELECT b.refs, COUNT(*) AS results, MIN(r.year) AS from_year, MAX(r.year) AS to_year
		  FROM water_bases b
		  JOIN water_results r ON r.basis = b.id
		 WHERE b.refs LIKE $1 ESCAPE '!'
		   AND `+cond+`
		 GROUP BY b.id, b.refs`, append([]any{"%" + literal.Replace(ref) + "%"}, args...)...)
	for _, r := range rows {
		var refs []standard.Ref
		if err := unpack(r.Refs, &refs); err != nil {
			return st, err
		}
		i := slices.IndexFunc(refs, func(x standard.Ref) bool { return x.Table == table && x.Key == key })
		if i < 0 || refs[i].Revision >= newest {
			continue
		}
		if st.Results == 0 || r.From < st.From {
			st.From = r.From
		}
		if st.Results == 0 || refs[i].Revision < st.Was {
			st.Was = refs[i].Revision
		}
		st.To = max(st.To, r.To)
		st.Results += r.Results
	}
	return st, err
}

var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// of prefixes columns with the name of their table.
func of(table, columns string) string {
	all := strings.Split(columns, ",")
	for i, c := range all {
		all[i] = table + "." + strings.TrimSpace(c)
	}
	return strings.Join(all, ", ")
}

var _ Register = (*register.Store)(nil)
