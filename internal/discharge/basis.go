package discharge

import (
	"encoding/json"
	"strings"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// basisOf writes down what j can be recomputed from, of a plain meets only what
// the register does not keep.
func basisOf(j standard.Judgement, m *measure.Mean, computed standard.Exact, plain bool) string {
	b := Basis{Sample: &j.Sample}
	if !plain {
		b = Basis{Judgement: &j, Source: m.Source, Have: m.Have, Need: &m.Need, Reason: m.Reason(), Rejected: m.Rejected, Computed: computed.String()}
		for _, k := range m.Marked {
			b.Marked = append(b.Marked, MarkedBy{k.ID, k.Mark, k.From, k.To, k.Reason, k.Who})
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // only texts, whole numbers and MarshalText that cannot fail
	}
	return string(text)
}

// Inputs returns the basis of v; false where there is none, as when its limit
// is no longer in force.
func (v *Verdict) Inputs() (b Basis, ok bool) {
	if v.Basis == "" {
		return b, false
	}
	return b, json.Unmarshal([]byte(v.Basis), &b) == nil
}

// Judgement returns v as the library judged it. That of a plain meets is made
// again from its sample, and from the limit as v shows it where the register
// has another version by now.
func (s *Store) Judgement(v Verdict) standard.Judgement {
	b, _ := v.Inputs()
	if b.Judgement != nil {
		return *b.Judgement
	}
	limit := v.limit()
	s.mu.Lock()
	for _, l := range s.places.all[v.Point].limits {
		if l.ID == v.Limit && l.Version == v.LimitVersion {
			limit = limitOf(l, s.settings)
		}
	}
	s.mu.Unlock()
	if b.Sample != nil {
		return standard.Judge(*b.Sample, limit)
	}
	return standard.Judgement{Verdict: v.Verdict, Issue: v.Issue, Confidence: standard.Confidence(v.Confidence), Limit: limit,
		Sample: standard.Sample{Unit: limit.Unit, Period: v.Period, On: standard.Date(clock.Unix(v.At).Format("2006-01-02"))}}
}

// limit returns the limit of v as far as v shows it.
func (v *Verdict) limit() standard.Limit {
	l := standard.Limit{Factor: v.Factor, Unit: standard.Unit(v.Unit), Period: v.Period, Confidence: standard.Confidence(v.Confidence),
		Citation: standard.Citation{Document: v.Citation, Confidence: standard.Confidence(v.Confidence)}}
	r := register.Limit{Max: v.LimitText}
	if low, high, both := strings.Cut(v.LimitText, "～"); both {
		r.Min, r.Max = low, high
	} else if low, only := strings.CutPrefix(v.LimitText, "不低于 "); only {
		r.Min, r.Max = low, ""
	}
	l.Min, _ = standard.Read(r.Min)
	l.Max, _ = standard.Read(r.Max)
	return l
}

// notInForce returns v as it is once its limit no longer applies.
func (v Verdict) notInForce() Verdict {
	v.Verdict, v.Issue, v.Notes, v.Near, v.Multiple = standard.Unknown, standard.NotInForce, "", false, ""
	v.Arithmetic, v.Basis, v.Severity = standard.NotInForce.Text(), "", ""
	return v
}
