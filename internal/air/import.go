package air

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/sheet"
	"pingzhang/internal/sqldb"
)

// Imported is what became of a file of the national feed.
type Imported struct {
	ID     int64  `json:"id"` // of the import; 0 where nothing was new and no such file was imported before
	Name   string `json:"name"`
	Digest string `json:"digest"` // SM3 of the file
	Form   string `json:"form"`
	Rows   int    `json:"rows"`
	// Hours are the station-hours of known stations, of which New brought values
	// that were not there, Changed other values than before, Same nothing.
	Hours   int `json:"hours"`
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	// Unknown counts the rows of stations that are not registered, or not in the
	// caller's scope, by code.
	Unknown  map[string]int  `json:"unknown"`
	Problems []sheet.Problem `json:"problems"` // at most keptProblems
	Wrong    int             `json:"wrong"`    // problems in all, without mere notes
	From     int64           `json:"from"`     // start of the first hour, unix seconds
	To       int64           `json:"to"`       // end of the last
	Again    bool            `json:"again"`    // the file was imported before
}

// UnknownTexts returns a sentence for each code that is not known.
func (i *Imported) UnknownTexts() (all []string) {
	for _, code := range slices.Sorted(maps.Keys(i.Unknown)) {
		all = append(all, unknownText(code, i.Unknown[code]))
	}
	return all
}

const (
	maxFile      = 64 << 20
	keptProblems = 2000
	appendAtOnce = 2000
)

// Import stores the hours of a file of the national feed: CSV or a workbook, in
// the shapes of the public lists, of the platform's archives, or with Chinese
// headers. Units are µg/m³, of CO mg/m³. What cannot be used is listed with its
// cell and the reason, and the rest is stored; nothing is guessed. A later file
// corrects an earlier one, and a file that comes again changes nothing.
//
// The error is fault.Denied without point.edit, fault.Invalid when r is no such
// table, fault.Unavailable when the disk is full; then import the file again.
func (s *Store) Import(ctx context.Context, by access.Caller, name string, r io.Reader) (_ Imported, err error) {
	defer fault.Wrap(&err, "air.Import(%s)", name)
	if err := by.Must("point.edit"); err != nil {
		return Imported{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Imported{}, err
	}
	if len(data) > maxFile {
		return Imported{}, fault.New(fault.Invalid, "文件超过 %d MB，请分开导入", maxFile>>20)
	}
	stations, err := s.Stations(ctx, by)
	if err != nil {
		return Imported{}, err
	}
	known := map[string]Station{}
	for _, st := range stations {
		known[strings.ToUpper(st.Code)] = st
	}
	f, err := readFeed(bytes.NewReader(data), known, s.settings, s.now())
	if err != nil {
		return Imported{}, err
	}
	digest := sm3.Sum(data)
	in := Imported{Name: name, Digest: hex.EncodeToString(digest[:]), Form: f.sheet.Form, Rows: f.rows, Unknown: f.unknown}
	fresh, err := s.fresh(ctx, f, &in)
	if err != nil {
		return in, err
	}
	in.Wrong = len(f.sheet.Wrong())
	in.Problems = f.sheet.Problems[:min(len(f.sheet.Problems), keptProblems)]
	return in, s.keep(ctx, by, &in, fresh)
}

// keep stores what is new of a file, and notes the import.
func (s *Store) keep(ctx context.Context, by access.Caller, in *Imported, fresh []measure.Frame) error {
	before, again, err := sqldb.Value[int64](ctx, s.db, `SELECT id FROM air_imports WHERE digest = $1 ORDER BY id LIMIT 1`, in.Digest)
	if err != nil {
		return err
	}
	in.Again = again
	if len(fresh) == 0 && again {
		in.ID = before
		return nil
	}
	for part := range slices.Chunk(fresh, appendAtOnce) {
		if _, err := s.readings.Append(ctx, part); err != nil {
			return err
		}
	}
	in.ID = sqldb.NewID()
	object := fmt.Sprintf("import/%d", in.ID)
	var all []pend
	for _, f := range fresh {
		all = append(all, pend{Kind: pendHour, Subject: strconv.FormatInt(int64(f.Point), 10), At: f.At, ReadyAt: f.At + 3600, Cause: object})
	}
	division := access.Division("")
	if len(by.Scope.Divisions) > 0 {
		division = by.Scope.Divisions[0]
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := put(ctx, tx, slices.Clone(all)); err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `
			INSERT INTO air_imports (id, name, digest, division, who, who_name, imported_at, result)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			in.ID, in.Name, in.Digest, string(division), by.Login, by.Name, tx.Now.Unix(), pack(in)); err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry("air.import", object, map[string]any{
			"name": in.Name, "sm3": in.Digest, "rows": in.Rows, "hours": in.Hours, "new": in.New, "changed": in.Changed,
			"unknown_stations": len(in.Unknown), "problems": in.Wrong,
		}))
	})
}

// stored is what the readings hold of one station.
type stored struct {
	now   map[cellKey]string          // the content that counts
	known map[cellKey]map[string]bool // every content there ever was
}

type cellKey struct {
	at     int64
	factor string
}

// fresh returns frames of what the readings do not hold, and counts. A content
// that a later one has superseded is not brought back by a file that comes again.
func (s *Store) fresh(ctx context.Context, f *feed, in *Imported) (frames []measure.Frame, err error) {
	slices.SortStableFunc(f.hours, func(a, b feedHour) int {
		if a.station.ID != b.station.ID {
			return int(max(-1, min(1, a.station.ID-b.station.ID)))
		}
		return int(max(-1, min(1, a.at-b.at)))
	})
	for i := 0; i < len(f.hours); {
		j := i
		for j < len(f.hours) && f.hours[j].station.ID == f.hours[i].station.ID {
			j++
		}
		have, err := s.stored(ctx, measure.Point(f.hours[i].station.ID), f.hours[i].at, f.hours[j-1].at+3600)
		if err != nil {
			return nil, err
		}
		for k := i; k < j; k++ {
			if h := &f.hours[k]; !h.empty() || h.aqi != "" {
				if frame, is := s.frame(f, h, have, in); is {
					frames = append(frames, frame)
				}
			}
		}
		i = j
	}
	return frames, nil
}

// stored reads what the readings hold of a station over the hours of a file.
func (s *Store) stored(ctx context.Context, p measure.Point, from, to int64) (stored, error) {
	have := stored{map[cellKey]string{}, map[cellKey]map[string]bool{}}
	q := measure.RowQuery{Point: p, Kind: measure.Hour, From: from, To: to, Superseded: true}
	err := s.readings.Rows(ctx, q, func(r measure.Row) error {
		k := cellKey{r.At, r.Factor}
		values := r.Values
		if r.Fix != nil {
			values = r.Reported
		}
		have.now[k] = content(values)
		have.known[k] = map[string]bool{have.now[k]: true}
		for _, v := range r.Superseded {
			have.known[k][content(v.Values)] = true
		}
		return nil
	})
	return have, err
}

// content is what a factor says, whatever the order of its fields.
func content(values []measure.Value) string {
	var all []string
	for _, v := range values {
		all = append(all, v.Field+"="+v.Text)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// frame makes a frame of those values of an hour that the readings do not hold;
// false where they hold all.
func (s *Store) frame(f *feed, h *feedHour, have stored, in *Imported) (measure.Frame, bool) {
	now := s.now()
	in.Hours++
	if in.From == 0 || h.at < in.From {
		in.From = h.at
	}
	in.To = max(in.To, h.at+3600)
	var cells []measure.Cell
	changed, undone := false, false
	add := func(factor string, values ...measure.Value) {
		k := cellKey{h.at, factor}
		text := content(values)
		if have.known[k][text] {
			undone = undone || have.now[k] != text
			return
		}
		changed = changed || have.now[k] != ""
		for _, v := range values {
			cells = append(cells, measure.Cell{Factor: factor, Field: v.Field, Text: v.Text})
		}
	}
	for p, text := range h.values {
		if text != "" {
			add(factors[p], measure.Value{Field: "Avg", Text: text}, measure.Value{Field: "Flag", Text: "N"})
		}
	}
	for i, text := range h.wind {
		if text != "" {
			add(windFactors[i], measure.Value{Field: "Avg", Text: text}, measure.Value{Field: "Flag", Text: "N"})
		}
	}
	if h.aqi != "" {
		add(publishedFactor, measure.Value{Field: "Avg", Text: h.aqi}, measure.Value{Field: publishedPrimary, Text: h.primary})
	}
	if undone {
		f.problem(h.row, colTime, corrected, "站点 %s 这个小时的数值以前导入过，后来已被更正，没有采用", h.station.Code)
	}
	switch {
	case len(cells) == 0:
		in.Same++
		return measure.Frame{}, false
	case changed:
		in.Changed++
	default:
		in.New++
	}
	return measure.Frame{
		Point: measure.Point(h.station.ID), Kind: measure.Hour, At: h.at, QN: now.UnixMilli(), Received: now.Unix(), Cells: measure.Pack(cells...), Raw: raw(h),
	}, true
}

// raw is the row as it is proved later: what was read of it, as it stood.
func raw(h *feedHour) []byte {
	parts := []string{fmt.Sprintf("row=%d", h.row.Number), colTime + "=" + h.row.Raw(colTime), colCode + "=" + h.row.Raw(colCode)}
	for _, c := range feedColumns[2:] {
		if text := h.row.Raw(c.Name); text != "" {
			parts = append(parts, c.Name+"="+text)
		}
	}
	return []byte(strings.Join(parts, "\t"))
}

// Import is an import that was made, as a list of them shows it.
type Import struct {
	ID     int64
	Who    string
	At     int64 // unix seconds
	Result Imported
}

// Imports returns the imports of people of by's scope, the latest first.
//
// The error is fault.Denied without point.edit.
func (s *Store) Imports(ctx context.Context, by access.Caller, n int) (all []Import, err error) {
	defer fault.Wrap(&err, "air.Imports")
	if err := by.Must("point.edit"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 1)
	rows, err := sqldb.All[struct {
		ID     int64  `db:"id"`
		Who    string `db:"who_name"`
		At     int64  `db:"imported_at"`
		Result string `db:"result"`
	}](ctx, s.db, `
		SELECT id, who_name, imported_at, result
		  FROM air_imports
		 WHERE `+cond+`
		 ORDER BY id DESC
		 LIMIT `+strconv.Itoa(max(1, min(n, 200))), args...)
	for _, r := range rows {
		one := Import{ID: r.ID, Who: r.Who, At: r.At}
		unpack(r.Result, &one.Result)
		all = append(all, one)
	}
	return all, err
}
