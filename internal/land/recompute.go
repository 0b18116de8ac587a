package land

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// Recomputed is what a recomputation did.
type Recomputed struct {
	Samples int
	Changed int // verdicts that say something else now
}

// Recompute judges every sample of a site in by's scope again, by the figures in
// force and by what the file of the site says now. What was told before stays in
// the history of each verdict. The site's samples go to the division in which it
// lies now.
//
// The error is fault.Denied without point.edit and what reading needs,
// fault.NotFound when there is no such site in by's scope.
func (s *Store) Recompute(ctx context.Context, by access.Caller, id int64) (done Recomputed, err error) {
	defer fault.Wrap(&err, "land.Recompute(site %d)", id)
	if err := by.Must(Writes); err != nil {
		return done, err
	}
	site, err := s.site(ctx, by, id)
	if err != nil {
		return done, err
	}
	book, err := s.Book(ctx)
	if err != nil {
		return done, err
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		done = Recomputed{}
		if err := lock(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE land_samples SET division = $1 WHERE site = $2`, string(site.Division), id); err != nil {
			return err
		}
		samples, err := sqldb.All[Sample](ctx, tx, `SELECT `+sampleColumns+` FROM land_samples WHERE site = $1 ORDER BY id`, id)
		if err != nil {
			return err
		}
		before, err := judgements(ctx, tx, id)
		if err != nil {
			return err
		}
		names := map[string]bool{}
		for _, sample := range samples {
			names[sample.Round] = true
			if err := s.judge(ctx, tx, book, site, sample, "recompute "+by.Login); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if err := s.settle(ctx, tx, book, site, name); err != nil {
				return err
			}
		}
		after, err := judgements(ctx, tx, id)
		if err != nil {
			return err
		}
		done = Recomputed{len(samples), int(after - before)}
		return journal.Append(ctx, tx, by.Entry("land.recompute", fmt.Sprintf("entry/%d", id), map[string]any{
			"site": site.Name, "samples": done.Samples, "changed": done.Changed,
		}))
	})
	return done, err
}

// judgements counts the verdicts that a site ever had.
func judgements(ctx context.Context, tx *sqldb.Tx, site int64) (int64, error) {
	n, _, err := sqldb.Value[int64](ctx, tx, `
		SELECT COUNT(*)
		  FROM land_verdicts v
		  JOIN land_samples s ON s.id = v.sample
		 WHERE s.site = $1`, site)
	return n, err
}
