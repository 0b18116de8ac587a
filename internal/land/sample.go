package land

import (
	"cmp"
	"fmt"
	"strings"

	"pingzhang/internal/sheet"
	"pingzhang/standard"
)

// Sample is one sample of a site. A laboratory's number names it together with
// its day: numbers such as S1-1 come again with every survey.
type Sample struct {
	ID         int64          `db:"id"`
	Revision   int64          `db:"revision"`
	Site       int64          `db:"site"`
	Kind       Kind           `db:"kind"`
	Division   string         `db:"division"`
	Code       string         `db:"code"`
	On         standard.Date  `db:"sampled_on"`
	Round      string         `db:"round"` // the batch that the file names, else the month of sampling
	Stage      string         `db:"stage"` // of the survey, a key of Stages; empty where the file does not say
	Spot       string         `db:"spot"`  // sampling point in the plot
	From       string         `db:"from_cm"`
	To         string         `db:"to_cm"`
	DepthRaw   string         `db:"depth_raw"`
	PH         string         `db:"ph"` // as reported
	PHIssue    standard.Issue `db:"ph_issue"`
	PHCell     string         `db:"ph_cell"`
	Laboratory string         `db:"laboratory"`
	ReportNo   string         `db:"report_no"`
	Import     int64          `db:"import"` // that brought this revision
	Line       int64          `db:"line"`   // of the file
	ChangedAt  int64          `db:"changed_at"`
}

const sampleColumns = `id, revision, site, kind, division, code, sampled_on, round, stage, spot, from_cm, to_cm, depth_raw,
		       ph, ph_issue, ph_cell, laboratory, report_no, import, line, changed_at`

// Depth writes the depth for a person: 0—20 cm. What could not be read stands as
// it was written.
func (s Sample) Depth() string {
	switch {
	case s.From == "" && s.To == "":
		return s.DepthRaw
	case s.From == s.To:
		return s.From + " cm"
	}
	return s.From + "—" + s.To + " cm"
}

// acidity is the pH as a number, none where it is not known.
func (s Sample) acidity() standard.Exact {
	if s.PHIssue != "" {
		return standard.Exact{}
	}
	x, _ := standard.Read(s.PH)
	return x
}

// same reports whether two revisions say the same of the sample.
func (s Sample) same(t Sample) bool {
	s.ID, s.Revision, s.Import, s.Line, s.ChangedAt, s.Division, s.PHCell = t.ID, t.Revision, t.Import, t.Line, t.ChangedAt, t.Division, t.PHCell
	return s == t
}

// Value is one revision of what a laboratory reported of an item.
type Value struct {
	Sample       int64          `db:"sample"`
	Item         string         `db:"item"` // as the standard names it, else as reported
	Revision     int64          `db:"revision"`
	ItemRaw      string         `db:"item_raw"`
	Raw          string         `db:"raw"`   // untouched
	Number       string         `db:"value"` // empty where there is an Issue
	Unit         standard.Unit  `db:"unit"`
	Issue        standard.Issue `db:"issue"`
	Import       int64          `db:"import"`
	Digest       string         `db:"digest"` // of the file
	Cell         string         `db:"cell"`
	StoredAt     int64          `db:"stored_at"`
	SupersededAt int64          `db:"superseded_at"` // 0 for the one that counts
}

const valueColumns = `sample, item, revision, item_raw, raw, value, unit, issue, import, digest, cell, stored_at, superseded_at`

// sample returns the value as it is judged.
func (v Value) sample(on standard.Date) standard.Sample {
	x, _ := standard.Read(v.Number)
	return standard.Sample{Value: x, Unit: v.Unit, On: on, Issue: v.Issue}
}

// same reports whether two reports say the same.
func (v Value) same(w Value) bool {
	return strings.TrimSpace(v.Raw) == strings.TrimSpace(w.Raw) && v.Unit == w.Unit && v.Issue == w.Issue
}

// telling reports whether the laboratory said something, if only that it found
// nothing. What cannot be read tells nothing, and supersedes nothing.
func (v Value) telling() bool {
	switch v.Issue {
	case "", standard.BelowDetection, standard.NotMeasured:
		return true
	}
	return false
}

// Stages are the stages of a survey in which a sample is taken, with their names.
var Stages = []struct{ Key, Name string }{
	{"preliminary", "初步调查"}, {"detailed", "详细调查"}, {"assessment", "风险评估"}, {"control", "风险管控"},
	{"remediation", "修复"}, {"effect", "效果评估"}, {"review", "回头看"}, {"routine", "例行监测"},
}

// StageName returns a stage in Chinese; empty for none.
func StageName(key string) string {
	for _, s := range Stages {
		if s.Key == key {
			return s.Name
		}
	}
	return ""
}

// Issues of cells, beside those of packages sheet and standard.
const (
	unknownSite  standard.Issue = "land_unknown_site"
	doubleValue  standard.Issue = "land_double_value"
	contradicted standard.Issue = "land_contradicted"
	unruledItem  standard.Issue = "land_unruled_item"
	tooMuch      standard.Issue = "land_too_much"
	notYet       standard.Issue = "land_not_yet"
	corrected    standard.Issue = "land_corrected"
	kept         standard.Issue = "land_kept"
	depthOdd     standard.Issue = "land_depth_odd"
	depthNoUnit  standard.Issue = "land_depth_no_unit"
	stageOdd     standard.Issue = "land_stage_odd"
	phOdd        standard.Issue = "land_ph_odd"
)

var issueTexts = map[standard.Issue]string{
	doubleValue: "同一样品的同一项目在文件中有不同的结果",
	tooMuch:     "含量超过 100%（1000000 mg/kg），不可信",
	phOdd:       "pH 应在 0 至 14 之间",
}

// whole is all of a kilogram, in mg: no content is above it.
var whole = standard.Int(1_000_000)

var centimetres = standard.Int(100)

// readDepth reads a depth as people write it: 0-20cm, 0～0.2 m, 0.5m. unit is
// that of the header, "cm", "m" or empty. Nothing is taken for a unit that is not
// written.
func readDepth(text, unit string) (from, to standard.Exact, issue standard.Issue, why string) {
	t := strings.ToLower(strings.NewReplacer("厘米", "cm", "米", "m", "～", "~", "—", "~", "–", "~", "－", "~", "-", "~", "至", "~", " ", "").Replace(strings.TrimSpace(text)))
	odd := func(format string, args ...any) (standard.Exact, standard.Exact, standard.Issue, string) {
		return standard.Exact{}, standard.Exact{}, depthOdd, fmt.Sprintf(format, args...)
	}
	first, last, span := strings.Cut(t, "~")
	if !span {
		last = first
	}
	first, firstUnit := cutUnit(first)
	last, lastUnit := cutUnit(last)
	for _, u := range []string{firstUnit, lastUnit} {
		if u != "" && unit != "" && u != unit {
			return odd("深度“%s”与表头或前后写了不同的单位，不知以哪个为准；请统一", strings.TrimSpace(text))
		}
		unit = cmp.Or(unit, u)
	}
	if unit == "" {
		return standard.Exact{}, standard.Exact{}, depthNoUnit, fmt.Sprintf("深度“%s”没有单位；请在表头或数值后写明 cm 或 m", strings.TrimSpace(text))
	}
	from, bad := standard.Read(first)
	to, bad2 := standard.Read(last)
	if bad != "" || bad2 != "" || from.Sign() < 0 {
		return odd("深度“%s”读不懂；请写成 0-20cm 或 0-0.2m 的样子", strings.TrimSpace(text))
	}
	if unit == "m" {
		from, to = from.Mul(centimetres), to.Mul(centimetres)
	}
	if from.Cmp(to) > 0 {
		return odd("深度“%s”起大于止；请核对", strings.TrimSpace(text))
	}
	return from, to, "", ""
}

// cutUnit splits a unit of length from the end of a text.
func cutUnit(text string) (number, unit string) {
	for _, u := range []string{"cm", "m"} {
		if n, ok := strings.CutSuffix(text, u); ok {
			return n, u
		}
	}
	return text, ""
}

// depthUnit returns the unit of length that a header names.
func depthUnit(f sheet.Field) string {
	text := strings.ToLower(f.Header + " " + f.Unit)
	switch {
	case strings.Contains(text, "cm") || strings.Contains(text, "厘米"):
		return "cm"
	case strings.Contains(text, "(m)") || strings.Contains(text, "（m）") || strings.HasSuffix(text, " m") || strings.Contains(text, "米"):
		return "m"
	}
	return ""
}

// plain writes a number without zeros at the end, which a conversion brings.
func plain(x standard.Exact) string {
	text := x.String()
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}
