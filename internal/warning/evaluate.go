package warning

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Evaluation is what came of a warning. Once it is kept it is frozen.
type Evaluation struct {
	Warning int64        `json:"warning"`
	Title   string       `json:"title"`
	Phases  []PhaseTotal `json:"phases"`
	Days    []DayTwin    `json:"days"`
	Firms   []FirmTotal  `json:"firms"`
	Summary string       `json:"-"`
	Who     string       `json:"-"`
	At      int64        `json:"-"`
}

// PhaseTotal is one phase in numbers.
type PhaseTotal struct {
	Phase    Phase    `json:"phase"`
	Hours    string   `json:"hours"`
	Unit     string   `json:"unit"`    // of the list's amounts
	Edition  string   `json:"edition"` // name of the list; empty where none was in force
	Notified int      `json:"notified"`
	Answered int      `json:"answered"`
	Late     int      `json:"late"` // of the answered
	Met      int      `json:"met"`
	Unmet    int      `json:"unmet"`
	Unknown  int      `json:"unknown"`
	Cuts     []CutSum `json:"cuts"`
}

// CutSum is what was reduced of a pollutant, as far as it can be known: the firms
// that met, by their list, over the hours of the phase.
type CutSum struct {
	Pollutant  string         `json:"pollutant"`
	Known      standard.Exact `json:"known"` // none where nothing is known
	Unit       string         `json:"unit"`
	Arithmetic string         `json:"arithmetic"`
	Unknown    int            `json:"unknown"` // firms of which it is not known
}

// DayTwin is a day as it was foretold beside what was measured.
type DayTwin struct {
	Division access.Division `json:"division"`
	On       standard.Date   `json:"on"`
	Foretold string          `json:"foretold"` // — where nobody did
	Made     int64           `json:"made"`     // when the forecast was made
	Measured string          `json:"measured"` // 未知 where nothing is known
	Primary  string          `json:"primary,omitempty"`
}

// FirmTotal is one firm in one phase.
type FirmTotal struct {
	Phase    int64           `json:"phase"` // number
	Division access.Division `json:"division"`
	Code     string          `json:"code"`
	Name     string          `json:"name"`
	Grade    string          `json:"grade,omitempty"`
	Reply    string          `json:"reply"`
	Verdict  Verdict         `json:"verdict"`
	Why      string          `json:"why"`
	Finding  int64           `json:"finding,omitempty"`
}

// Preview reckons the evaluation of a warning in by's scope as it would be now.
func (s *Store) Preview(ctx context.Context, by access.Caller, id int64) (e Evaluation, err error) {
	defer fault.Wrap(&err, "warning.Preview(%d)", id)
	if by.Scope.Enterprise != 0 {
		return e, fault.New(fault.NotFound, "没有这条预警的评估")
	}
	w, err := s.warning(ctx, s.db, by, id)
	if err != nil {
		return e, err
	}
	e, err = s.evaluate(ctx, w)
	return e.within(by), err
}

func (s *Store) evaluate(ctx context.Context, w Warning) (e Evaluation, err error) {
	now := s.db.Clock.Now()
	e = Evaluation{Warning: w.ID, Title: w.Title}
	phases, err := s.phases(ctx, s.db, w.ID)
	if err != nil {
		return e, err
	}
	for _, p := range phases {
		answers, err := s.answersOf(ctx, s.db, p.ID)
		if err != nil {
			return e, err
		}
		t := PhaseTotal{Phase: p, Hours: hoursText(p.seconds(now)), Notified: len(answers)}
		if p.Edition != 0 {
			l, err := s.list(ctx, s.db, platform, p.Edition)
			if err != nil {
				return e, err
			}
			t.Edition, t.Unit = l.Name(), l.Unit
		}
		t.count(answers, now)
		t.Cuts = cutSums(answers, t.Unit, p.seconds(now))
		e.Phases = append(e.Phases, t)
		for _, a := range answers {
			f := a.Firm()
			e.Firms = append(e.Firms, FirmTotal{p.N, a.Division, f.Code, f.Name, f.Grade, a.Reply(now), a.Verdict, a.Why, a.Finding})
		}
	}
	e.Days, err = s.twins(ctx, w, phases, now)
	return e, err
}

// seconds is how long p has lasted at now.
func (p Phase) seconds(now time.Time) int64 {
	end := now.Unix()
	if p.EndedAt != 0 && p.EndedAt < end {
		end = p.EndedAt
	}
	return max(0, end-p.StartsAt)
}

// hoursText writes seconds as hours with one decimal.
func hoursText(seconds int64) string {
	return standard.Int(seconds).Quo(standard.Int(3600)).Round(1)
}

func (t *PhaseTotal) count(answers []Answer, now time.Time) {
	for _, a := range answers {
		if a.AnsweredAt != 0 {
			t.Answered++
			if a.AnsweredAt > a.AnswerDueAt {
				t.Late++
			}
		}
		switch a.Verdict {
		case Met:
			t.Met++
		case Unmet:
			t.Unmet++
		default:
			t.Unknown++
		}
	}
}

// cutSums adds up what the firms that met reduce by their list, over the time of
// the phase. Of firms that did not, of those that nobody knows of, and of measures
// without an amount nothing is known.
func cutSums(answers []Answer, unit string, seconds int64) []CutSum {
	all := make([]CutSum, len(Pollutants))
	mass, perDay := strings.CutSuffix(unit, "/d")
	for i, p := range Pollutants {
		c := CutSum{Pollutant: p, Unit: mass}
		rate := standard.Exact{}
		for _, a := range answers {
			cut, missing := a.Firm().Cut()
			if a.Verdict != Met || missing[i] > 0 || !cut[i].IsSet() {
				c.Unknown++
			}
			if a.Verdict != Met || !cut[i].IsSet() {
				continue
			}
			if !rate.IsSet() {
				rate = standard.Int(0)
			}
			rate = rate.Add(cut[i])
		}
		switch {
		case len(answers) == 0:
			c.Arithmetic = "没有清单企业"
		case !rate.IsSet():
			c.Arithmetic = "没有可以确认的减排量"
		case !perDay:
			c.Arithmetic = fmt.Sprintf("清单以 %s 计，不能折算到本次时段", unit)
		default:
			c.Known = rate.Mul(standard.Int(seconds)).Quo(standard.Int(86400))
			c.Arithmetic = fmt.Sprintf("%s %s×%s 小时÷24=%s %s", rate, unit, hoursText(seconds), c.Known.Round(3), mass)
		}
		all[i] = c
	}
	return all
}

// twins sets what was foretold for the days of a warning, as it stood before each
// began, beside what was measured.
func (s *Store) twins(ctx context.Context, w Warning, phases []Phase, now time.Time) (all []DayTwin, err error) {
	if len(phases) == 0 {
		return nil, nil
	}
	last := phases[len(phases)-1]
	end := min(now.Unix(), last.StartsAt+last.seconds(now))
	from, to := dateOf(moment(phases[0].StartsAt)), dateOf(moment(end))
	for _, d := range w.Areas {
		foretold, err := s.ForecastHistory(ctx, platform, d, from)
		if err != nil {
			return nil, err
		}
		measured := map[standard.Date]aqi.Outlook{}
		if s.c.Measured != nil {
			days, err := s.c.Measured.Days(ctx, d, from, to)
			if err != nil {
				return nil, err
			}
			for _, o := range days {
				measured[o.On] = o
			}
		}
		var own []DayTwin
		known := false
		for at := moment(phases[0].StartsAt); dateOf(at) <= to; at = at.AddDate(0, 0, 1) {
			t := DayTwin{Division: d, On: dateOf(at), Foretold: "—", Measured: "未知"}
			t.foretell(foretold)
			if o, ok := measured[t.On]; ok && o.AQI != aqi.NoIAQI {
				t.Measured, t.Primary = fmt.Sprint(o.AQI), o.Primary.String()
			}
			known = known || t.Made != 0 || t.Measured != "未知"
			own = append(own, t)
		}
		if known || d == w.Division {
			all = append(all, own...)
		}
	}
	return all, nil
}

// foretell takes the last forecast made before the day began, else the first that
// was made on the day. Revisions come the latest first.
func (t *DayTwin) foretell(revisions []Forecast) {
	for _, f := range revisions {
		if made := dateOf(moment(f.At)); f.On == t.On && made <= t.On {
			t.Foretold, t.Made = f.Range(), f.At
			if made < t.On {
				return
			}
		}
	}
}

// within leaves of the firms those in by's scope.
func (e Evaluation) within(by access.Caller) Evaluation {
	e.Firms = slices.DeleteFunc(e.Firms, func(f FirmTotal) bool { return !by.Scope.Sees(f.Division, 0) })
	return e
}

// Evaluate freezes the evaluation of a lifted warning with a summary. Every hour
// of its firms is checked once more before.
//
// The error is fault.Denied without warning.draft or beyond by's scope,
// fault.Conflict when the warning is not lifted or has moved since version,
// fault.Invalid without a summary.
func (s *Store) Evaluate(ctx context.Context, by access.Caller, id, version int64, summary string) (err error) {
	defer fault.Wrap(&err, "warning.Evaluate(%d)", id)
	if err := by.Must(Evaluate.Needs()); err != nil {
		return err
	}
	if summary = strings.TrimSpace(summary); summary == "" {
		return fault.Fields(map[string]string{"reason": "请填写评估结论和改进意见"})
	}
	w, err := s.warning(ctx, s.db, by, id)
	if err != nil {
		return err
	}
	now := s.db.Clock.Now()
	switch {
	case !w.Leads(Evaluate):
		return w.refused(Evaluate)
	case w.StartsAt > now.Unix():
		return fault.New(fault.Conflict, "预警到 %s 才解除，之后再评估", minute(w.StartsAt))
	}
	if err := s.checkAgain(ctx, now, id); err != nil {
		return err
	}
	e, err := s.evaluate(ctx, w)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if w, err = s.at(ctx, tx, by, id, version); err != nil {
			return err
		}
		if !w.Leads(Evaluate) {
			return w.refused(Evaluate)
		}
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_evaluations (warning, body, summary, who, who_name, at)
			VALUES ($1, $2, $3, $4, $5, $6)`, id, pack(e), summary, by.Login, by.Name, tx.Now.Unix()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE warnings SET state = 'evaluated', moved_at = $1 WHERE id = $2`, tx.Now.Unix(), id); err != nil {
			return err
		}
		return s.happened(ctx, tx, by, w, string(Evaluate), "评估并归档", summary, nil)
	})
}

// Evaluation returns the frozen evaluation of a warning in by's scope.
//
// The error is fault.NotFound where there is none yet.
func (s *Store) Evaluation(ctx context.Context, by access.Caller, id int64) (e Evaluation, err error) {
	defer fault.Wrap(&err, "warning.Evaluation(%d)", id)
	if by.Scope.Enterprise != 0 {
		return e, fault.New(fault.NotFound, "没有这条预警的评估")
	}
	if _, err := s.warning(ctx, s.db, by, id); err != nil {
		return e, err
	}
	row, err := sqldb.One[struct {
		Body    string `db:"body"`
		Summary string `db:"summary"`
		Who     string `db:"who_name"`
		At      int64  `db:"at"`
	}](ctx, s.db, "这条预警还没有评估", `SELECT body, summary, who_name, at FROM warning_evaluations WHERE warning = $1`, id)
	unpack(row.Body, &e)
	e.Summary, e.Who, e.At = row.Summary, row.Who, row.At
	return e.within(by), err
}

// WriteXLSX writes the evaluation as a workbook: the firms, with phases, days and
// reductions among the notes.
func (e Evaluation) WriteXLSX(w io.Writer, nameOf func(access.Division) string) error {
	t := sheet.Table{Name: "企业落实情况", Title: e.Title + "评估", Columns: []sheet.Column{
		{Name: "时段", Kind: sheet.Number, Width: 8}, {Name: "预警级别", Width: 12}, {Name: "县（市、区）", Width: 14}, {Name: "统一社会信用代码", Width: 22}, {Name: "单位名称", Width: 28},
		{Name: "绩效等级", Width: 10}, {Name: "反馈", Width: 16}, {Name: "落实情况", Width: 12}, {Name: "核查说明", Width: 50},
	}}
	levels := map[int64]string{}
	for _, p := range e.Phases {
		levels[p.Phase.N] = p.Phase.Level.Name()
		t.Notes = append(t.Notes, p.text())
		for _, c := range p.Cuts {
			t.Notes = append(t.Notes, fmt.Sprintf("  %s 减排量（按清单，仅计已确认落实的企业）：%s；另有 %d 家未知", c.Pollutant, c.Arithmetic, c.Unknown))
		}
	}
	for _, d := range e.Days {
		t.Notes = append(t.Notes, fmt.Sprintf("%s %s：预报 AQI %s，实测 AQI %s", nameOf(d.Division), d.On, d.Foretold, d.Measured))
	}
	if e.Summary != "" {
		t.Notes = append(t.Notes, "评估结论："+e.Summary, fmt.Sprintf("评估人 %s，%s", e.Who, minute(e.At)))
	}
	t.Notes = append(t.Notes, "未知不等于落实。预警级别的条件为二手资料，待核实。")
	var rows [][]string
	for _, f := range e.Firms {
		rows = append(rows, []string{fmt.Sprint(f.Phase), levels[f.Phase], nameOf(f.Division), f.Code, f.Name, f.Grade, f.Reply, f.Verdict.Label(), f.Why})
	}
	return sheet.WriteXLSX(w, t, sheet.RowsOf(rows))
}

func (t PhaseTotal) text() string {
	list := t.Edition
	if list == "" {
		list = "没有现行清单"
	}
	return fmt.Sprintf("第 %d 时段 %s，%s 至 %s，%s 小时；清单 %s；通知 %d 家，反馈 %d 家（逾期 %d），落实 %d，未落实 %d，未知 %d",
		t.Phase.N, t.Phase.Level.Name(), minute(t.Phase.StartsAt), minute(t.Phase.EndedAt), t.Hours, list, t.Notified, t.Answered, t.Late, t.Met, t.Unmet, t.Unknown)
}
