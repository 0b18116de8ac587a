package warning

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Hour is what online data say of one expectation of a firm over one hour, named
// by its start.
type Hour struct {
	Answer     int64   `db:"answer" json:"-"`
	Item       int64   `db:"item" json:"item"` // the line of the firm, from 0
	At         int64   `db:"at" json:"at"`
	Revision   int64   `db:"revision" json:"-"`
	Verdict    Verdict `db:"verdict" json:"verdict"`
	Point      int64   `db:"point" json:"point"`
	Factor     string  `db:"factor" json:"factor"`
	Value      string  `db:"value" json:"value,omitempty"`
	Unit       string  `db:"unit" json:"unit"`
	Bound      string  `db:"bound" json:"bound"`
	Arithmetic string  `db:"arithmetic" json:"arithmetic"`
	Why        string  `db:"why" json:"why,omitempty"` // why it is unknown
	CheckedAt  int64   `db:"checked_at" json:"-"`
}

const hourColumns = `answer, item, at, revision, verdict, point, factor, value, unit, bound, arithmetic, why, checked_at`

func (h Hour) same(o Hour) bool {
	return h.Verdict == o.Verdict && h.Value == o.Value && h.Arithmetic == o.Arithmetic && h.Why == o.Why
}

// judge compares the mean of an hour with what is expected. A mean that does not
// count, or whose unit is not known, is unknown.
func judge(e Expect, m measure.Mean, unit string) Hour {
	h := Hour{At: m.Start, Point: e.Point, Factor: e.Factor, Unit: string(e.Unit), Bound: e.Bound.String(), Verdict: Unknown}
	from, err := standard.ParseUnit(unit)
	sample := standard.Sample{Value: m.Value, Unit: from, Period: standard.Hour}
	switch {
	case !m.Valid:
		h.Why = m.Reason()
	case err != nil:
		h.Why = "点位台账没有登记这个因子的单位"
	}
	if h.Why != "" {
		h.Arithmetic = "未知：" + h.Why
		return h
	}
	j := standard.Judge(sample, standard.Limit{Max: e.Bound, Unit: e.Unit, Confidence: standard.Source, Citation: standard.Citation{Confidence: standard.Source}})
	h.Value = j.Value.String()
	switch j.Verdict {
	case standard.Meets:
		h.Verdict, h.Arithmetic = Met, fmt.Sprintf("%s ≤ %s %s", show(j.Value), e.bound(), e.Unit)
	case standard.Exceeds:
		h.Verdict, h.Arithmetic = Unmet, fmt.Sprintf("%s > %s %s", show(j.Value), e.bound(), e.Unit)
	default:
		h.Why = j.Issue.Text()
		h.Arithmetic = "未知：" + h.Why
	}
	return h
}

// show writes a mean for reading: as it was reported, or rounded (GB/T 8170)
// where it has many digits.
func show(x standard.Exact) string {
	if x.Terminates() && len(x.String()) <= 12 {
		return x.String()
	}
	return x.Round(3)
}

// bound writes the bound, with the arithmetic where it follows from a baseline.
func (e Expect) bound() string {
	if e.Baseline.IsSet() {
		return fmt.Sprintf("%s×%s%%=%s", e.Baseline, e.Percent, e.Bound)
	}
	return e.Bound.String()
}

// tally draws the verdict of the online data from the latest verdict on each hour
// of each expectation.
func (a *Answer) tally(hours []Hour, lines int) {
	byHour, items := map[int64]Verdict{}, map[int64]bool{}
	for _, h := range hours {
		items[h.Item] = true
		was, ok := byHour[h.At]
		if !ok || h.Verdict == Unmet || h.Verdict == Unknown && was == Met {
			byHour[h.At] = h.Verdict
		}
	}
	a.HoursMet, a.HoursUnmet, a.HoursUnknown = 0, 0, 0
	for _, v := range byHour {
		switch v {
		case Met:
			a.HoursMet++
		case Unmet:
			a.HoursUnmet++
		default:
			a.HoursUnknown++
		}
	}
	silent := 0
	for _, l := range a.Firm().Lines {
		if l.Expect == nil {
			silent++
		}
	}
	counts := fmt.Sprintf("核查 %d 个小时：落实 %d，未落实 %d，未知 %d", len(byHour), a.HoursMet, a.HoursUnmet, a.HoursUnknown)
	switch {
	case a.HoursUnmet > 0:
		a.Online, a.Why = Unmet, counts
	case silent == lines:
		a.Online, a.Why = Unknown, "清单没有可用在线数据核查的条件，须现场核查"
	case len(byHour) == 0:
		a.Online, a.Why = Waiting, notDue
	case a.HoursUnknown > 0:
		a.Online, a.Why = Unknown, counts
	case silent > 0:
		a.Online, a.Why = Unknown, fmt.Sprintf("%s；另有 %d 项措施不能用在线数据核查", counts, silent)
	default:
		a.Online, a.Why = Met, counts
	}
	a.conclude()
}

// due is a firm whose hours are to be checked.
type due struct {
	answer   Answer
	phase    Phase
	from, to int64 // hours to check, by start; to is not included
}

// Check checks the firms of every warning that is in force or not evaluated yet,
// by the hours that are over at now with their grace. Of each firm the hours of
// the last Settings.Recheck are checked again, so that late data and marks count;
// a verdict on an hour that changes is a revision, the one before stays. Unmet
// hours become one finding a firm and phase. Run by several workers, each hour is
// told once.
func (s *Store) Check(ctx context.Context, now time.Time) (checked, unmet int, err error) {
	defer fault.Wrap(&err, "warning.Check")
	return s.checkAll(ctx, now, "w.state IN ('published', 'lifted')", false)
}

// Recheck checks every hour of the firms of a warning in by's scope again, as
// after late data. Evaluating does the same.
//
// The error is fault.Denied without warning.draft.
func (s *Store) Recheck(ctx context.Context, by access.Caller, warning int64) (err error) {
	defer fault.Wrap(&err, "warning.Recheck(%d)", warning)
	if err := by.Must("warning.draft"); err != nil {
		return err
	}
	if _, err := s.warning(ctx, s.db, by, warning); err != nil {
		return err
	}
	return s.checkAgain(ctx, s.db.Clock.Now(), warning)
}

// checkAgain checks every hour of the firms of one warning that is not evaluated.
func (s *Store) checkAgain(ctx context.Context, now time.Time, warning int64) error {
	_, _, err := s.checkAll(ctx, now, fmt.Sprintf("w.state IN ('published', 'lifted') AND w.id = %d", warning), true)
	return err
}

func (s *Store) checkAll(ctx context.Context, now time.Time, where string, whole bool) (checked, unmet int, err error) {
	all, err := sqldb.All[Answer](ctx, s.db, `
		SELECT `+answerColumnsOf("a")+`
		  FROM warning_answers a
		  JOIN warnings w ON w.id = a.warning
		 WHERE `+where+`
		 ORDER BY a.id`)
	if err != nil || len(all) == 0 {
		return 0, 0, err
	}
	points, err := s.points(ctx)
	if err != nil {
		return 0, 0, err
	}
	phases := map[int64]Phase{}
	for _, a := range all {
		p, ok := phases[a.Phase]
		if !ok {
			if p, err = s.phase(ctx, s.db, a.Phase); err != nil {
				return checked, unmet, err
			}
			phases[a.Phase] = p
		}
		d, ok := s.dueOf(a, p, now, whole)
		if !ok {
			continue
		}
		bad, err := s.checkOne(ctx, d, points)
		switch {
		case fault.Is(err, fault.Conflict):
			continue // another worker, or the firm's own answer, was first; next time
		case err != nil:
			// One firm must not keep the others from being checked.
			slog.Error("warning check", "answer", a.ID, "err", err)
			continue
		}
		checked++
		if bad {
			unmet++
		}
	}
	return checked, unmet, nil
}

// dueOf returns the hours of a firm that are to be checked; false for none. Only
// whole hours in which the measures were due count.
func (s *Store) dueOf(a Answer, p Phase, now time.Time, whole bool) (due, bool) {
	first := (p.DueAt + 3599) / 3600 * 3600
	end := now.Add(-s.c.Settings.HourGrace).Unix() / 3600 * 3600
	if p.EndedAt != 0 {
		end = min(end, p.EndedAt/3600*3600)
	}
	if end <= first || !whole && a.CheckedFor >= end {
		return due{}, false
	}
	from := first
	if !whole && a.CheckedFor != 0 {
		from = max(first, a.CheckedFor-int64(s.c.Settings.Recheck/time.Second))
	}
	return due{a, p, from, end}, true
}

func (s *Store) points(ctx context.Context) (map[int64]register.Point, error) {
	points, err := s.c.Register.Points(ctx, platform)
	byID := make(map[int64]register.Point, len(points))
	for _, p := range points {
		byID[p.ID] = p
	}
	return byID, err
}

// checkOne checks one firm and stores what is new.
func (s *Store) checkOne(ctx context.Context, d due, points map[int64]register.Point) (bad bool, err error) {
	defer fault.Wrap(&err, "warning.check(answer %d)", d.answer.ID)
	lines := d.answer.Firm().Lines
	var fresh []Hour
	for i, l := range lines {
		if l.Expect == nil {
			continue
		}
		for at := d.from; at < d.to; at += 3600 {
			h, err := s.hour(ctx, *l.Expect, points, at)
			if err != nil {
				return false, err
			}
			h.Answer, h.Item = d.answer.ID, int64(i)
			fresh = append(fresh, h)
		}
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		a := d.answer
		before, err := s.latestHours(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		after, news, err := s.saveHours(ctx, tx, before, fresh)
		if err != nil {
			return err
		}
		was := a.Verdict
		a.tally(after, len(lines))
		a.CheckedFor = d.to
		if bad = a.Verdict == Unmet; bad || a.Finding != 0 {
			if err := s.tellHours(ctx, tx, &a, d.phase, after, news); err != nil {
				return err
			}
		}
		if err := s.saveAnswer(ctx, tx, a); err != nil || a.Verdict == was {
			return err
		}
		return enter(ctx, tx, platform, "warning.verdict", fmt.Sprintf("warning_answer/%d", a.ID), a.Division, a.Enterprise, map[string]any{
			"warning": a.Warning, "from": was, "to": a.Verdict, "why": a.Why,
		})
	})
	return bad, err
}

// hour asks for the mean of one hour, under the codes by which the device may
// send the factor.
func (s *Store) hour(ctx context.Context, e Expect, points map[int64]register.Point, at int64) (Hour, error) {
	p, ok := points[e.Point]
	if !ok {
		return Hour{At: at, Point: e.Point, Factor: e.Factor, Unit: string(e.Unit), Bound: e.Bound.String(), Verdict: Unknown,
			Why: "监测点位已停用", Arithmetic: "未知：监测点位已停用"}, nil
	}
	medium := standard.WasteGas
	if p.Kind == "source_water" {
		medium = standard.WasteWater
	}
	codes := hj212.CodesOf(e.Factor)
	if len(codes) == 0 {
		codes = []string{e.Factor}
	}
	slices.SortStableFunc(codes, func(a, b string) int {
		_, first := p.Unit(a)
		_, second := p.Unit(b)
		switch {
		case first == second:
			return 0
		case first:
			return -1
		}
		return 1
	})
	var best Hour
	for i, code := range codes {
		m, err := s.c.Readings.HourMean(ctx, measure.MeanQuery{
			Point: measure.Point(p.ID), Factor: code, Interval: int64(p.MinuteEvery) * 60, Rules: s.c.Rules.Validity(medium, dateOf(moment(at))),
		}, at)
		if err != nil {
			return Hour{}, err
		}
		unit, _ := p.Unit(code)
		if h := judge(e, m, unit); i == 0 || m.Source != "" {
			best = h
		}
		if m.Source != "" || len(m.Rejected) > 0 || len(m.Marked) > 0 {
			break
		}
	}
	best.At = at
	return best, nil
}

// latestHours returns the latest verdict on each hour of an answer.
func (s *Store) latestHours(ctx context.Context, q sqldb.Querier, answer int64) ([]Hour, error) {
	return sqldb.All[Hour](ctx, q, `
		SELECT `+hourColumns+`
		  FROM warning_hours h
		 WHERE answer = $1
		   AND revision = (SELECT MAX(x.revision) FROM warning_hours x WHERE x.answer = h.answer AND x.item = h.item AND x.at = h.at)
		 ORDER BY at, item`, answer)
}

// saveHours stores the hours that say something new, each as a revision, and
// returns all as they stand then. news has the times of what is new, and whether
// that was unmet before.
func (s *Store) saveHours(ctx context.Context, tx *sqldb.Tx, before, fresh []Hour) (after []Hour, news map[int64]bool, err error) {
	type key struct{ item, at int64 }
	have := map[key]int{}
	after, news = slices.Clone(before), map[int64]bool{}
	for i, h := range after {
		have[key{h.Item, h.At}] = i
	}
	for _, h := range fresh {
		i, ok := have[key{h.Item, h.At}]
		if ok && after[i].same(h) {
			continue
		}
		h.Revision, h.CheckedAt = 1, tx.Now.Unix()
		wasUnmet := ok && after[i].Verdict == Unmet
		if ok {
			h.Revision = after[i].Revision + 1
			after[i] = h
		} else {
			after = append(after, h)
		}
		news[h.At] = news[h.At] || wasUnmet
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_hours (`+hourColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			h.Answer, h.Item, h.At, h.Revision, string(h.Verdict), h.Point, h.Factor, h.Value, h.Unit, h.Bound, h.Arithmetic, h.Why, h.CheckedAt); err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(after, func(a, b Hour) int { return int(a.At - b.At) })
	return after, news, nil
}

// Hours returns the hours of a firm as they were checked last, in order.
func (s *Store) Hours(ctx context.Context, by access.Caller, answer int64) (_ []Hour, err error) {
	defer fault.Wrap(&err, "warning.Hours(%d)", answer)
	if _, err := s.answer(ctx, s.db, by, answer); err != nil {
		return nil, err
	}
	return s.latestHours(ctx, s.db, answer)
}

// tellHours gives the finding of a firm the hours that are new: those that are
// unmet, and those that no longer are after they were told.
func (s *Store) tellHours(ctx context.Context, tx *sqldb.Tx, a *Answer, p Phase, hours []Hour, news map[int64]bool) error {
	had := a.Finding != 0
	for at := range hoursOf(hours) {
		var wrong []Hour
		for _, h := range hours {
			if h.At == at && h.Verdict == Unmet {
				wrong = append(wrong, h)
			}
		}
		wasUnmet, fresh := news[at]
		facts := Facts{Rule: rule, Warning: a.Warning, Level: p.Level, At: at, Hours: wrong, Legal: s.legal(at)}
		switch {
		case len(wrong) > 0 && (fresh || !had):
		case len(wrong) == 0 && wasUnmet && had:
			facts.Note = "重新核查后该小时不再判为未落实，原结果保留"
		default:
			continue
		}
		if err := s.tell(ctx, tx, a, p, facts); err != nil {
			return err
		}
	}
	return nil
}

// hoursOf yields the times of hours in order, each once.
func hoursOf(hours []Hour) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for i, h := range hours {
			if (i == 0 || hours[i-1].At != h.At) && !yield(h.At) {
				return
			}
		}
	}
}
