package emission

import (
	"pingzhang/standard"
)

// A Mark is what an operator marked automatic data with.
type Mark struct {
	Invalid  bool   // marked invalid: the data are of no use
	Abnormal bool   // marked 非正常工况: start, stop, fault
	Industry string // 燃煤锅炉, 火电, 水泥, 烧结
	Phase    string // 冷启动, 热启动, 停炉 …
	// Pollutant is that of the data: some time limits are for one pollutant only.
	Pollutant string
	Hours     standard.Exact // how long the phase had lasted by the end of the data
	// Neglected says that the facilities were not run as the documents of the
	// trade ask: then nothing is excused.
	Neglected bool
	On        standard.Date
}

// The rules for marks, which are rows of auto_monitoring.tsv.
const (
	ruleInvalid  = "invalid_mark_no_basis"
	ruleAbnormal = "abnormal_mark_no_basis"
	topicPhases  = "start_stop"
)

// A Basis says whether marked data may be judged.
type Basis struct {
	// Issue is what the sample must carry: MarkedInvalid or AbnormalCondition
	// where the data are no basis for a verdict, ExcuseUnknown where that cannot
	// be said, empty where they are judged like others.
	Issue      standard.Issue
	Because    []string
	Citation   standard.Citation
	Confidence standard.Confidence
	Rows       []standard.Ref
}

// Basis applies the rules for marks (生态环境部公告 2022 年第 21 号, 第六条): data
// marked invalid are no basis for judging an exceedance, nor are data marked as
// abnormal condition of a source whose facilities were run as they should and
// within the time that its trade is given. Where that time is not known the data
// are neither excused nor judged.
func (b *Book) Basis(m Mark) Basis {
	switch {
	case m.Invalid:
		return b.marked(ruleInvalid, standard.MarkedInvalid, m)
	case !m.Abnormal:
		return Basis{Confidence: standard.Source}
	case m.Neglected:
		out := b.marked(ruleAbnormal, "", m)
		out.Because = append(out.Because, "污染防治设施没有按规范运行，标记不能免于判定")
		return out
	}
	out := b.marked(ruleAbnormal, standard.AbnormalCondition, m)
	if out.Issue != standard.AbnormalCondition {
		return out
	}
	phase, ok := b.phase(m)
	if !ok || !phase.value.IsSet() {
		out.Issue = ExcuseUnknown
		out.Because = append(out.Because, "没有查到"+m.Industry+m.Phase+"的时限")
		return out
	}
	out.Rows = append(out.Rows, phase.ref)
	out.Confidence = out.Confidence.Weaker(phase.Citation.Confidence)
	limit := m.Industry + m.Phase + "时限 " + show(phase.value) + " " + phase.Cell("unit") + "（" + phase.Citation.String() + "）"
	switch only := phase.Cell("pollutant"); {
	case only != "" && !sameName(only, m.Pollutant):
		out.Issue = ""
		out.Because = append(out.Because, limit+"只对"+only)
	case !m.Hours.IsSet():
		out.Issue = ExcuseUnknown
		out.Because = append(out.Because, "没有说明已持续多久；"+limit)
	case m.Hours.Cmp(phase.value) > 0:
		out.Issue = ""
		out.Because = append(out.Because, "已持续 "+show(m.Hours)+" h，超过"+limit)
	default:
		out.Because = append(out.Because, "已持续 "+show(m.Hours)+" h，在"+limit+"之内")
	}
	return out
}

// marked begins the basis by a rule of auto_monitoring.tsv.
func (b *Book) marked(name string, issue standard.Issue, m Mark) Basis {
	rule, ok := b.monitoring.At(name, standard.WasteGas, "", m.On)
	if !ok {
		return Basis{Issue: ExcuseUnknown, Confidence: standard.Missing, Because: []string{standard.NoRule.Text()}}
	}
	return Basis{Issue: issue, Citation: rule.Citation, Confidence: rule.Citation.Confidence, Because: []string{rule.Note}, Rows: []standard.Ref{rule.Ref}}
}

// phase returns the time that a trade is given for a phase.
func (b *Book) phase(m Mark) (ruleRow, bool) {
	for _, r := range b.rules {
		if r.Cell("topic") == topicPhases && r.Cell("subject") == m.Industry && r.Cell("phase") == m.Phase && r.Citation.InForce(m.On) {
			return r, true
		}
	}
	return ruleRow{}, false
}

// Phases returns the phases that a trade is given a time for, as Mark.Phase
// names them.
func (b *Book) Phases(industry string) []string {
	var all []string
	for _, r := range b.rules {
		if r.Cell("topic") == topicPhases && r.Cell("subject") == industry {
			all = append(all, r.Cell("phase"))
		}
	}
	return all
}
