package land

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// Round is what the samples of one batch of a site come to.
type Round struct {
	Site     int64         `db:"site"`
	Name     string        `db:"round"`
	Kind     Kind          `db:"kind"`
	Division string        `db:"division"`
	First    standard.Date `db:"first_on"`
	Last     standard.Date `db:"last_on"`
	State    State         `db:"state"`
	Summary  string        `db:"summary"`
	RefsJSON string        `db:"refs"`
	JudgedAt int64         `db:"judged_at"`
}

const roundColumns = `site, round, kind, division, first_on, last_on, state, summary, refs, judged_at`

// Counts returns what the round counts to.
func (r Round) Counts() (c Counts) {
	unpack(r.Summary, &c)
	return c
}

// Refs returns the rows of the standards that the round rests on.
func (r Round) Refs() (all []standard.Ref) {
	unpack(r.RefsJSON, &all)
	return all
}

// Counts are the figures of a round.
type Counts struct {
	Stages  []string `json:"stages,omitempty"` // keys of Stages
	Samples int      `json:"samples"`
	// Of the samples, those with a content above the screening value (or worse
	// than the target), of these above the intervention value; those of which
	// nothing worse is known but something is unknown.
	Over    int `json:"over"`
	Severe  int `json:"severe"`
	Unknown int `json:"unknown"`
	// The highest multiple above a screening value, and where.
	Multiple string `json:"multiple,omitempty"`
	Item     string `json:"item,omitempty"`
	Where    string `json:"where,omitempty"`
	// The depth between which samples are over, in cm; empty where none is, or no
	// depth is known.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Class is the worst class of groundwater; empty where one item is unknown.
	Class      string              `json:"class,omitempty"`
	Items      []ItemCounts        `json:"items,omitempty"`
	Missing    []string            `json:"missing,omitempty"` // items of table 1 of the standard that no sample has
	Unruled    []string            `json:"unruled,omitempty"` // items that the standard does not name
	UnknownOf  []string            `json:"unknown_of,omitempty"`
	Confidence standard.Confidence `json:"confidence,omitempty"`
	Editions   []string            `json:"editions,omitempty"`
}

// Complete reports whether every item of table 1 was measured. Without it a round
// in which nothing is above its value is not good: it says so of what was
// measured alone.
func (c Counts) Complete() bool { return len(c.Missing) == 0 }

// Ratio writes which share of the samples is over, of those of which that is
// known: 3/12（25.0%）.
func (c Counts) Ratio() string { return share(c.Over, c.Samples-c.Unknown) }

func share(n, of int) string {
	if of == 0 {
		return "—"
	}
	percent := standard.Int(int64(n) * 100).Quo(standard.Int(int64(of)))
	return fmt.Sprintf("%d/%d（%s%%）", n, of, percent.Round(1))
}

// ItemCounts are the figures of one item of a round.
type ItemCounts struct {
	Item    string `json:"item"`
	State   State  `json:"state"`
	N       int    `json:"n"`
	Over    int    `json:"over"`
	Severe  int    `json:"severe"`
	Exempt  int    `json:"exempt"`
	Unknown int    `json:"unknown"`
	// The highest content of which something is known, in the unit of the figures,
	// and the sample it is of.
	Most     string `json:"most,omitempty"`
	Where    string `json:"where,omitempty"`
	Multiple string `json:"multiple,omitempty"`
	Unit     string `json:"unit,omitempty"`
	// The figures; where they differ by pH, those of the highest multiple.
	Screening    string         `json:"screening,omitempty"`
	Intervention string         `json:"intervention,omitempty"`
	Class        string         `json:"class,omitempty"`
	Why          standard.Issue `json:"why,omitempty"` // of the first that is unknown
	Unverified   bool           `json:"unverified,omitempty"`
}

// Ratio writes which share of the samples is over, of those that are known.
func (i ItemCounts) Ratio() string { return share(i.Over, i.N-i.Unknown) }

// sampleName says which sample it is, for a person.
func sampleName(s Sample) string {
	name := s.Code
	if s.Spot != "" && s.Spot != s.Code {
		name = s.Spot + " " + name
	}
	if d := s.Depth(); d != "" {
		name += "（" + d + "）"
	}
	return name
}

// count reckons a round from its samples and their verdicts, by sample. due are
// the items of the standard.
func count(kind Kind, samples []Sample, verdicts map[int64][]Verdict, due []soil.Item) (c Counts, state State, refs []standard.Ref) {
	c.Samples, c.Confidence = len(samples), standard.Source
	t := tally{kind: kind, Counts: &c, items: map[string]*ItemCounts{}, class: -1}
	var states []State
	for _, s := range samples {
		if s.Stage != "" && !slices.Contains(c.Stages, s.Stage) {
			c.Stages = append(c.Stages, s.Stage)
		}
		worst := t.sample(s, verdicts[s.ID])
		states = append(states, worst)
		switch worst {
		case Severe:
			c.Severe++
			c.Over++
		case Over:
			c.Over++
		case Unknown:
			c.Unknown++
		}
	}
	if t.from.IsSet() {
		c.From, c.To = t.from.String(), t.to.String()
	}
	for _, d := range due {
		if d.Clause == "表1" && t.items[d.Name] == nil {
			c.Missing = append(c.Missing, d.Name)
		}
	}
	c.Items = t.sorted(due)
	for _, i := range c.Items {
		if i.State == Unruled {
			c.Unruled = append(c.Unruled, i.Item)
		}
		if i.Unknown > 0 {
			c.UnknownOf = append(c.UnknownOf, i.Item)
		}
	}
	if kind == Well && len(c.UnknownOf) == 0 && t.class >= 0 && len(t.items) > 0 {
		c.Class = classes[t.class]
	}
	slices.Sort(c.Editions)
	return c, Worst(states...), t.refs
}

// tally is a round while it is counted.
type tally struct {
	*Counts
	kind     Kind
	items    map[string]*ItemCounts
	from, to standard.Exact
	most     standard.Exact // multiple
	class    int            // index into classes; −1 for none
	refs     []standard.Ref
}

// sample counts one sample and returns what it comes to.
func (t *tally) sample(s Sample, all []Verdict) State {
	var states []State
	for _, v := range all {
		states = append(states, v.State)
		t.item(s, v)
		b := v.Basis()
		for _, r := range b.Rows {
			if !slices.Contains(t.refs, r) {
				t.refs = append(t.refs, r)
			}
		}
		if b.Edition != "" && !slices.Contains(t.Editions, b.Edition) {
			t.Editions = append(t.Editions, b.Edition)
		}
		if len(b.Rows) > 0 {
			t.Confidence = t.Confidence.Weaker(v.Confidence)
		}
	}
	worst := Worst(states...)
	if worst == Over || worst == Severe {
		from, bad := standard.Read(s.From)
		to, bad2 := standard.Read(s.To)
		if bad == "" && bad2 == "" {
			if !t.from.IsSet() || from.Cmp(t.from) < 0 {
				t.from = from
			}
			if !t.to.IsSet() || to.Cmp(t.to) > 0 {
				t.to = to
			}
		}
	}
	return worst
}

// item counts one verdict.
func (t *tally) item(s Sample, v Verdict) {
	i := t.items[v.Item]
	if i == nil {
		i = &ItemCounts{Item: v.Item, State: Unruled, Unit: string(v.Unit)}
		t.items[v.Item] = i
	}
	i.N++
	switch v.State {
	case Over:
		i.Over++
	case Severe:
		i.Over++
		i.Severe++
	case Exempt:
		i.Exempt++
	case Unknown, Unruled:
		i.Unknown++
		i.Why = cmp.Or(i.Why, v.Issue)
	}
	if slices.Index(rank, v.State) > slices.Index(rank, i.State) {
		i.State = v.State
	}
	i.Unverified = i.Unverified || len(v.Basis().Rows) > 0 && !v.Confidence.Verified()
	if is := slices.Index(classes, v.Outcome); t.kind == Well && is >= 0 {
		t.class = max(t.class, is)
		if is > slices.Index(classes, i.Class) {
			i.Class = v.Outcome
		}
	}
	t.highest(i, s, v)
}

// highest keeps the highest content and the highest multiple.
func (t *tally) highest(i *ItemCounts, s Sample, v Verdict) {
	value := exactOf(v.Compared)
	if !value.IsSet() {
		return
	}
	most := exactOf(i.Most)
	if !most.IsSet() {
		i.Unit = string(v.Unit)
	}
	if i.Screening == "" {
		i.Screening, i.Intervention = v.Screening, v.Intervention
	}
	value, err := standard.Convert(value, v.Unit, standard.Unit(i.Unit))
	if err != nil {
		return // a unit of another kind of thing, which nothing is said of
	}
	if !most.IsSet() || value.Cmp(most) > 0 {
		i.Most, i.Where = value.String(), sampleName(s)
	}
	multiple := exactOf(v.Multiple)
	if !multiple.IsSet() {
		return
	}
	if m := exactOf(i.Multiple); !m.IsSet() || multiple.Cmp(m) > 0 {
		i.Multiple, i.Screening, i.Intervention = v.Multiple, v.Screening, v.Intervention
	}
	if v.State != Over && v.State != Severe {
		return // within the background
	}
	if !t.most.IsSet() || multiple.Cmp(t.most) > 0 {
		t.most = multiple
		t.Multiple, t.Item, t.Where = v.Multiple, v.Item, sampleName(s)
	}
}

// exactOf reads what Exact.String wrote, a fraction too.
func exactOf(text string) (x standard.Exact) {
	if x.UnmarshalText([]byte(text)) != nil {
		return standard.Exact{}
	}
	return x
}

// sorted returns the items, the worst first and then in the order of the table.
func (t *tally) sorted(due []soil.Item) (all []ItemCounts) {
	order := map[string]int{}
	for i, d := range due {
		order[d.Name] = i + 1
	}
	for _, i := range t.items {
		all = append(all, *i)
	}
	at := func(i ItemCounts) int {
		if n := order[i.Item]; n > 0 {
			return n
		}
		return len(due) + 1
	}
	slices.SortFunc(all, func(a, b ItemCounts) int {
		return cmp.Or(slices.Index(rank, b.State)-slices.Index(rank, a.State), at(a)-at(b), cmp.Compare(a.Item, b.Item))
	})
	return all
}

// settle reckons a round of a site again from what is stored, and tells of what
// lies above the intervention value.
func (s *Store) settle(ctx context.Context, tx *sqldb.Tx, book *soil.Book, site Site, name string) error {
	samples, err := sqldb.All[Sample](ctx, tx, `
		SELECT `+sampleColumns+`
		  FROM land_samples
		 WHERE site = $1
		   AND round = $2
		 ORDER BY sampled_on, code`, site.ID, name)
	if err != nil {
		return err
	}
	verdicts, err := sqldb.All[Verdict](ctx, tx, `
		SELECT `+columnsOf("v", verdictColumns)+`
		  FROM land_verdicts v
		  JOIN land_samples s ON s.id = v.sample
		 WHERE s.site = $1
		   AND s.round = $2
		   AND v.superseded_at = 0
		 ORDER BY v.sample, v.item`, site.ID, name)
	if err != nil {
		return err
	}
	bySample := map[int64][]Verdict{}
	for _, v := range verdicts {
		bySample[v.Sample] = append(bySample[v.Sample], v)
	}
	c, state, refs := count(site.Kind, samples, bySample, items(book, site.Kind))
	r := Round{Site: site.ID, Name: name, Kind: site.Kind, Division: string(site.Division), State: state, Summary: pack(c), RefsJSON: pack(refs), JudgedAt: tx.Now.Unix()}
	if len(samples) > 0 {
		r.First, r.Last = samples[0].On, samples[len(samples)-1].On
	}
	if err := putRound(ctx, tx, r); err != nil {
		return err
	}
	if s.Note != nil {
		if err := s.Note(ctx, tx, r, site, refs); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, site, name, samples, bySample)
}

// putRound stores a round in the place of what it was. A round that has lost its
// samples to another stays with none.
func putRound(ctx context.Context, tx *sqldb.Tx, r Round) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO land_rounds (`+roundColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (site, round) DO UPDATE
		   SET division  = excluded.division,
		       first_on  = excluded.first_on,
		       last_on   = excluded.last_on,
		       state     = excluded.state,
		       summary   = excluded.summary,
		       refs      = excluded.refs,
		       judged_at = excluded.judged_at`,
		r.Site, r.Name, string(r.Kind), r.Division, string(r.First), string(r.Last), string(r.State), r.Summary, r.RefsJSON, r.JudgedAt)
	return err
}

// rounds reads rounds that have samples, the latest first.
func rounds(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Round, error) {
	return sqldb.All[Round](ctx, q, `
		SELECT `+columnsOf("r", roundColumns)+`
		  FROM land_rounds r
		 WHERE `+where+`
		   AND r.last_on <> ''
		 ORDER BY r.site, r.last_on DESC, r.first_on DESC, r.round DESC`, args...)
}
