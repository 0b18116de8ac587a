package discharge

import (
	"encoding/json"

	"pingzhang/internal/measure"
	"pingzhang/standard"
)

// basisOf writes down what j can be recomputed from.
func basisOf(j standard.Judgement, m *measure.Mean, computed standard.Exact) string {
	b := Basis{Judgement: j, Source: m.Source, Have: m.Have, Need: m.Need, Reason: m.Reason(), Rejected: m.Rejected, Computed: computed}
	for _, k := range m.Marked {
		b.Marked = append(b.Marked, MarkedBy{k.ID, k.Mark, k.From, k.To, k.Reason, k.Who})
	}
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // only texts, whole numbers and MarshalText that cannot fail
	}
	return string(text)
}

// Inputs returns the basis of v; false for a plain meets, which keeps none.
func (v *Verdict) Inputs() (b Basis, ok bool) {
	if v.Basis == "" {
		return b, false
	}
	return b, json.Unmarshal([]byte(v.Basis), &b) == nil
}

// notInForce returns v as it is once its limit no longer applies.
func (v Verdict) notInForce() Verdict {
	v.Verdict, v.Issue, v.Notes, v.Near, v.Multiple = standard.Unknown, standard.NotInForce, "", false, ""
	v.Arithmetic, v.Basis, v.Severity = standard.NotInForce.Text(), "", ""
	return v
}
