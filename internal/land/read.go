package land

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// SiteNow is a site with what its latest round came to.
type SiteNow struct {
	Site
	Latest *Round // nil where there is no sample
	Rounds int
}

// State is how the site stands; Unknown without samples.
func (n SiteNow) Standing() State {
	if n.Latest == nil {
		return Unknown
	}
	return n.Latest.State
}

// Overview returns the sites of a kind in by's scope with their latest rounds,
// by code.
//
// The error is fault.Denied without monitor.read and register.read.
func (s *Store) Overview(ctx context.Context, by access.Caller, k Kind) (_ []SiteNow, err error) {
	defer fault.Wrap(&err, "land.Overview(%s)", k)
	sites, err := s.Sites(ctx, by, k)
	if err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("r.division", "0", 2)
	all, err := rounds(ctx, s.db, "r.kind = $1 AND "+cond, append([]any{string(k)}, args...)...)
	if err != nil {
		return nil, err
	}
	bySite := map[int64][]Round{}
	for _, r := range all {
		bySite[r.Site] = append(bySite[r.Site], r)
	}
	now := make([]SiteNow, len(sites))
	for i, site := range sites {
		now[i] = SiteNow{Site: site, Rounds: len(bySite[site.ID])}
		if now[i].Rounds > 0 {
			now[i].Latest = &bySite[site.ID][0]
		}
	}
	return now, nil
}

// SampleResult is a sample with its verdicts and what they come to.
type SampleResult struct {
	Sample
	State    State
	Verdicts map[string]Verdict // by item
}

// SiteResults are the results of one site.
type SiteResults struct {
	Site    Site
	Rounds  []Round        // the latest first
	Round   *Round         // the one that was asked for; nil without samples
	Samples []SampleResult // of Round, by day, point and depth
	// Drifted says that the file of the site says something else now than what
	// some verdict of Round rests on. They stand until somebody lets them be made
	// again (Recompute).
	Drifted bool
}

// Results returns the results of a site in by's scope: all rounds, and the samples
// of one, the latest where round is empty.
//
// The error is fault.Denied without monitor.read and register.read,
// fault.NotFound when there is no such site or round in by's scope.
func (s *Store) Results(ctx context.Context, by access.Caller, id int64, round string) (r SiteResults, err error) {
	defer fault.Wrap(&err, "land.Results(site %d, %s)", id, round)
	if r.Site, err = s.site(ctx, by, id); err != nil {
		return r, err
	}
	cond, args := by.Scope.Where("r.division", "0", 2)
	if r.Rounds, err = rounds(ctx, s.db, "r.site = $1 AND "+cond, append([]any{id}, args...)...); err != nil {
		return r, err
	}
	if len(r.Rounds) == 0 && round == "" {
		return r, nil
	}
	at := slices.IndexFunc(r.Rounds, func(x Round) bool { return round == "" || x.Name == round })
	if at < 0 {
		return r, fault.New(fault.NotFound, "没有名为“%s”的采样批次，请检查网址", round)
	}
	r.Round = &r.Rounds[at]
	r.Samples, err = s.samples(ctx, by, id, r.Round.Name)
	for _, sample := range r.Samples {
		for _, v := range sample.Verdicts {
			now := r.Site.Premises
			now.PH = v.Premises().PH
			r.Drifted = r.Drifted || pack(now) != v.PremisesJSON
		}
	}
	return r, err
}

// site returns a site in by's scope.
func (s *Store) site(ctx context.Context, by access.Caller, id int64) (Site, error) {
	if err := mayRead(by); err != nil {
		return Site{}, err
	}
	e, err := s.Register.Entry(ctx, by, id)
	if err != nil {
		return Site{}, err
	}
	site, ok := siteOf(e)
	if !ok {
		return Site{}, fault.New(fault.NotFound, "这条记录不是建设用地地块、农用地点位或地下水监测井")
	}
	return site, nil
}

// samples returns the samples of a round with their verdicts.
func (s *Store) samples(ctx context.Context, by access.Caller, site int64, round string) (all []SampleResult, err error) {
	cond, args := by.Scope.Where("s.division", "0", 3)
	args = append([]any{site, round}, args...)
	samples, err := sqldb.All[Sample](ctx, s.db, `
		SELECT `+columnsOf("s", sampleColumns)+`
		  FROM land_samples s
		 WHERE s.site = $1
		   AND s.round = $2
		   AND `+cond, args...)
	if err != nil {
		return nil, err
	}
	verdicts, err := sqldb.All[Verdict](ctx, s.db, `
		SELECT `+columnsOf("v", verdictColumns)+`
		  FROM land_verdicts v
		  JOIN land_samples s ON s.id = v.sample
		 WHERE s.site = $1
		   AND s.round = $2
		   AND v.superseded_at = 0
		   AND `+cond, args...)
	if err != nil {
		return nil, err
	}
	at := map[int64]int{}
	for i, sample := range samples {
		at[sample.ID] = i
		all = append(all, SampleResult{Sample: sample, Verdicts: map[string]Verdict{}})
	}
	for _, v := range verdicts {
		all[at[v.Sample]].Verdicts[v.Item] = v
	}
	for i := range all {
		var states []State
		for _, v := range all[i].Verdicts {
			states = append(states, v.State)
		}
		all[i].State = Worst(states...)
	}
	slices.SortStableFunc(all, func(a, b SampleResult) int { return a.compare(b.Sample) })
	return all, nil
}

// compare orders samples by day, point, depth and number.
func (s Sample) compare(t Sample) int {
	for _, c := range []int{strings.Compare(string(s.On), string(t.On)), strings.Compare(s.Spot, t.Spot)} {
		if c != 0 {
			return c
		}
	}
	if a, b := exactOf(s.From), exactOf(t.From); a.IsSet() && b.IsSet() && a.Cmp(b) != 0 {
		return a.Cmp(b)
	}
	return strings.Compare(s.Code, t.Code)
}

// ValueResult is a result with its verdict and what stood before.
type ValueResult struct {
	Value
	Verdict Verdict
	File    string // name of the file that it stands in
	Past    []Value
	Judged  []Verdict // verdicts that were superseded, the latest first
}

// SampleFile is all that is known of a sample.
type SampleFile struct {
	Site   Site
	Sample Sample
	State  State
	Past   []Sample // what was said of it before, the latest first
	Values []ValueResult
	Files  map[int64]Import // the files that it came from, by import
}

// Sample returns a sample in by's scope with every result, its verdict, the file
// and cell it stands in, and what stood before.
//
// The error is fault.Denied without monitor.read and register.read,
// fault.NotFound when there is none in by's scope.
func (s *Store) Sample(ctx context.Context, by access.Caller, id int64) (f SampleFile, err error) {
	defer fault.Wrap(&err, "land.Sample(%d)", id)
	if err := mayRead(by); err != nil {
		return f, err
	}
	cond, args := by.Scope.Where("division", "0", 2)
	if f.Sample, err = sqldb.One[Sample](ctx, s.db, "没有这个样品，或不在您的管辖范围内", `
		SELECT `+sampleColumns+`
		  FROM land_samples
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...); err != nil {
		return f, err
	}
	if f.Site, err = s.site(ctx, by, f.Sample.Site); err != nil {
		return f, err
	}
	if f.Past, err = sqldb.All[Sample](ctx, s.db, `SELECT `+sampleColumns+` FROM land_sample_history WHERE id = $1 ORDER BY revision DESC`, id); err != nil {
		return f, err
	}
	values, err := sqldb.All[Value](ctx, s.db, `SELECT `+valueColumns+` FROM land_values WHERE sample = $1 ORDER BY item, revision DESC`, id)
	if err != nil {
		return f, err
	}
	verdicts, err := sqldb.All[Verdict](ctx, s.db, `SELECT `+verdictColumns+` FROM land_verdicts WHERE sample = $1 ORDER BY item, revision DESC`, id)
	if err != nil {
		return f, err
	}
	if f.Files, err = s.files(ctx, id); err != nil {
		return f, err
	}
	at := map[string]int{}
	for _, v := range values {
		if i, ok := at[v.Item]; ok {
			f.Values[i].Past = append(f.Values[i].Past, v)
			continue
		}
		at[v.Item] = len(f.Values)
		f.Values = append(f.Values, ValueResult{Value: v, File: f.Files[v.Import].Result.Name})
	}
	var states []State
	for _, v := range verdicts {
		r := &f.Values[at[v.Item]]
		if v.SupersededAt != 0 {
			r.Judged = append(r.Judged, v)
			continue
		}
		r.Verdict = v
		states = append(states, v.State)
	}
	f.State = Worst(states...)
	return f, nil
}

// files returns the imports that brought anything of a sample.
func (s *Store) files(ctx context.Context, sample int64) (map[int64]Import, error) {
	rows, err := sqldb.All[importRow](ctx, s.db, `
		SELECT id, who_name, imported_at, result
		  FROM land_imports
		 WHERE id IN (SELECT import FROM land_values WHERE sample = $1
		              UNION SELECT import FROM land_samples WHERE id = $2
		              UNION SELECT import FROM land_sample_history WHERE id = $3)`, sample, sample, sample)
	all := map[int64]Import{}
	for _, r := range rows {
		all[r.ID] = r.read()
	}
	return all, err
}

// Import is an import that was made.
type Import struct {
	ID     int64
	Who    string
	At     int64 // unix seconds
	Result Imported
}

type importRow struct {
	ID     int64  `db:"id"`
	Who    string `db:"who_name"`
	At     int64  `db:"imported_at"`
	Result string `db:"result"`
}

func (r importRow) read() Import {
	i := Import{ID: r.ID, Who: r.Who, At: r.At}
	unpack(r.Result, &i.Result)
	return i
}

// Imports returns the imports of people of by's scope, the latest first.
//
// The error is fault.Denied without point.edit.
func (s *Store) Imports(ctx context.Context, by access.Caller, n int) (all []Import, err error) {
	defer fault.Wrap(&err, "land.Imports")
	if err := by.Must(Writes); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 1)
	rows, err := sqldb.All[importRow](ctx, s.db, `
		SELECT id, who_name, imported_at, result
		  FROM land_imports
		 WHERE `+cond+`
		 ORDER BY id DESC
		 LIMIT `+strconv.Itoa(max(1, min(n, 200))), args...)
	for _, r := range rows {
		all = append(all, r.read())
	}
	return all, err
}

// Resting returns the rounds in by's scope that rest on any revision of a row of
// the standards, the latest of each site first: those that a correction of that
// row concerns.
//
// The error is fault.Denied without monitor.read and register.read.
func (s *Store) Resting(ctx context.Context, by access.Caller, table, key string) (all []Round, err error) {
	defer fault.Wrap(&err, "land.Resting(%s, %s)", table, key)
	if err := mayRead(by); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("r.division", "0", 1)
	every, err := rounds(ctx, s.db, cond, args...)
	for _, r := range every {
		if slices.ContainsFunc(r.Refs(), func(ref standard.Ref) bool { return ref.Table == table && ref.Key == key }) {
			all = append(all, r)
		}
	}
	return all, err
}
