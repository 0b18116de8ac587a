package land

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/register"
	"pingzhang/internal/sheet"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// Imported is what became of a file of results.
type Imported struct {
	ID     int64  `json:"id"` // of the import
	Kind   Kind   `json:"kind"`
	Name   string `json:"name"`
	Digest string `json:"digest"` // SM3 of the file
	Form   string `json:"form"`
	Rows   int    `json:"rows"`
	// Samples are those of known sites, Values their results, of which New were
	// not there, Changed came as a revision beside another result, Same brought
	// nothing. Samples whose own data changed are Amended.
	Samples int `json:"samples"`
	Amended int `json:"amended"`
	Values  int `json:"values"`
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	// Unknown counts the rows of sites that are not registered, or not in the
	// caller's scope, by code.
	Unknown  map[string]int  `json:"unknown"`
	Unused   []string        `json:"unused,omitempty"` // headers of columns that were not used
	Problems []sheet.Problem `json:"problems"`         // at most keptProblems, by row
	Wrong    int             `json:"wrong"`            // problems in all, without mere notes
	Sites    []ImportedSite  `json:"sites,omitempty"`
	Again    bool            `json:"again"` // the file was imported before
}

// ImportedSite is a site of which a file brought samples, and how it stands now.
type ImportedSite struct {
	ID      int64  `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Samples int    `json:"samples"`
	Round   string `json:"round"`
	State   State  `json:"state"`
}

const (
	maxFile      = 32 << 20
	keptProblems = 2000
)

// Import stores the results of a laboratory for sites of a kind, a CSV file or a
// workbook, in long form (a row for each sample and item) or wide form (a column
// for each item, with its unit in the header), and judges them. What cannot be
// used is listed with its cell, the reason and what to do; the rest is stored;
// nothing is guessed. Another result of the same sample and item is a revision
// beside the old one. A cell that cannot be read supersedes nothing, and a file
// that comes again brings nothing back that a later one has corrected.
//
// The error is fault.Denied without point.edit and what reading needs,
// fault.Invalid when r is no such table.
func (s *Store) Import(ctx context.Context, by access.Caller, k Kind, name string, r io.Reader) (_ Imported, err error) {
	defer fault.Wrap(&err, "land.Import(%s, %s)", k, name)
	if err := by.Must(Writes); err != nil {
		return Imported{}, err
	}
	if k.Name() == "" {
		return Imported{}, fault.New(fault.Invalid, "请选择导入的是建设用地地块、农用地点位还是地下水监测井的结果")
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Imported{}, err
	}
	if len(data) > maxFile {
		return Imported{}, fault.New(fault.Invalid, "文件超过 %d MB，请分开导入", maxFile>>20)
	}
	book, err := s.Book(ctx)
	if err != nil {
		return Imported{}, err
	}
	known, err := s.known(ctx, by, k)
	if err != nil {
		return Imported{}, err
	}
	f, err := readFile(data, k, items(book, k), known, s.now())
	if err != nil {
		return Imported{}, err
	}
	digest := sm3.Sum(data)
	read := Imported{Kind: k, Name: name, Digest: hex.EncodeToString(digest[:]), Form: f.Form, Rows: f.rows, Unknown: f.unknown, Unused: f.unused}
	if len(f.samples) == 0 {
		read.list(f.Problems)
		return read, nil
	}
	var in Imported
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) (err error) {
		in = read
		in.ID = sqldb.NewID()
		w := importing{Store: s, tx: tx, in: &in, file: f, book: book, problems: slices.Clone(f.Problems)}
		return w.run(ctx, by)
	})
	return in, err
}

// known returns the sites of a kind that are in use, by code in capitals.
func (s *Store) known(ctx context.Context, by access.Caller, k Kind) (map[string]Site, error) {
	sites, err := s.Sites(ctx, by, k)
	if err != nil {
		return nil, err
	}
	known := map[string]Site{}
	for _, site := range sites {
		if site.State == register.Active {
			known[strings.ToUpper(site.Code)] = site
		}
	}
	return known, nil
}

// list keeps the problems, in the order of the rows.
func (in *Imported) list(all []sheet.Problem) {
	slices.SortStableFunc(all, func(a, b sheet.Problem) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	in.Wrong = 0
	for _, p := range all {
		if !p.Note {
			in.Wrong++
		}
	}
	in.Problems = all[:min(len(all), keptProblems)]
}

// importing is an import inside its transaction.
type importing struct {
	*Store
	tx       *sqldb.Tx
	in       *Imported
	file     *file
	book     *soil.Book
	problems []sheet.Problem
}

func (w *importing) run(ctx context.Context, by access.Caller) error {
	sites := map[int64]Site{}
	for _, s := range w.file.samples {
		sites[s.site.ID] = s.site
	}
	ids := slices.Sorted(maps.Keys(sites))
	for _, id := range ids {
		if err := lock(ctx, w.tx, id); err != nil {
			return err
		}
	}
	var err error
	if _, w.in.Again, err = sqldb.Value[int64](ctx, w.tx, `SELECT id FROM land_imports WHERE digest = $1 ORDER BY id LIMIT 1`, w.in.Digest); err != nil {
		return err
	}
	cause := fmt.Sprintf("import/%d", w.in.ID)
	rounds := map[int64]map[string]bool{}
	samples := map[int64]int{}
	for _, s := range w.file.samples {
		touched, before, err := w.sample(ctx, s)
		if err != nil {
			return err
		}
		samples[s.site.ID]++
		if rounds[s.site.ID] == nil {
			rounds[s.site.ID] = map[string]bool{}
		}
		if !touched {
			continue
		}
		if err := w.judge(ctx, w.tx, w.book, s.site, s.Sample, cause); err != nil {
			return err
		}
		rounds[s.site.ID][s.Round] = true
		if before != "" {
			rounds[s.site.ID][before] = true
		}
	}
	for _, id := range ids {
		for _, name := range slices.Sorted(maps.Keys(rounds[id])) {
			if err := w.settle(ctx, w.tx, w.book, sites[id], name); err != nil {
				return err
			}
		}
		if err := w.standing(ctx, sites[id], samples[id]); err != nil {
			return err
		}
	}
	w.in.list(w.problems)
	return w.keep(ctx, by)
}

// standing notes how a site stands after the import.
func (w *importing) standing(ctx context.Context, site Site, samples int) error {
	all, err := rounds(ctx, w.tx, "r.site = $1", site.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	latest := all[0]
	w.in.Sites = append(w.in.Sites, ImportedSite{site.ID, site.Code, site.Name, samples, latest.Name, latest.State})
	return nil
}

// keep notes the import itself, unless the file was there before and brought
// nothing.
func (w *importing) keep(ctx context.Context, by access.Caller) error {
	in := w.in
	if in.Again && in.New+in.Changed+in.Amended == 0 {
		before, _, err := sqldb.Value[int64](ctx, w.tx, `SELECT id FROM land_imports WHERE digest = $1 ORDER BY id LIMIT 1`, in.Digest)
		in.ID = before
		return err
	}
	division := around(w.file.samples)
	if len(by.Scope.Divisions) > 0 {
		division = by.Scope.Divisions[0]
	}
	if err := w.tx.ExecOne(ctx, `
		INSERT INTO land_imports (id, kind, name, digest, division, who, who_name, imported_at, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		in.ID, string(in.Kind), in.Name, in.Digest, string(division), by.Login, by.Name, w.tx.Now.Unix(), pack(in)); err != nil {
		return err
	}
	return journal.Append(ctx, w.tx, by.Entry("land.import", fmt.Sprintf("land_import/%d", in.ID), map[string]any{
		"kind": in.Kind.Name(), "name": in.Name, "sm3": in.Digest, "rows": in.Rows, "samples": in.Samples, "new": in.New, "changed": in.Changed,
		"amended": in.Amended, "unknown_sites": len(in.Unknown), "problems": in.Wrong,
	}))
}

// around is the smallest division that holds all sites of a file.
func around(samples []*fileSample) access.Division {
	d := samples[0].site.Division
	for _, s := range samples {
		for !d.Contains(s.site.Division) {
			p := d.Prefix()
			if len(p) <= 2 {
				return "" // nothing holds two provinces
			}
			d = access.Division((p[:len(p)-2] + "000000")[:6])
		}
	}
	return d
}

// sample stores a sample and its values. touched says that something is new;
// before is the round that the sample belonged to, where that was another.
func (w *importing) sample(ctx context.Context, s *fileSample) (touched bool, before string, err error) {
	w.in.Samples++
	if s.Round == "" {
		s.Round = string(s.On[:7])
	}
	old, err := sqldb.All[Sample](ctx, w.tx, `
		SELECT `+sampleColumns+`
		  FROM land_samples
		 WHERE site = $1
		   AND code = $2
		   AND sampled_on = $3`, s.Site, s.Code, string(s.On))
	if err != nil {
		return false, "", err
	}
	now := s.Sample
	now.Import, now.ChangedAt = w.in.ID, w.tx.Now.Unix()
	switch {
	case len(old) == 0:
		now.ID, now.Revision = sqldb.NewID(), 1
		touched, err = true, putSample(ctx, w.tx, now)
	default:
		fill(&now, old[0])
		now.ID, now.Revision = old[0].ID, old[0].Revision+1
		touched, err = w.amends(ctx, now, old[0])
		if err == nil && touched {
			w.in.Amended++
			before, err = old[0].Round, reviseSample(ctx, w.tx, old[0], now)
		} else {
			now = old[0]
		}
	}
	if err != nil {
		return touched, before, err
	}
	s.Sample = now
	for i := range s.values {
		if s.values[i].out {
			continue
		}
		fresh, err := w.value(ctx, s, &s.values[i])
		if err != nil {
			return touched, before, err
		}
		touched = touched || fresh
	}
	return touched, before, nil
}

// fill takes from the sample that is stored what the file does not say: a column
// that a file leaves out changes nothing.
func fill(now *Sample, old Sample) {
	if now.Round == string(now.On[:7]) && now.Round != old.Round {
		now.Round = old.Round
	}
	if now.DepthRaw == "" {
		now.DepthRaw, now.From, now.To = old.DepthRaw, old.From, old.To
	}
	// A pH that cannot be read supersedes none that can.
	if now.PH == "" || now.PHIssue != "" && old.PH != "" && old.PHIssue == "" {
		now.PH, now.PHIssue, now.PHCell = old.PH, old.PHIssue, old.PHCell
	}
	for _, p := range []struct {
		is  *string
		old string
	}{{&now.Stage, old.Stage}, {&now.Spot, old.Spot}, {&now.Laboratory, old.Laboratory}, {&now.ReportNo, old.ReportNo}} {
		if *p.is == "" {
			*p.is = p.old
		}
	}
}

// amends reports whether now says something else of a sample than old, which no
// earlier import of the same file has said: what came after that stays.
func (w *importing) amends(ctx context.Context, now, old Sample) (bool, error) {
	if now.same(old) {
		return false, nil
	}
	past, err := sqldb.All[Sample](ctx, w.tx, `
		SELECT `+columnsOf("h", sampleColumns)+`
		  FROM land_sample_history h
		  JOIN land_imports i ON i.id = h.import
		 WHERE h.id = $1
		   AND i.digest = $2`, now.ID, w.in.Digest)
	return !slices.ContainsFunc(past, now.same), err
}

// value stores a result, unless it is there or may not supersede what is. fresh
// says that it was stored.
func (w *importing) value(ctx context.Context, s *fileSample, v *fileValue) (fresh bool, err error) {
	w.in.Values++
	past, err := sqldb.All[Value](ctx, w.tx, `
		SELECT `+valueColumns+`
		  FROM land_values
		 WHERE sample = $1
		   AND item = $2
		 ORDER BY revision DESC`, s.ID, v.Item)
	if err != nil {
		return false, err
	}
	v.Sample, v.Revision, v.Import, v.Digest, v.StoredAt = s.ID, 1, w.in.ID, w.in.Digest, w.tx.Now.Unix()
	if len(past) > 0 {
		now := past[0]
		v.Revision = now.Revision + 1
		switch {
		case v.Value.same(now):
			w.in.Same++
			return false, nil
		case slices.ContainsFunc(past, func(p Value) bool { return p.Digest == v.Digest && v.Value.same(p) }):
			w.in.Same++
			w.note(v, corrected, "这个结果以前从同一文件导入过，后来已更正为“%s %s”，没有采用", now.Raw, now.Unit)
			return false, nil
		case !v.telling() && now.telling():
			w.in.Same++
			w.note(v, kept, "以前导入的结果“%s %s”保留，没有被这个不能采用的单元格取代", now.Raw, now.Unit)
			return false, nil
		}
		w.in.Changed++
		w.note(v, corrected, "与以前的结果“%s %s”不同，作为第 %d 次结果保存，以前的保留", now.Raw, now.Unit, v.Revision)
		if err := w.tx.ExecOne(ctx, `
			UPDATE land_values
			   SET superseded_at = $1
			 WHERE sample = $2
			   AND item = $3
			   AND revision = $4`, w.tx.Now.Unix(), s.ID, v.Item, now.Revision); err != nil {
			return false, err
		}
	} else {
		w.in.New++
	}
	return true, putValue(ctx, w.tx, v.Value)
}

// note says of a cell that is in order what became of it.
func (w *importing) note(v *fileValue, issue standard.Issue, format string, args ...any) {
	p := v.row.Problem(v.column, issue, format, args...)
	p.Note = true
	w.problems = append(w.problems, p)
}
