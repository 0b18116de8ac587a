package figure

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Stale is a result that rests on rows that have been corrected since. It is
// right by the figures of its day; whether it is made again is for people to
// decide.
type Stale struct {
	Result
	Rows []Outdated // those of its rows that have been corrected
}

// Outdated is a row that a result rests on, as it was and as it is.
type Outdated struct {
	Ref     standard.Ref // the revision that the result rests on
	Newest  int          // the revision in force
	Since   time.Time    // when the result was first noted so
	Was, Is standard.Row // zero where the catalog no longer has the row
	Changed []Change     // from Was to Is; none where the row was corrected back
}

// StaleQuery says which stale results Stale returns.
type StaleQuery struct {
	Kind  string // empty for all
	Table string // that rest on rows of this table; empty for all
	Key   string // that rest on this row of Table; empty for all
	After string // StalePage.Next of the page before
	N     int    // results a page; 50 unless set, at most 500
}

// StalePage is a part of the stale results, by kind and subject.
type StalePage struct {
	Results []Stale
	Next    string // for StaleQuery.After; empty on the last page
}

type staleRow struct {
	useRow
	Newest int `db:"newest"`
}

// Stale returns results in by's scope that rest on a revision that is no longer
// the newest of its row.
//
// The error is fault.Denied when by may not read figures, fault.Invalid when
// After is none that came from here.
func (s *Store) Stale(ctx context.Context, by access.Caller, q StaleQuery) (_ StalePage, err error) {
	defer fault.Wrap(&err, "figure.Stale(%s)", q.Kind)

	e, err := s.readable(ctx, by)
	if err != nil {
		return StalePage{}, err
	}
	where := []string{"u.revision < c.newest"}
	var args []any
	for _, f := range []struct{ column, is string }{{"u.kind", q.Kind}, {"u.table_name", q.Table}, {"u.row_key", q.Key}} {
		if f.is != "" {
			args = append(args, f.is)
			where = append(where, fmt.Sprintf("%s = $%d", f.column, len(args)))
		}
	}
	where, args, err = narrow(where, args, by, q.After)
	if err != nil {
		return StalePage{}, err
	}
	n := size(q.N)
	// The corrections are few and lead, by the index on rows, to the uses.
	rows, err := sqldb.All[staleRow](ctx, s.db, `
		WITH late AS (
		  SELECT `+useColumns+`,
		         c.newest
		    FROM (SELECT table_name,
		                 row_key,
		                 MAX(revision) AS newest
		            FROM figure_corrections
		           GROUP BY table_name, row_key) c
		    JOIN figure_uses u ON u.table_name = c.table_name AND u.row_key = c.row_key
		   WHERE `+strings.Join(where, "\n     AND ")+`
		), page AS (
		  SELECT DISTINCT kind,
		         subject
		    FROM late
		   ORDER BY kind, subject
		   LIMIT `+strconv.Itoa(n+1)+`
		)
		SELECT `+useColumns+`,
		       u.newest
		  FROM late u
		  JOIN page p ON p.kind = u.kind AND p.subject = u.subject
		 ORDER BY u.kind, u.subject, u.table_name, u.row_key`, args...)
	if err != nil {
		return StalePage{}, err
	}
	return e.pageOf(rows, n), nil
}

// pageOf puts the rows of each result together, and n results on a page.
func (e *edition) pageOf(rows []staleRow, n int) StalePage {
	var p StalePage
	for _, r := range rows {
		last := len(p.Results) - 1
		if last < 0 || p.Results[last].Kind != r.Kind || p.Results[last].Subject != r.Subject {
			if len(p.Results) == n {
				p.Next = token(p.Results[last].Result)
				break
			}
			p.Results = append(p.Results, Stale{Result: r.result()})
			last++
		}
		p.Results[last].Rows = append(p.Results[last].Rows, e.outdated(r))
	}
	return p
}

func (e *edition) outdated(r staleRow) Outdated {
	o := Outdated{Ref: r.ref(), Newest: r.Newest, Since: clock.Unix(r.NotedAt)}
	t := e.tables[r.Table]
	if t == nil {
		return o
	}
	for _, row := range t.Revisions(r.Key) {
		switch row.Revision {
		case r.Revision:
			o.Was = row
		case r.Newest:
			o.Is = row
		}
	}
	if o.Was.Key != "" && o.Is.Key != "" {
		o.Changed = changes(t.Columns, o.Was, o.Is)
	}
	return o
}
