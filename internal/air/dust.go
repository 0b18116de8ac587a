package air

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// DustState is how a deduction of sand and dust stands.
type DustState string

// The states. Only what was approved is deducted, and only in evaluations that
// say so; a withdrawn deduction counts no more, and stays to be read.
const (
	DustProposed  DustState = "proposed"
	DustApproved  DustState = "approved"
	DustRefused   DustState = "refused"
	DustWithdrawn DustState = "withdrawn"
)

// Permissions of the deduction of sand and dust. Who approves is another person
// than who proposed.
const (
	MayDeduct  access.Permission = "air.deduct"
	MayApprove access.Permission = "air.deduct_approve"
)

// Dust is a deduction of sand and dust (沙尘扣除): somebody's decision to leave the
// particles of some days out of means and of the composite index. Days are never
// changed by it, and the ratio of good days never counts it.
type Dust struct {
	ID            int64           `db:"id"`
	Division      access.Division `db:"division"` // that all places lie in: who sees it
	State         DustState       `db:"state"`
	From          int64           `db:"from_at"` // the hours of the dust; To is not included
	To            int64           `db:"to_at"`
	PollutantText string          `db:"pollutants"`
	PlacesText    string          `db:"places"`
	Reason        string          `db:"reason"`
	Evidence      string          `db:"evidence"` // notices, satellite pictures, trajectories: where they are found
	ProposedBy    string          `db:"proposed_by"`
	ProposedName  string          `db:"proposed_name"`
	ProposedAt    int64           `db:"proposed_at"`
	DecidedBy     string          `db:"decided_by"`
	DecidedName   string          `db:"decided_name"`
	DecidedAt     int64           `db:"decided_at"` // 0 while nobody has decided
	Decision      string          `db:"decision"`   // in words
	EndedBy       string          `db:"ended_by"`
	EndedName     string          `db:"ended_name"`
	EndedAt       int64           `db:"ended_at"`
	EndedWhy      string          `db:"ended_why"`
}

const dustColumns = `id, division, state, from_at, to_at, pollutants, places, reason, evidence, proposed_by, proposed_name, proposed_at,
		       decided_by, decided_name, decided_at, decision, ended_by, ended_name, ended_at, ended_why`

// Places returns the stations and divisions it is taken out of.
func (d *Dust) Places() (all []Place) {
	for key := range strings.SplitSeq(d.PlacesText, ",") {
		if p, ok := placeOf(key); ok {
			all = append(all, p)
		}
	}
	return all
}

// Pollutants returns what is taken out.
func (d *Dust) Pollutants() (s aqi.Set) {
	for name := range strings.SplitSeq(d.PollutantText, ",") {
		if p, ok := aqi.ParsePollutant(name); ok {
			s |= aqi.SetOf(p)
		}
	}
	return s
}

// Days returns the days that the hours lie in, whose means are left out.
func (d *Dust) Days() (all []standard.Date) {
	for at := clock.Day(clock.Unix(d.From)); at.Unix() < d.To; at = at.AddDate(0, 0, 1) {
		all = append(all, dateOf(at.Unix()))
	}
	return all
}

// Key writes a place as it is kept and as pages name it: s12 for a station, else
// the code of the division.
func (p Place) Key() string {
	if p.Station != 0 {
		return "s" + strconv.FormatInt(p.Station, 10)
	}
	_, key := p.table()
	return key.(string)
}

// placeOf reads what Key wrote.
func placeOf(key string) (Place, bool) {
	if id, is := strings.CutPrefix(key, "s"); is {
		n, err := strconv.ParseInt(id, 10, 64)
		return Place{Station: n}, err == nil && n > 0
	}
	return Place{Division: access.Division(key)}, len(key) == 6
}

// maxDustDays is the longest stretch of one deduction.
const maxDustDays = 31

// Deduct proposes a deduction: hours (From, To), Pollutants, Places, Reason and
// Evidence of d. Nothing is deducted before it is approved.
//
// The error is fault.Denied without air.deduct or for a place outside the scope,
// fault.Invalid, with fields, for what is missing or cannot be.
func (s *Store) Deduct(ctx context.Context, by access.Caller, d Dust, places []Place, pollutants aqi.Set) (_ Dust, err error) {
	defer fault.Wrap(&err, "air.Deduct")
	if err := by.Must(MayDeduct); err != nil {
		return d, err
	}
	d.Reason, d.Evidence = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Evidence)
	if wrong := s.dustWrong(&d, places, pollutants); len(wrong) > 0 {
		return d, fault.Fields(wrong)
	}
	divisions, err := s.dustDivisions(ctx, by, places)
	if err != nil {
		return d, err
	}
	var keys, names []string
	for _, p := range places {
		keys = append(keys, p.Key())
	}
	for _, p := range pollutants.List() {
		names = append(names, p.String())
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	d = Dust{
		ID: sqldb.NewID(), Division: common(divisions), State: DustProposed, From: d.From, To: d.To, PollutantText: strings.Join(names, ","), PlacesText: strings.Join(keys, ","),
		Reason: d.Reason, Evidence: d.Evidence, ProposedBy: by.Login, ProposedName: by.Name,
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		d.ProposedAt = tx.Now.Unix()
		if err := tx.ExecOne(ctx, `
			INSERT INTO air_dust (`+dustColumns+`)
			VALUES (`+holders(20)+`)`, d.args()...); err != nil {
			return err
		}
		for _, key := range keys {
			for _, on := range d.Days() {
				if err := tx.ExecOne(ctx, `INSERT INTO air_dust_days (dust, place, day_on) VALUES ($1, $2, $3)`, d.ID, key, string(on)); err != nil {
					return err
				}
			}
		}
		return journal.Append(ctx, tx, s.dustEntry(by, "air.dust.propose", &d, nil))
	})
	return d, err
}

// dustWrong says what is missing or cannot be, by field.
func (s *Store) dustWrong(d *Dust, places []Place, pollutants aqi.Set) map[string]string {
	wrong := map[string]string{}
	switch {
	case d.From <= 0 || d.To <= d.From:
		wrong["to"] = "请填写沙尘影响的起止时间，结束晚于开始"
	case d.To-d.From > maxDustDays*86400:
		wrong["to"] = fmt.Sprintf("一次最多扣除 %d 天，请分开填写", maxDustDays)
	case d.To > s.now().Unix():
		wrong["to"] = "沙尘影响的时间不能晚于现在"
	}
	if len(places) == 0 {
		wrong["places"] = "请选择受影响的站点或区域"
	}
	if pollutants == 0 || pollutants&^aqi.SetOf(aqi.PM10, aqi.PM25) != 0 {
		wrong["pollutants"] = "沙尘影响只能从 PM10 和 PM2.5 中扣除，请至少选择一项"
	}
	if d.Reason == "" {
		wrong["reason"] = "请写明扣除的理由"
	}
	if d.Evidence == "" {
		wrong["evidence"] = "请写明依据的材料：沙尘天气预报或通报、卫星图、后向轨迹及其存放处"
	}
	return wrong
}

// dustDivisions returns where places lie, all of which the caller must see.
func (s *Store) dustDivisions(ctx context.Context, by access.Caller, places []Place) (all []access.Division, err error) {
	net, err := s.load(ctx, s.now())
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		d := p.Division
		if p.Station != 0 {
			d = net.byID[p.Station].Division
		}
		if d == "" || !by.Scope.Sees(d, 0) {
			return nil, fault.New(fault.Denied, "所选站点或区域不在您的管辖范围内")
		}
		all = append(all, d)
	}
	return all, nil
}

// common returns the smallest division that holds all.
func common(all []access.Division) access.Division {
	prefix := ""
	for i, d := range all {
		if p := d.Prefix(); i == 0 {
			prefix = p
		} else {
			for !strings.HasPrefix(p, prefix) {
				prefix = prefix[:len(prefix)-2]
			}
		}
	}
	if len(prefix) == 4 {
		prefix += "00"
	}
	return access.Division(prefix)
}

func (d *Dust) args() []any {
	return []any{d.ID, string(d.Division), string(d.State), d.From, d.To, d.PollutantText, d.PlacesText, d.Reason, d.Evidence, d.ProposedBy, d.ProposedName, d.ProposedAt,
		d.DecidedBy, d.DecidedName, d.DecidedAt, d.Decision, d.EndedBy, d.EndedName, d.EndedAt, d.EndedWhy}
}

// dustEntry is the entry of the journal on what was done with a deduction.
func (s *Store) dustEntry(by access.Caller, act string, d *Dust, more map[string]any) journal.Entry {
	detail := map[string]any{
		"from": clock.Unix(d.From).Format(time.RFC3339), "to": clock.Unix(d.To).Format(time.RFC3339), "pollutants": d.PollutantText, "places": d.PlacesText,
		"reason": d.Reason, "evidence": d.Evidence,
	}
	for k, v := range more {
		detail[k] = v
	}
	e := by.Entry(act, fmt.Sprintf("air_dust/%d", d.ID), detail)
	e.Division = string(d.Division)
	return e
}

// DecideDust approves or refuses a deduction that was proposed, with words.
//
// The error is fault.Denied without air.deduct_approve and for who proposed it,
// fault.Conflict where it was decided already, fault.Invalid without words,
// fault.NotFound outside the scope.
func (s *Store) DecideDust(ctx context.Context, by access.Caller, id int64, approve bool, words string) (err error) {
	defer fault.Wrap(&err, "air.DecideDust(%d)", id)
	if err := by.Must(MayApprove); err != nil {
		return err
	}
	if words = strings.TrimSpace(words); words == "" {
		return fault.New(fault.Invalid, "请写明审批意见")
	}
	d, err := s.DustOf(ctx, by, id)
	if err != nil {
		return err
	}
	if d.ProposedBy == by.Login {
		return fault.New(fault.Denied, "沙尘扣除须由提出人以外的人审批")
	}
	act := "air.dust.refuse"
	if d.State = DustRefused; approve {
		d.State, act = DustApproved, "air.dust.approve"
	}
	removed, err := s.removed(ctx, by, &d)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE air_dust
			   SET state        = $1,
			       decided_by   = $2,
			       decided_name = $3,
			       decided_at   = $4,
			       decision     = $5
			 WHERE id = $6
			   AND state = 'proposed'`, string(d.State), by.Login, by.Name, tx.Now.Unix(), words, id)
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "这条沙尘扣除已经审批或撤回，请刷新页面")
		}
		if err != nil {
			return err
		}
		return journal.Append(ctx, tx, s.dustEntry(by, act, &d, map[string]any{"decision": words, "values": removed}))
	})
}

// removed lists the means that a deduction leaves out, as they stand now.
func (s *Store) removed(ctx context.Context, by access.Caller, d *Dust) (all []string, err error) {
	days := d.Days()
	for _, p := range d.Places() {
		stored, err := s.days(ctx, by, dayLine, p, days[0], days[len(days)-1])
		if err != nil {
			return nil, err
		}
		for i := range stored {
			values := stored[i].Values().Values
			for _, pollutant := range d.Pollutants().List() {
				if x := values[pollutant]; x.IsSet() {
					all = append(all, fmt.Sprintf("%s %s %s %s %s", p.Key(), stored[i].On, pollutant, x.Round(1), pollutant.Unit()))
				}
			}
		}
	}
	return all, nil
}

// WithdrawDust takes a deduction back that was proposed or approved, with the
// reason. Who approves may, and who proposed it.
//
// The errors are those of DecideDust.
func (s *Store) WithdrawDust(ctx context.Context, by access.Caller, id int64, why string) (err error) {
	defer fault.Wrap(&err, "air.WithdrawDust(%d)", id)
	if why = strings.TrimSpace(why); why == "" {
		return fault.New(fault.Invalid, "请写明撤回的理由")
	}
	d, err := s.DustOf(ctx, by, id)
	if err != nil {
		return err
	}
	if d.ProposedBy != by.Login || !by.May(MayDeduct) {
		if err := by.Must(MayApprove); err != nil {
			return err
		}
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE air_dust
			   SET state      = 'withdrawn',
			       ended_by   = $1,
			       ended_name = $2,
			       ended_at   = $3,
			       ended_why  = $4
			 WHERE id = $5
			   AND state IN ('proposed', 'approved')`, by.Login, by.Name, tx.Now.Unix(), why, id)
		if err == nil && n != 1 {
			err = fault.New(fault.Conflict, "这条沙尘扣除已不再有效，请刷新页面")
		}
		if err != nil {
			return err
		}
		return journal.Append(ctx, tx, s.dustEntry(by, "air.dust.withdraw", &d, map[string]any{"why": why}))
	})
}

// DustOf returns a deduction in by's scope.
//
// The error is fault.Denied without monitor.read, fault.NotFound where there is
// none.
func (s *Store) DustOf(ctx context.Context, by access.Caller, id int64) (d Dust, err error) {
	defer fault.Wrap(&err, "air.DustOf(%d)", id)
	all, err := s.dust(ctx, by, `id = $1`, []any{id})
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "没有这条沙尘扣除，请检查网址")
	}
	if err != nil {
		return d, err
	}
	return all[0], nil
}

// Dusts returns the deductions in by's scope that touch a year, the latest first.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Dusts(ctx context.Context, by access.Caller, year int) (_ []Dust, err error) {
	defer fault.Wrap(&err, "air.Dusts(%d)", year)
	from, to := span(year)
	return s.dust(ctx, by, `from_at < $1 AND to_at > $2`, []any{dayStart(to) + 86400, dayStart(from)})
}

func (s *Store) dust(ctx context.Context, by access.Caller, where string, args []any) ([]Dust, error) {
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	cond, more := by.Scope.Where("division", "0", len(args)+1)
	return sqldb.All[Dust](ctx, s.db, `
		SELECT `+dustColumns+`
		  FROM air_dust
		 WHERE `+where+`
		   AND `+cond+`
		 ORDER BY from_at DESC, id DESC
		 LIMIT 500`, append(args, more...)...)
}

// deductions returns what was approved to be taken out of the days of a place, as
// the library takes it. Whoever sees the place has its figures deducted alike,
// also where the deduction itself reaches beyond his scope.
func (s *Store) deductions(ctx context.Context, p Place, from, to standard.Date) (all []aqi.Deduction, err error) {
	rows, err := sqldb.All[struct {
		On         string `db:"day_on"`
		Pollutants string `db:"pollutants"`
		Name       string `db:"decided_name"`
		Reason     string `db:"reason"`
		At         int64  `db:"decided_at"`
	}](ctx, s.db, `
		SELECT y.day_on, d.pollutants, d.decided_name, d.reason, d.decided_at
		  FROM air_dust_days y
		  JOIN air_dust d ON d.id = y.dust
		 WHERE y.place = $1
		   AND y.day_on >= $2
		   AND y.day_on <= $3
		   AND d.state = 'approved'
		 ORDER BY y.day_on, d.id`, p.Key(), string(from), string(to))
	for _, r := range rows {
		d := Dust{PollutantText: r.Pollutants}
		all = append(all, aqi.Deduction{On: standard.Date(r.On), Pollutants: d.Pollutants(), By: r.Name, Reason: r.Reason, At: clock.Unix(r.At).Format(time.RFC3339)})
	}
	return all, err
}

// Evaluated is a span of a place beside itself without the days of dust.
type Evaluated struct {
	Plain    []aqi.Evaluation // nothing deducted
	Deducted []aqi.Evaluation // nil where nothing was approved to be deducted
	Record   []aqi.Deducted   // what was deducted, by whom and why
}

// EvaluateBoth is EvaluateBetween with and without the deductions that were
// approved: both stand, and neither replaces the other.
func (s *Store) EvaluateBoth(ctx context.Context, by access.Caller, p Place, from, to standard.Date, claimed bool) (e Evaluated, err error) {
	defer fault.Wrap(&err, "air.EvaluateBoth(%v, %s, %s)", p, from, to)
	values, area, err := s.dayValues(ctx, by, p, from, to)
	if err != nil {
		return e, err
	}
	e.Plain = s.Book().Evaluate(from, to, area, values, claimed)
	list, err := s.deductions(ctx, p, from, to)
	if err != nil || len(list) == 0 {
		return e, err
	}
	left, record, err := s.Book().Deduct(values, list...)
	if err != nil {
		return e, err
	}
	e.Record, e.Deducted = record, s.Book().Evaluate(from, to, area, left, claimed)
	return e, nil
}
