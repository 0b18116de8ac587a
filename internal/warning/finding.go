package warning

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Facts is what a finding says of one hour, or of a check on the site.
type Facts struct {
	Rule    string           `json:"rule"`
	Warning int64            `json:"warning"`
	Level   aqi.WarningLevel `json:"level"`
	At      int64            `json:"at"` // start of the hour, or moment of the check
	Hours   []Hour           `json:"hours,omitempty"`
	Site    string           `json:"site,omitempty"`
	Checker string           `json:"checker,omitempty"`
	Note    string           `json:"note,omitempty"`
	Legal   string           `json:"legal,omitempty"`

	// What pages of any finding show of a period.
	Period     standard.Period `json:"period,omitempty"`
	FactorName string          `json:"factor_name,omitempty"`
	Value      string          `json:"value,omitempty"`
	Unit       string          `json:"unit,omitempty"`
	Limit      string          `json:"limit,omitempty"`
	Arithmetic string          `json:"arithmetic"`
	Citation   string          `json:"citation,omitempty"`
}

// describe fills in what pages of any finding show: the first expectation that is
// not met, and the arithmetic of all.
func (f *Facts) describe() {
	f.Citation = "应急减排清单（" + f.Level.Name() + "，时段开始时的版本）"
	switch {
	case f.Site != "":
		f.Arithmetic = "现场核查：" + f.Site
	case len(f.Hours) == 0:
		f.Arithmetic = f.Note
	default:
		h := f.Hours[0]
		f.Period, f.FactorName, f.Value, f.Unit, f.Limit = standard.Hour, factorName(h.Factor), h.Value, h.Unit, h.Bound
		for i, one := range f.Hours {
			if i > 0 {
				f.Arithmetic += "；"
			}
			f.Arithmetic += one.Arithmetic
		}
	}
}

// rule names the facts of this package.
const rule = "heavy_pollution_measure"

// What findings of this package are, and by which playbook they are handled.
const (
	KindUnmet = "warning_unmet"
	Playbook  = "heavy_pollution"
)

// FactsOf reads the facts of a finding of this package; false where they are of
// another kind.
func FactsOf(raw json.RawMessage) (f Facts, ok bool) {
	return f, json.Unmarshal(raw, &f) == nil && f.Rule == rule
}

// tell gives the finding of a firm and phase one hour, or a check, opening finding
// and matter with the first.
func (s *Store) tell(ctx context.Context, tx *sqldb.Tx, a *Answer, p Phase, facts Facts) error {
	facts.describe()
	raw, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	firm := a.Firm()
	f := matter.Finding{
		Key: fmt.Sprintf("warning/%d/%d/%d", a.Warning, p.N, a.Enterprise), Kind: KindUnmet, Division: a.Division, Enterprise: a.Enterprise,
		Title: fmt.Sprintf("%s 未落实%s应急减排措施", firm.Name, p.Level.Name()), Facts: raw, At: moment(facts.At), LastAt: moment(facts.At),
	}
	if len(facts.Hours) > 0 {
		f.Point, f.Peak, f.Unit = facts.Hours[0].Point, facts.Hours[0].Value, facts.Hours[0].Unit
	}
	found, _, err := s.c.Matters.ReportTx(ctx, tx, platform, f, Playbook)
	if err != nil {
		return err
	}
	a.Finding, a.Matter = found.ID, int64(found.Matter)
	return nil
}

// Legal cites the clause on measures for heavy pollution in force on the day of at,
// with its mark; empty where the catalog has none.
func (s *Store) Legal(at time.Time) string { return s.legal(at.Unix()) }

// legal cites the clause on measures for heavy pollution on the day of at, with
// its mark; empty where the catalog has none.
func (s *Store) legal(at int64) string {
	if s.c.Law == nil || !s.c.Law.Has(law.Code("heavy_pollution")) {
		return ""
	}
	b, err := s.c.Law.Basis("heavy_pollution", moment(at))
	if err != nil {
		return ""
	}
	if mark := b.Mark(); mark != "" {
		return b.Citation() + "（" + mark + "）"
	}
	return b.Citation()
}
