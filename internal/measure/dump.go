package measure

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// DumpOptions says what a dump is about.
type DumpOptions struct {
	From, To  int64 // unix seconds; 0 for all time
	NoArrival bool  // leaves out when things arrived and whether they were back-filled
}

// Dump writes everything that instruments reported, one line for each content of
// each factor at each time, in one order: two stores that were given the same
// frames dump the same bytes, however the frames came and whatever was sealed.
// Corrections are not in it. A line has, separated by tabs: kind, point, time,
// factor, revision (or "superseded"), QN, arrival, "backfilled" or "live", and
// the fields with their texts, quoted as in Go.
func (s *Store) Dump(ctx context.Context, w io.Writer, o DumpOptions) (err error) {
	defer fault.Wrap(&err, "measure.Dump")

	from, to := o.From, o.To
	if from == 0 && to == 0 {
		from, to = minAt, maxAt
	}
	out := bufio.NewWriter(w)
	for _, k := range Kinds {
		points, err := s.pointsOf(ctx, k)
		if err != nil {
			return err
		}
		for _, p := range points {
			months, err := s.monthsOf(ctx, p, k)
			if err != nil {
				return err
			}
			for _, m := range months {
				q := RowQuery{Point: p, Kind: k, From: max(from, m.start()), To: min(to, (m + 1).start()), Superseded: true}
				if q.From >= q.To {
					continue
				}
				if err := s.reported(ctx, q, func(r Row) error { return dumpRow(out, k, p, &r, o) }); err != nil {
					return err
				}
			}
		}
	}
	return out.Flush()
}

func dumpRow(w *bufio.Writer, k Kind, p Point, r *Row, o DumpOptions) error {
	dumpVersion(w, k, p, r, strconv.Itoa(r.Revision), &r.Version, o)
	for i := range r.Superseded {
		dumpVersion(w, k, p, r, "superseded", &r.Superseded[i], o)
	}
	return nil // the error of w stays with it until Flush
}

func dumpVersion(w *bufio.Writer, k Kind, p Point, r *Row, revision string, v *Version, o DumpOptions) {
	fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%d", k, p, clock.Unix(r.At).Format("2006-01-02 15:04:05"), r.Factor, revision, v.QN)
	if !o.NoArrival {
		state := "live"
		if v.Backfilled {
			state = "backfilled"
		}
		fmt.Fprintf(w, "\t%d\t%s", v.Received, state)
	}
	for _, f := range v.Values {
		fmt.Fprintf(w, "\t%s=%q", f.Field, f.Text)
	}
	w.WriteByte('\n')
}

type idRow struct {
	ID int64 `db:"id"`
}

// pointsOf returns the points that have anything of a kind, in order.
func (s *Store) pointsOf(ctx context.Context, k Kind) ([]Point, error) {
	seen := map[Point]bool{}
	hot, err := sqldb.All[idRow](ctx, s.hot, `SELECT DISTINCT point AS id FROM hot WHERE kind = $1`, int64(k))
	if err != nil {
		return nil, err
	}
	for _, r := range hot {
		seen[Point(r.ID)] = true
	}
	err = s.eachChunkDB(ctx, func(db *sqldb.DB) error {
		chunks, err := sqldb.All[idRow](ctx, db, `SELECT DISTINCT point AS id FROM chunk WHERE kind = $1`, int64(k))
		for _, r := range chunks {
			seen[Point(r.ID)] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	points := make([]Point, 0, len(seen))
	for p := range seen {
		points = append(points, p)
	}
	slices.Sort(points)
	return points, nil
}

// eachChunkDB calls fn with every database that has chunks.
func (s *Store) eachChunkDB(ctx context.Context, fn func(*sqldb.DB) error) error {
	if s.pg {
		return fn(s.hot)
	}
	months, err := s.chunks.months()
	if err != nil {
		return err
	}
	for _, m := range months {
		db, release, err := s.chunks.open(ctx, m, false)
		if err != nil {
			return err
		}
		if db == nil {
			continue
		}
		err = fn(db)
		release()
		if err != nil {
			return err
		}
	}
	return nil
}

// monthsOf returns the months in which a point has anything of a kind.
func (s *Store) monthsOf(ctx context.Context, p Point, k Kind) ([]month, error) {
	seen := map[month]bool{}
	note := func(rows []idRow, err error) error {
		for _, r := range rows {
			seen[monthOf(r.ID)] = true
		}
		return err
	}
	if err := note(sqldb.All[idRow](ctx, s.hot, `SELECT ts AS id FROM hot WHERE kind = $1 AND point = $2`, int64(k), int64(p))); err != nil {
		return nil, err
	}
	if err := s.eachChunkDB(ctx, func(db *sqldb.DB) error {
		return note(sqldb.All[idRow](ctx, db, `SELECT t0 AS id FROM chunk WHERE point = $1 AND kind = $2`, int64(p), int64(k)))
	}); err != nil {
		return nil, err
	}
	months := make([]month, 0, len(seen))
	for m := range seen {
		months = append(months, m)
	}
	slices.Sort(months)
	return months, nil
}
