package air

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/standard"
)

// A WarningLevel is a colour of warning for heavy pollution; empty for none.
type WarningLevel string

// The levels.
const (
	NoWarning WarningLevel = ""
	Yellow    WarningLevel = "yellow" // Ⅲ级
	Orange    WarningLevel = "orange" // Ⅱ级
	Red       WarningLevel = "red"    // Ⅰ级
)

var warningLevels = []WarningLevel{NoWarning, Yellow, Orange, Red}

// Name returns the Chinese words.
func (l WarningLevel) Name() string {
	switch l {
	case Yellow:
		return "黄色预警"
	case Orange:
		return "橙色预警"
	case Red:
		return "红色预警"
	}
	return "不预警"
}

// Above reports whether l is a higher level than other.
func (l WarningLevel) Above(other WarningLevel) bool {
	return slices.Index(warningLevels, l) > slices.Index(warningLevels, other)
}

// An Outlook is the index of 24 hours, forecast or measured.
type Outlook struct {
	On       standard.Date `json:"on"`
	AQI      int           `json:"aqi"`     // NoIAQI where it is not known
	Primary  Set           `json:"primary"` // where it is known
	Forecast bool          `json:"forecast"`
	// Event names sand and dust, wildfire smoke or pollution from across the
	// border, which lead to a health notice and no warning; in Chinese.
	Event string `json:"event,omitempty"`
}

// A Notice is a day that calls for a health notice instead of a warning.
type Notice struct {
	On  standard.Date `json:"on"`
	AQI int           `json:"aqi"`
	Why string        `json:"why"` // in Chinese
}

// A Warning is the level that a series calls for, and why.
type Warning struct {
	Level   WarningLevel    `json:"level"`
	From    standard.Date   `json:"from,omitempty"` // first and last day of the run that calls for it
	To      standard.Date   `json:"to,omitempty"`
	Why     string          `json:"why"` // in Chinese
	Notices []Notice        `json:"notices,omitempty"`
	Unknown []standard.Date `json:"unknown,omitempty"` // days of the series without an index: the level is at least Level
	Issue   standard.Issue  `json:"issue,omitempty"`   // GapInSeries, or why there is no answer
	Basis   Basis           `json:"basis"`
}

// Warn returns the highest level that a series of days calls for by the rules in
// force on a day (环大气〔2024〕6号, thresholds at second hand, so that every result
// says 待核实). The days may come in any order; a date that is left out between
// two others is unknown. Days that ozone leads, and days with an event, count for
// no colour and are listed as notices. An unknown day ends a run.
func (b *Book) Warn(on standard.Date, series []Outlook) Warning {
	w := Warning{}
	days := timeline(series)
	rows := b.warningRows(on)
	if len(rows) == 0 || len(days) == 0 {
		w.Issue, w.Basis.Confidence = standard.NoRule, standard.Missing
		if len(days) == 0 {
			w.Issue = standard.NoValue
		}
		w.Why = Text(w.Issue)
		return w
	}
	w.Basis.Citation = rows[0].Citation
	for _, d := range days {
		switch why := d.spared(); {
		case d.AQI == NoIAQI:
			w.Unknown = append(w.Unknown, d.On)
			w.Issue = GapInSeries
		case why != "" && d.AQI > lowest(rows):
			w.Notices = append(w.Notices, Notice{d.On, d.AQI, why})
		}
	}
	for _, level := range []WarningLevel{Red, Orange, Yellow} {
		if first, last, why, used := reach(level, days, rows); len(used) > 0 {
			w.Level, w.From, w.To = level, days[first].On, days[last].On
			w.Why = level.Name() + "：" + why
			w.Basis.rest(used...)
			break
		}
	}
	w.Basis.rest(ofLevel(rows, "basis")...)
	if len(w.Notices) > 0 {
		w.Basis.rest(ofLevel(rows, "notice")...)
	}
	if w.Level == NoWarning {
		w.Why = fmt.Sprintf("%s 至 %s 没有达到任何一级预警条件", days[0].On, days[len(days)-1].On)
		w.Basis.rest(ofLevel(rows, string(Yellow))...)
	}
	if len(w.Unknown) > 0 {
		w.Why += fmt.Sprintf("；%d 天没有指数，级别可能更高", len(w.Unknown))
	}
	return w
}

// A Lifting is what may become of a warning.
type Lifting struct {
	Lift  bool           `json:"lift"` // whether it may be lowered or lifted
	To    WarningLevel   `json:"to"`   // the level it becomes; the current one where not Lift
	Why   string         `json:"why"`
	Issue standard.Issue `json:"issue,omitempty"`
	Basis Basis          `json:"basis"`
}

// Lift says whether a warning in force may be lowered or lifted, from the days
// from today on: the forecast has to stay below the level for more than 36 hours,
// which is two whole days (rule from memory). An unknown day among these keeps
// the warning.
func (b *Book) Lift(on standard.Date, current WarningLevel, coming []Outlook) Lifting {
	l := Lifting{To: current}
	days := timeline(coming)
	rules := ofLevel(b.warningRows(on), "lift")
	if current == NoWarning {
		l.Why = "没有在执行的预警"
		return l
	}
	if len(rules) == 0 {
		l.Issue, l.Why = standard.NoRule, Text(standard.NoRule)
		l.Basis.Confidence = standard.Missing
		return l
	}
	l.Basis.Citation = rules[0].Citation
	l.Basis.rest(rules...)
	hours, _ := rules[0].whole("hours")
	need := hours/24 + 1 // more than so many hours, in whole days
	better := 0          // days from today on that are known and stay below the level
	for better < len(days) && days[better].AQI != NoIAQI {
		better++
	}
	known := days[:better]
	for _, level := range warningLevels[1:] {
		if first, _, _, used := reach(level, known, b.warningRows(on)); len(used) > 0 && !current.Above(level) {
			better = min(better, first)
			l.Basis.rest(used...)
		}
	}
	switch {
	case better >= need:
		w := b.Warn(on, days[:better])
		l.Lift, l.To = true, w.Level
		l.Basis.join(w.Basis)
		l.Why = fmt.Sprintf("%s 起 %d 天低于%s条件，超过 %d 小时，可调整为：%s", days[0].On, better, current.Name(), hours, w.Level.Name())
	case better == len(days):
		l.Issue = SeriesShort
		l.Why = fmt.Sprintf("只有 %d 天低于%s条件，须超过 %d 小时；预测天数不够", better, current.Name(), hours)
	case days[better].AQI == NoIAQI:
		l.Issue = GapInSeries
		l.Why = fmt.Sprintf("%s 没有指数，不能解除", days[better].On)
	default:
		l.Why = fmt.Sprintf("%s 起仍达到%s条件", days[better].On, current.Name())
	}
	return l
}

// warningRows returns the rows in force on a day.
func (b *Book) warningRows(on standard.Date) []cited {
	return slices.DeleteFunc(slices.Clone(b.warning), func(r cited) bool { return !r.Citation.InForce(on) })
}

func ofLevel(rows []cited, level string) []cited {
	return slices.DeleteFunc(slices.Clone(rows), func(r cited) bool { return r.Cell("level") != level })
}

// lowest is the lowest index that any level asks to be passed.
func lowest(rows []cited) int {
	low := 500
	for _, r := range rows {
		if n, ok := r.whole("above"); ok {
			low = min(low, n)
		}
	}
	return low
}

// spared says why a day counts for no colour; empty where it does count.
func (d Outlook) spared() string {
	switch {
	case d.Event != "":
		return d.Event + "，发布健康提示"
	case d.Primary.Has(O3) && d.Primary&SetOf(PM10, PM25) == 0:
		return "首要污染物为臭氧，发布健康提示"
	}
	return ""
}

// reach looks for the earliest run of days that calls for a level, and of those
// that begin on one day for the longest. It returns its first and last day, why,
// and the rows; no rows where there is none.
func reach(level WarningLevel, days []Outlook, rows []cited) (first, last int, why string, used []cited) {
	own := ofLevel(rows, string(level))
	for len(own) > 0 {
		name := own[0].Cell("alternative")
		other := func(r cited) bool { return r.Cell("alternative") != name }
		conditions := slices.DeleteFunc(slices.Clone(own), other)
		own = slices.DeleteFunc(own, func(r cited) bool { return !other(r) })
		slices.SortStableFunc(conditions, func(a, b cited) int { return b.runDays() - a.runDays() })
		for start := 0; start < len(days); start++ {
			end := run(days, start, conditions[0])
			if end-start < conditions[0].runDays() {
				continue
			}
			if text, ok := holds(days[start:end], conditions); ok {
				if used == nil || start < first || start == first && end-1 > last {
					first, last, why, used = start, end-1, text, conditions
				}
				break
			}
			start = end
		}
	}
	return first, last, why, used
}

// runDays is the hours of r in days.
func (r cited) runDays() int {
	hours, _ := r.whole("hours")
	return max(1, (hours+23)/24)
}

// run returns the end of the run of days above the index of r that begins at
// start.
func run(days []Outlook, start int, r cited) int {
	above, _ := r.whole("above")
	for start < len(days) && days[start].AQI > above && days[start].spared() == "" {
		start++
	}
	return start
}

// holds says whether all conditions hold within a run, and how.
func holds(days []Outlook, conditions []cited) (string, bool) {
	var all []string
	for _, c := range conditions {
		ok := false
		for start := range days {
			ok = ok || run(days, start, c)-start >= c.runDays()
		}
		if !ok {
			return "", false
		}
		hours, _ := c.whole("hours")
		all = append(all, fmt.Sprintf("大于 %s 持续 %d 小时及以上", c.Cell("above"), hours))
	}
	var values []string
	for _, d := range days {
		values = append(values, fmt.Sprint(d.AQI))
	}
	return fmt.Sprintf("%s 至 %s 日 AQI 为 %s，%s", days[0].On, days[len(days)-1].On, strings.Join(values, "、"), strings.Join(all, "，且")), true
}

// timeline sorts a series by date and puts unknown days where dates are left
// out. A date given twice keeps the higher index, as the less favourable one.
func timeline(series []Outlook) []Outlook {
	sorted := slices.Clone(series)
	slices.SortStableFunc(sorted, func(a, b Outlook) int { return strings.Compare(string(a.On), string(b.On)) })
	var days []Outlook
	for _, d := range sorted {
		at, err := time.Parse(time.DateOnly, string(d.On))
		if err != nil {
			continue
		}
		if n := len(days); n > 0 {
			if days[n-1].On == d.On {
				if d.AQI > days[n-1].AQI {
					days[n-1] = d
				}
				continue
			}
			before, _ := time.Parse(time.DateOnly, string(days[n-1].On))
			for gap := before.AddDate(0, 0, 1); gap.Before(at) && len(days) < 4000; gap = gap.AddDate(0, 0, 1) {
				days = append(days, Outlook{On: standard.Date(gap.Format(time.DateOnly)), AQI: NoIAQI})
			}
		}
		days = append(days, d)
	}
	return days
}

// checkWarning reports what is wrong with the rows of the warning levels.
func (b *Book) checkWarning() error {
	for _, r := range b.warning {
		switch WarningLevel(r.Cell("level")) {
		case Yellow, Orange, Red:
			for _, column := range []string{"above", "hours"} {
				if _, err := r.need(column); err != nil {
					return fmt.Errorf("%s：%w", warningTable, err)
				}
			}
		case "lift":
			if _, err := r.need("hours"); err != nil {
				return fmt.Errorf("%s：%w", warningTable, err)
			}
		}
	}
	return nil
}
