package water

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// reckon evaluates again every period that months of a place enter, and stores
// what comes out otherwise. The place is locked.
func (s *Store) reckon(ctx context.Context, tx *sqldb.Tx, p Place, months map[string]bool, cause string) (changed int, err error) {
	years := map[int]map[int]bool{}
	for m := range months {
		y, n := month(m)
		if years[y] == nil {
			years[y] = map[int]bool{}
		}
		years[y][n] = true
	}
	for _, y := range slices.Sorted(maps.Keys(years)) {
		n, err := s.reckonYear(ctx, tx, p, y, years[y], cause)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// reckonYear is reckon of the months of one year.
func (s *Store) reckonYear(ctx context.Context, tx *sqldb.Tx, p Place, year int, months map[int]bool, cause string) (changed int, err error) {
	first, last := fmt.Sprintf("%d-01", year), fmt.Sprintf("%d-12", year)
	values, err := sqldb.All[Value](ctx, tx, `
		SELECT `+valueColumns+`
		  FROM water_values
		 WHERE place = $1
		   AND standing
		   AND sampled_on >= $2
		   AND sampled_on <= $3
		 ORDER BY sampled_on, sample, item`, p.ID, first, last+"-99")
	if err != nil {
		return 0, err
	}
	stored, err := sqldb.All[Result](ctx, tx, `
		SELECT `+resultColumns+`
		  FROM water_results
		 WHERE place = $1
		   AND year = $2`, p.ID, year)
	if err != nil {
		return 0, err
	}
	old, newest := map[Slot]*Result{}, 0
	for i := range stored {
		old[stored[i].Slot] = &stored[i]
	}
	for _, v := range values {
		if v.Raw != "" {
			_, m := month(v.On)
			newest = max(newest, m)
		}
	}
	slots := map[Slot]bool{}
	for m := range months {
		for _, slot := range slotsOf(year, m, newest) {
			slots[slot] = true
		}
		// Parts of the year that ended later than anything there is now.
		for slot := range old {
			if slot.Kind == "to_date" && slot.N >= m {
				slots[slot] = true
			}
		}
	}
	for slot := range slots {
		of := slot.Period()
		some := within(values, string(of.From[:7]), string(of.To[:7]))
		if o := old[slot]; len(some) > 0 || o != nil {
			ok, err := s.saveResult(ctx, tx, p, o, evaluate(s.Book(), p, slot, some), cause)
			if err != nil {
				return changed, err
			}
			if ok {
				changed++
			}
		}
	}
	return changed, nil
}

// saveResult stores a result where it says something new, keeping the one it
// replaces. Its cause names the act of a person that made it, which stands in the
// journal.
func (s *Store) saveResult(ctx context.Context, tx *sqldb.Tx, p Place, old *Result, r Result, cause string) (changed bool, err error) {
	if old != nil && old.same(r) {
		return false, nil
	}
	r.Revision, r.Cause, r.ReckonedAt = 1, cause, tx.Now.Unix()
	if _, err := tx.Exec(ctx, `
		INSERT INTO water_bases (id, refs)
		VALUES ($1, $2)
		ON CONFLICT DO NOTHING`, r.Basis, r.refs); err != nil {
		return false, err
	}
	if old != nil {
		r.Revision = old.Revision + 1
		if err := tx.ExecOne(ctx, `
			INSERT INTO water_result_history (`+resultColumns+`, replaced_at)
			VALUES (`+placeholders(17)+`)`, append(old.args(), tx.Now.Unix())...); err != nil {
			return false, err
		}
		if err := tx.ExecOne(ctx, `
			DELETE FROM water_results
			 WHERE place = $1
			   AND kind = $2
			   AND year = $3
			   AND n = $4
			   AND revision = $5`, old.Place, string(old.Kind), old.Year, old.N, old.Revision); err != nil {
			return false, err
		}
	}
	if err := tx.ExecOne(ctx, `
		INSERT INTO water_results (`+resultColumns+`)
		VALUES (`+placeholders(16)+`)`, r.args()...); err != nil {
		return false, err
	}
	if s.note == nil {
		return true, nil
	}
	var refs []standard.Ref
	if err := unpack(r.refs, &refs); err != nil {
		return false, err
	}
	return true, s.note(ctx, tx, r, p.Name+" "+r.Name(), refs)
}

// months returns the months of a place, of some years, that have values.
func monthsTx(ctx context.Context, q sqldb.Querier, place int64, from, to int) (map[string]bool, error) {
	all, err := sqldb.All[struct {
		Month string `db:"month"`
	}](ctx, q, `
		SELECT DISTINCT substr(sampled_on, 1, 7) AS month
		  FROM water_values
		 WHERE place = $1
		   AND sampled_on >= $2
		   AND sampled_on < $3`, place, fmt.Sprintf("%04d", from), fmt.Sprintf("%04d", to+1))
	months := map[string]bool{}
	for _, m := range all {
		months[m.Month] = true
	}
	return months, err
}

// Recompute evaluates the places in by's scope again over some years, by the
// standards and registers of now. What comes out otherwise is a new revision that
// names this act. It returns how many results changed.
//
// The error is fault.Denied without point.edit, fault.Invalid without a reason or
// for years that are none.
func (s *Store) Recompute(ctx context.Context, by access.Caller, from, to int, reason string) (changed int, err error) {
	defer fault.Wrap(&err, "water.Recompute(%d, %d)", from, to)
	if err := by.Must("point.edit"); err != nil {
		return 0, err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return 0, fault.New(fault.Invalid, "请写明重新计算的原因")
	case from < 2002 || to > 2100 || to < from:
		return 0, fault.New(fault.Invalid, "重新计算的起止年份不对：%d 至 %d", from, to)
	}
	places, err := s.Places(ctx, by)
	if err != nil {
		return 0, err
	}
	cause := fmt.Sprintf("recompute/%d", sqldb.NewID())
	// The act is entered first, so that no result names one that is not there.
	if err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		return appendEntry(ctx, tx, by, "water.recompute", cause, map[string]any{"from": from, "to": to, "reason": reason, "places": len(places)})
	}); err != nil {
		return 0, err
	}
	for _, p := range places {
		n, err := s.again(ctx, p, from, to, cause)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// again evaluates one place over some years.
func (s *Store) again(ctx context.Context, p Place, from, to int, cause string) (changed int, err error) {
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := lockPlace(ctx, tx, p.ID); err != nil {
			return err
		}
		months, err := monthsTx(ctx, tx, p.ID, from, to)
		if err != nil {
			return err
		}
		changed, err = s.reckon(ctx, tx, p, months, cause)
		return err
	})
	return changed, err
}

// Follow evaluates again the places whose entries, or targets, were changed in the
// registers since it was last called: what comes out otherwise is a revision that
// names the change. It returns how many results changed. It may be stopped at any
// moment and run by several workers at once.
func (s *Store) Follow(ctx context.Context, _ time.Time) (changed int, err error) {
	defer fault.Wrap(&err, "water.Follow")
	since, _, err := sqldb.Value[int64](ctx, s.db, `SELECT rev FROM water_followed WHERE id = 1`)
	if err != nil {
		return 0, err
	}
	for {
		entries, next, err := s.register.Changes(ctx, platform, since, 500)
		if err != nil || next == since {
			return changed, err
		}
		causes, targets := map[int64]string{}, ""
		for _, e := range entries {
			cause := fmt.Sprintf("entry/%d/%d", e.ID, e.Version)
			switch e.Register {
			case SectionRegister, SourceRegister:
				causes[e.ID] = cause
			case TargetRegister:
				causes[e.Ref("section")], targets = cause, cause
			}
		}
		n, err := s.followed(ctx, causes, targets)
		if err != nil {
			return changed, err
		}
		changed, since = changed+n, next
		if err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `
				INSERT INTO water_followed (id, rev)
				VALUES (1, $1)
				ON CONFLICT (id) DO UPDATE
				   SET rev = excluded.rev`, next)
			return err
		}); err != nil {
			return changed, err
		}
	}
}

// followed evaluates again the places of which something was changed. A target may
// have been taken from one section to another, which only the results of the first
// still tell; targets is the cause of that, or empty.
func (s *Store) followed(ctx context.Context, causes map[int64]string, targets string) (changed int, err error) {
	if len(causes) == 0 {
		return 0, nil
	}
	places, err := s.Places(ctx, platform)
	if err != nil {
		return 0, err
	}
	if targets != "" {
		all, err := sqldb.All[Result](ctx, s.db, `
			SELECT place, kind, year, n, target
			  FROM water_results`)
		if err != nil {
			return 0, err
		}
		for _, r := range all {
			p, ok := places.ByID(r.Place)
			if ok && causes[p.ID] == "" && !p.Source() && p.TargetOn(r.Period().To).Class != r.Target {
				causes[p.ID] = targets
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(causes)) {
		p, ok := places.ByID(id)
		if !ok {
			continue
		}
		n, err := s.again(ctx, p, 2002, 2100, causes[id])
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}
