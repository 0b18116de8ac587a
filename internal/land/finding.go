package land

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// FindingKind is the kind of the findings of this duty.
const FindingKind = "land"

// platform is the caller of what the duty does of itself.
var platform = access.Platform("finding.create")

// legalActs are the acts of catalog/law that say what a content above the
// intervention value leads to.
var legalActs = map[Kind]law.Code{Plot: "land_plot_risk", Farmland: "land_farmland_risk"}

// Facts is what a finding says of one day of sampling.
type Facts struct {
	Rule       string   `json:"rule"` // above_intervention
	Kind       Kind     `json:"kind"`
	Site       int64    `json:"site"`
	Round      string   `json:"round"`
	Sample     int64    `json:"sample"` // the worst
	FactorName string   `json:"factor_name"`
	Value      string   `json:"value"`
	Unit       string   `json:"unit"`
	Limit      string   `json:"limit"` // the intervention value
	Arithmetic string   `json:"arithmetic"`
	Citation   string   `json:"citation"`
	Label      string   `json:"label,omitempty"` // 待核实 where that is so
	Samples    int      `json:"samples"`         // above the intervention value on the day
	Notes      []string `json:"notes,omitempty"`
	Note       string   `json:"note,omitempty"` // 复核后不再高于管制值
	Legal      *Legal   `json:"legal,omitempty"`
}

// Legal is the clause on the day of sampling.
type Legal struct {
	Code     string `json:"code"`
	Citation string `json:"citation"`
	Mark     string `json:"mark,omitempty"` // 待核实, 待补充 …
}

// severe is a content above its intervention value.
type severe struct {
	Sample
	Verdict
	beyond standard.Exact // value/intervention value − 1
}

// tell makes one finding of a round of a site in which a content lies above the
// intervention value, with a period for each day of sampling. Told again with the
// same results it changes nothing; a day on which no content lies above any more
// is told as such.
func (s *Store) tell(ctx context.Context, tx *sqldb.Tx, site Site, round string, samples []Sample, verdicts map[int64][]Verdict) error {
	if s.Matters == nil || legalActs[site.Kind] == "" {
		return nil
	}
	days := map[standard.Date][]severe{}
	for _, sample := range samples {
		if _, ok := days[sample.On]; !ok {
			days[sample.On] = nil
		}
		for _, v := range verdicts[sample.ID] {
			if v.State == Severe {
				beyond := exactOf(v.Compared).Quo(exactOf(v.Intervention)).Sub(standard.Int(1))
				days[sample.On] = append(days[sample.On], severe{sample, v, beyond})
			}
		}
	}
	key := fmt.Sprintf("land/%d/%s", site.ID, round)
	told, err := s.told(ctx, tx, key)
	if err != nil {
		return err
	}
	for _, on := range told {
		if _, ok := days[standard.Date(on)]; !ok {
			days[standard.Date(on)] = nil // its samples went to another round
		}
	}
	for _, on := range slices.Sorted(maps.Keys(days)) {
		all := days[on]
		if len(all) == 0 && !slices.Contains(told, string(on)) {
			continue
		}
		f, err := s.finding(site, key, round, on, all)
		if err != nil {
			return err
		}
		if _, _, err := s.Matters.FindTx(ctx, tx, platform, f); err != nil {
			return err
		}
		if slices.Contains(told, string(on)) {
			continue
		}
		if err := tx.ExecOne(ctx, `INSERT INTO land_told (key, sampled_on) VALUES ($1, $2)`, key, string(on)); err != nil {
			return err
		}
	}
	return nil
}

// told returns the days of which a finding was told.
func (s *Store) told(ctx context.Context, tx *sqldb.Tx, key string) (days []string, err error) {
	rows, err := sqldb.All[struct {
		On string `db:"sampled_on"`
	}](ctx, tx, `SELECT sampled_on FROM land_told WHERE key = $1`, key)
	for _, r := range rows {
		days = append(days, r.On)
	}
	return days, err
}

// finding is the finding of a round with the period of one day.
func (s *Store) finding(site Site, key, round string, on standard.Date, all []severe) (matter.Finding, error) {
	day, err := time.ParseInLocation(time.DateOnly, string(on), clock.Shanghai)
	if err != nil {
		return matter.Finding{}, err
	}
	f := matter.Finding{
		Key: key, Kind: FindingKind, Division: site.Division, At: day, LastAt: day,
		Title: fmt.Sprintf("%s %s（%s）土壤含量高于风险管制值", site.Name, round, site.Kind.Name()),
	}
	facts := Facts{Rule: "above_intervention", Kind: site.Kind, Site: site.ID, Round: round, Legal: s.legal(site.Kind, day)}
	if len(all) == 0 {
		facts.Note = "复核后不再高于管制值"
		f.Facts, err = json.Marshal(facts)
		return f, err
	}
	worst, over := all[0], map[int64]bool{}
	for _, v := range all {
		over[v.Sample.ID] = true
		if v.beyond.Cmp(worst.beyond) > 0 {
			worst = v
		}
	}
	b := worst.Basis()
	facts.Sample, facts.FactorName, facts.Value, facts.Unit, facts.Limit = worst.Sample.ID, worst.Item, worst.Compared, string(worst.Unit), worst.Intervention
	facts.Arithmetic, facts.Samples, facts.Label = b.Arithmetic, len(over), worst.Confidence.Label()
	if n := len(b.Citations); n > 0 {
		facts.Citation = b.Citations[n-1]
	}
	facts.Notes = append(facts.Notes, fmt.Sprintf("最大值为样品 %s；当日 %d 个样品高于管制值", sampleName(worst.Sample), len(over)))
	if facts.Legal != nil {
		facts.Notes = append(facts.Notes, "法律依据："+facts.Legal.Citation+" "+facts.Legal.Mark)
	}
	f.Peak, f.Unit, f.Times = worst.Compared, string(worst.Unit), worst.beyond.Round(2)
	f.Facts, err = json.Marshal(facts)
	return f, err
}

// legal returns the clause in force on a day.
func (s *Store) legal(k Kind, day time.Time) *Legal {
	if s.Law == nil {
		return nil
	}
	b, err := s.Law.Basis(legalActs[k], day)
	if err != nil {
		return nil // a catalog without this act: the finding cites the standard alone
	}
	return &Legal{string(legalActs[k]), b.Citation(), b.Mark()}
}
