package discharge

import (
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// A Note says something about a verdict that does not decide it.
type Note string

// The notes.
const (
	ConvertedDiffers  Note = "converted_differs"  // reported and computed converted value differ by more than the setting
	MarkLate          Note = "mark_late"          // marked after the deadline, and not honoured
	AbnormalUnchecked Note = "abnormal_unchecked" // marked 非正常工况: whether within the time allowed is for people to see
	Corrected         Note = "corrected"          // a person's correction entered
	HourlyConverted   Note = "hourly_converted"   // a day mean of hours that were converted one by one
)

// Text returns the note as a Chinese sentence.
func (n Note) Text() string {
	switch n {
	case ConvertedDiffers:
		return "上报的折算浓度与按实测浓度和含氧量计算的结果相差较大，请核对数采仪的折算设置"
	case MarkLate:
		return "有逾期提交的数据标记，未予采用"
	case AbnormalUnchecked:
		return "标记为非正常工况，是否在允许时限内、设施是否按规范运行，须人工核实"
	case Corrected:
		return "含人工修正的数据"
	case HourlyConverted:
		return "日均值由各有效小时的折算浓度平均得到"
	}
	return string(n)
}

// Value is what is known of one factor over one period.
type Value struct {
	Mean      measure.Mean // as measured
	Converted measure.Mean // at reference oxygen, as the instrument reports it; no value where it does not
	// HourlyConverted says that Converted was reckoned here, hour by hour.
	HourlyConverted bool
	Unit            standard.Unit // in which the device sends the factor; empty where the register does not say
	// Raw is the value as it arrived, with its data mark, valid or not; empty
	// where the instrument reported none for the period.
	Raw, RawMark string
	Late         bool // a late mark touches the period
	Corrected    bool // a correction entered
}

// Verdict is the verdict on one factor of a point over one period by one limit.
type Verdict struct {
	Point      int64           `db:"point"`
	Factor     string          `db:"factor"`
	Limit      int64           `db:"limit_id"`
	Period     standard.Period `db:"period"` // hour or day
	At         int64           `db:"at"`     // start of the period, unix seconds
	Revision   int64           `db:"revision"`
	Outlet     int64           `db:"outlet"`
	Enterprise int64           `db:"enterprise"`
	Division   access.Division `db:"division"`

	LimitVersion int64            `db:"limit_version"`
	Verdict      standard.Verdict `db:"verdict"`
	Issue        standard.Issue   `db:"issue"` // why unknown
	Notes        string           `db:"notes"` // Note after Note, commas between
	Value        string           `db:"value"` // what was compared, in the unit of the limit, for showing; empty where there is none
	Unit         string           `db:"unit"`
	LimitText    string           `db:"limit_text"` // "50", "6～9"
	Multiple     string           `db:"multiple"`   // 超标倍数 as a decimal, for showing; empty unless above a maximum
	Near         bool             `db:"near"`       // meets, but near the limit
	Raw          string           `db:"raw"`        // as reported, in the unit of the device
	RawMark      string           `db:"raw_mark"`
	Arithmetic   string           `db:"arithmetic"` // or the reason why there is none
	Citation     string           `db:"citation"`
	Confidence   string           `db:"confidence"` // of the weakest it rests on; other than source shows 待核实
	Basis        string           `db:"basis"`      // JSON of a Basis
	Severity     string           `db:"severity"`   // how far beyond the bound, as a share of it, exact; empty unless exceeding
	Suppressed   int64            `db:"suppressed"` // id of the pause that keeps it from being a finding, or 0
	JudgedAt     int64            `db:"judged_at"`
}

// Basis is what a verdict can be recomputed from: standard.Judge of the sample
// and the limit in Judgement gives the same. Of a plain meets, of which there
// are very many, only Sample is kept: its limit is the version of the register
// that the verdict names.
type Basis struct {
	Judgement *standard.Judgement   `json:"judgement,omitempty"`
	Sample    *standard.Sample      `json:"sample,omitempty"`
	Source    measure.Source        `json:"source,omitempty"` // what the mean was made from
	Have      int                   `json:"have,omitempty"`   // minutes or hours that were there
	Need      *standard.Requirement `json:"need,omitempty"`   // that the rules ask for
	Reason    string                `json:"reason,omitempty"` // why the mean does not count, in one sentence
	Rejected  map[string]int        `json:"rejected,omitempty"`
	Marked    []MarkedBy            `json:"marked,omitempty"`
	Computed  string                `json:"computed,omitempty"` // the converted value reckoned here, beside a reported one
}

// MarkedBy is a mark of a person that touches the period.
type MarkedBy struct {
	ID     int64            `json:"id"`
	Mark   measure.MarkKind `json:"mark"`
	From   int64            `json:"from"`
	To     int64            `json:"to"`
	Reason string           `json:"reason"`
	Who    string           `json:"who"`
}

// NoteList returns the notes of v.
func (v *Verdict) NoteList() []Note {
	if v.Notes == "" {
		return nil
	}
	var all []Note
	for _, n := range strings.Split(v.Notes, ",") {
		all = append(all, Note(n))
	}
	return all
}

// Exceeds reports whether v is an exceedance that counts for a finding.
func (v *Verdict) Exceeds() bool { return v.Verdict == standard.Exceeds && v.Suppressed == 0 }

// same reports whether judging again came to the same.
func (v *Verdict) same(o *Verdict) bool {
	a, b := *v, *o
	a.Revision, a.JudgedAt = 0, 0
	b.Revision, b.JudgedAt = 0, 0
	return a == b
}

// unitOf reads a unit as the register writes it. One that is not known stays as
// it is, so that the verdict says unit_unknown and nothing is guessed.
func unitOf(text string) standard.Unit {
	if text = strings.TrimSpace(text); text == "1" {
		return standard.Dimensionless
	}
	u, err := standard.ParseUnit(text)
	if err != nil {
		return standard.Unit(text)
	}
	return u
}

// limitOf returns a limit of the register as the library judges by it.
func limitOf(l register.Limit, s Settings) standard.Limit {
	// The register has checked that these are numbers; what is none is no bound,
	// and a limit without a bound gives no_limit.
	number := func(text string) standard.Exact {
		x, _ := standard.Read(text)
		return x
	}
	confidence := standard.Unverified
	if l.Verified {
		confidence = standard.Source
	}
	return standard.Limit{
		Factor: l.Factor, Max: number(l.Max), Min: number(l.Min), Unit: unitOf(l.Unit), Period: standard.Period(l.Period),
		RefOxygen: number(l.RefOxygen), OxygenCeiling: s.OxygenCeiling, Confidence: confidence,
		Citation: standard.Citation{
			Document: l.Document, Clause: l.Clause, From: standard.Date(l.From), To: standard.Date(l.To), Confidence: confidence,
		},
	}
}

// limitText writes the bounds as they stand beside a value.
func limitText(l register.Limit) string {
	switch {
	case l.Min == "":
		return l.Max
	case l.Max == "":
		return "不低于 " + l.Min
	}
	return l.Min + "～" + l.Max
}

// judge gives the verdict on v over the period from at by l. oxygen is the
// oxygen content over the same period.
func judge(p register.Point, l register.Limit, v, oxygen Value, at int64, s Settings) Verdict {
	limit := limitOf(l, s)
	sample, used, computed := sampleOf(v, oxygen, limit)
	sample.On = standard.Date(clock.Unix(at).Format(time.DateOnly))
	j := standard.Judge(sample, limit)
	out := Verdict{
		Point: p.ID, Factor: l.Factor, Limit: l.ID, Period: limit.Period, At: at, Outlet: l.Outlet, Enterprise: p.Enterprise, Division: p.Division,
		LimitVersion: l.Version, Verdict: j.Verdict, Issue: j.Issue, Value: shown(j), Unit: string(limit.Unit), LimitText: limitText(l),
		Raw: v.Raw, RawMark: v.RawMark, Arithmetic: j.Arithmetic(), Citation: limit.Citation.String(), Confidence: string(confidence(j, used)),
		Near: near(j, s), Multiple: multiple(j.Multiple), Severity: severity(j).String(),
	}
	var notes []Note
	if differs(v, computed, s) {
		notes = append(notes, ConvertedDiffers)
	}
	if v.Late {
		notes = append(notes, MarkLate)
	}
	if j.Issue == standard.AbnormalCondition {
		notes = append(notes, AbnormalUnchecked)
	}
	if v.Corrected {
		notes = append(notes, Corrected)
	}
	if v.HourlyConverted && sample.Converted {
		notes = append(notes, HourlyConverted)
	}
	out.Notes = joined(notes)
	out.Basis = basisOf(j, used, computed, j.Verdict == standard.Meets && len(notes) == 0)
	return out
}

// sampleOf chooses what is judged: where the limit is at reference oxygen, the
// reported converted value, which is the mean of converted minutes, and without
// one the measured value with its oxygen content. computed is the converted
// value by the latter way, where it can be reckoned.
func sampleOf(v, oxygen Value, l standard.Limit) (sample standard.Sample, used *measure.Mean, computed standard.Exact) {
	sample, used = v.Mean.Sample(v.Unit, l.Period), &v.Mean
	if !l.RefOxygen.IsSet() {
		return sample, used, standard.Exact{}
	}
	if oxygen.Mean.Valid {
		sample.Oxygen = oxygen.Mean.Value
	}
	if v.Mean.Valid {
		computed, _ = standard.AtReferenceOxygen(v.Mean.Value, sample.Oxygen, l.RefOxygen)
	}
	if v.Converted.Valid {
		oxygen := sample.Oxygen
		sample, used = v.Converted.Sample(v.Unit, l.Period), &v.Converted
		sample.Converted, sample.Oxygen = true, oxygen
	}
	return sample, used, computed
}

// confidence is that of the weakest of the limit and of the rule by which the
// mean counts.
func confidence(j standard.Judgement, used *measure.Mean) standard.Confidence {
	if !used.Need.Known {
		return j.Confidence
	}
	return j.Confidence.Weaker(used.Need.Citation.Confidence)
}

// differs reports whether the reported converted value lies further from the
// computed one than the bureau lets pass without a word.
func differs(v Value, computed standard.Exact, s Settings) bool {
	if v.HourlyConverted || !v.Converted.Valid || !computed.IsSet() {
		return false
	}
	gap := v.Converted.Value.Sub(computed).Abs().Mul(standard.Int(100))
	return gap.Cmp(computed.Abs().Mul(s.DiffersBy)) > 0
}

// near reports whether a value that meets its maximum has come near it.
func near(j standard.Judgement, s Settings) bool {
	return j.Verdict == standard.Meets && j.Limit.Max.IsSet() && j.Limit.Max.Sign() > 0 && s.WarnPercent.IsSet() &&
		j.Value.Mul(standard.Int(100)).Cmp(j.Limit.Max.Mul(s.WarnPercent)) >= 0
}

// severity is how far an exceeding value lies beyond its bound, as a share of
// the bound where that is not 0. It orders the hours of an episode.
func severity(j standard.Judgement) standard.Exact {
	if j.Verdict != standard.Exceeds {
		return standard.Exact{}
	}
	bound := j.Limit.Max
	if !bound.IsSet() || j.Value.Cmp(bound) <= 0 {
		bound = j.Limit.Min
	}
	gap := j.Value.Sub(bound).Abs()
	if bound.IsZero() {
		return gap
	}
	return gap.Quo(bound.Abs())
}

// shown writes what was compared: exactly where a short decimal does, else
// rounded as far as needed to lie on its side of the limit.
func shown(j standard.Judgement) string {
	if !j.Value.IsSet() {
		return ""
	}
	if text := j.Value.String(); j.Value.Terminates() && len(text) <= 12 {
		return text
	}
	side := func(x, bound standard.Exact) int {
		if !bound.IsSet() {
			return 0
		}
		return x.Cmp(bound)
	}
	digits := 2
	for ; digits < 12; digits++ {
		r := j.Value.Rounded(digits)
		if side(r, j.Limit.Max) == side(j.Value, j.Limit.Max) && side(r, j.Limit.Min) == side(j.Value, j.Limit.Min) {
			break
		}
	}
	return j.Value.Round(digits)
}

// multiple writes 超标倍数 with two decimals, or as many more as keep it from
// reading as none.
func multiple(x standard.Exact) string {
	if !x.IsSet() {
		return ""
	}
	for digits := 2; digits < 12; digits++ {
		if text := x.Round(digits); strings.Trim(text, "0.") != "" {
			return text
		}
	}
	return "0.000000000001"
}

func joined(notes []Note) string {
	var all []string
	for _, n := range notes {
		all = append(all, string(n))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}
