package discharge

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/law"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// Facts is what a finding of an exceedance says of one of its periods.
type Facts struct {
	Rule         string           `json:"rule"`   // hour_mean or day_mean
	Period       standard.Period  `json:"period"` // hour or day
	At           int64            `json:"at"`     // start of the period, unix seconds
	Factor       string           `json:"factor"`
	FactorName   string           `json:"factor_name"`
	Verdict      standard.Verdict `json:"verdict"`
	Value        string           `json:"value"` // what was compared
	Unit         string           `json:"unit"`
	Limit        string           `json:"limit"`
	Multiple     string           `json:"multiple,omitempty"`
	Raw          string           `json:"raw,omitempty"` // as reported
	RawMark      string           `json:"raw_mark,omitempty"`
	Arithmetic   string           `json:"arithmetic"`
	Citation     string           `json:"citation"`
	Label        string           `json:"label,omitempty"` // 待核实 where that is so
	LimitID      int64            `json:"limit_id"`
	LimitVersion int64            `json:"limit_version"`
	Revision     int64            `json:"revision"`
	Notes        []string         `json:"notes,omitempty"`
	Note         string           `json:"note,omitempty"` // 复核后不再超标
	Legal        *Legal           `json:"legal,omitempty"`
	// MarkingDeadlineAt is until when the data could be marked; see MarkingText.
	MarkingDeadlineAt int64           `json:"marking_deadline_at"`
	Basis             json.RawMessage `json:"basis,omitempty"`
}

// Legal is the clause on the day of the act.
type Legal struct {
	Code     string `json:"code"`
	Citation string `json:"citation"`
	Mark     string `json:"mark,omitempty"` // 待核实, 待补充 …
}

// gone is what a finding says once its exceedance is no longer one.
const gone = "复核后不再超标"

// facts puts a verdict in the form of a finding.
func (s *Store) facts(v Verdict, name string, basis string) Facts {
	f := Facts{
		Rule: string(v.Period) + "_mean", Period: v.Period, At: v.At, Factor: v.Factor, FactorName: name, Verdict: v.Verdict, Value: v.Value,
		Unit: v.Unit, Limit: v.LimitText, Multiple: v.Multiple, Raw: v.Raw, RawMark: v.RawMark, Arithmetic: v.Arithmetic, Citation: v.Citation,
		Label: standard.Confidence(v.Confidence).Label(), LimitID: v.Limit, LimitVersion: v.LimitVersion, Revision: v.Revision,
		MarkingDeadlineAt: s.markingDeadline(v.At), Legal: s.legal(basis, v.At),
	}
	for _, n := range v.NoteList() {
		f.Notes = append(f.Notes, n.Text())
	}
	if v.Basis != "" {
		f.Basis = json.RawMessage(v.Basis)
	}
	if !v.Exceeds() {
		f.Note = gone
		if v.Suppressed != 0 {
			f.Note = "该时段已暂停预警"
		}
	}
	return f
}

func (s *Store) legal(code string, at int64) *Legal {
	if s.law == nil {
		return nil
	}
	if code == "" || !s.law.Has(law.Code(code)) {
		code = "exceedance"
	}
	b, err := s.law.Basis(law.Code(code), clock.Unix(at))
	if err != nil {
		return nil // a catalog without this act: the finding cites its limit alone
	}
	return &Legal{code, b.Citation(), b.Mark()}
}

// markingDeadline is until when the data of the day of at may be marked.
func (s *Store) markingDeadline(at int64) int64 {
	day := clock.Day(clock.Unix(at))
	hour := 12
	if rules := s.Rules(); rules != nil {
		if r, ok := rules.At("manual_mark_until_hour", "", "", standard.Date(day.Format(time.DateOnly))); ok {
			if n, err := strconv.Atoi(r.Value); err == nil {
				hour = n
			}
		}
	}
	return day.AddDate(0, 0, 1).Add(time.Duration(hour) * time.Hour).Unix()
}

// MarkingText says whether the time for marking the data of a finding has
// passed at now.
func (f Facts) MarkingText(now time.Time) string {
	deadline := clock.Unix(f.MarkingDeadlineAt)
	if now.Before(deadline) {
		return "数据标记时限为 " + deadline.Format("1月2日15时") + "，尚未届满"
	}
	return "数据标记时限（" + deadline.Format("1月2日15时") + "）已过，未标记的视为对数据有效性无异议（待核实）"
}

// FactsOf reads the facts of a finding of this package; false where they are of
// another kind.
func FactsOf(raw json.RawMessage) (f Facts, ok bool) {
	return f, json.Unmarshal(raw, &f) == nil && f.Rule != ""
}

// title is that of a finding.
func title(names map[int64]register.Name, v Verdict, factor string) string {
	return fmt.Sprintf("%s %s超标", where(names, v.Enterprise, v.Outlet), factor+v.Period.Name())
}

// where names enterprise and outlet.
func where(names map[int64]register.Name, enterprise, outlet int64) string {
	who, at := names[enterprise].Name, names[outlet].Code
	if who == "" {
		who = fmt.Sprintf("排污单位（编号%d）", enterprise)
	}
	return strings.TrimSpace(who + " " + at)
}
