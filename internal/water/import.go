package water

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Imported is what became of a file of results.
type Imported struct {
	ID     int64    `json:"id"` // of the import; 0 where a file that was imported before brought nothing new
	Name   string   `json:"name"`
	Digest string   `json:"digest"` // SM3 of the file
	Form   string   `json:"form"`
	Month  string   `json:"month,omitempty"` // the only one that was taken
	Rows   int      `json:"rows"`
	Taken  int      `json:"taken"` // rows of a known place and with a date
	Months []string `json:"months"`
	// Values are results and states, of which New were not there, Changed another
	// revision of what was there, Same nothing new, Unused in doubt or superseded.
	Values  int `json:"values"`
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	// Results are the evaluations that came out new or otherwise.
	Results  int       `json:"results"`
	Problems []Problem `json:"problems"` // at most keptProblems
	Wrong    int       `json:"wrong"`    // problems in all, without mere notes
	Again    bool      `json:"again"`    // the file was imported before
}

const (
	maxFile      = 32 << 20
	keptProblems = 2000
	maxValues    = 200_000
)

// Import stores the results of a laboratory's file, CSV or a workbook: a row a
// result, or a row a sample with a column an item. What cannot be used is listed
// with its cell, the reason and what to do; the rest is stored, and nothing is
// guessed. month, such as 2026-03, refuses the rows of others; empty takes any.
// What says otherwise than before is a revision beside it, and everything that
// hangs on it is evaluated again in the same transaction. A file that comes again
// changes nothing.
//
// The error is fault.Denied without point.edit, fault.Invalid when r is no such
// table.
func (s *Store) Import(ctx context.Context, by access.Caller, name, month string, r io.Reader) (_ Imported, err error) {
	defer fault.Wrap(&err, "water.Import(%s)", name)
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
	places, err := s.Places(ctx, by)
	if err != nil {
		return Imported{}, err
	}
	t, err := readTable(bytes.NewReader(data), s.Book(), places, month, s.now())
	if err != nil {
		return Imported{}, err
	}
	if len(t.values) > maxValues {
		return Imported{}, fault.New(fault.Invalid, "文件中的结果超过 %d 个，请按年份分开导入", maxValues)
	}
	digest := sm3.Sum(data)
	in := Imported{
		Name: name, Digest: hex.EncodeToString(digest[:]), Form: t.Form, Month: month, Rows: t.Len(), Taken: t.rows, Values: len(t.values),
		Months: slices.Sorted(maps.Keys(t.months)),
	}
	if in.Months == nil {
		in.Months = []string{}
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		done := in // the transaction may run again
		if err := s.keep(ctx, tx, by, &done, t, data); err != nil {
			return err
		}
		in = done
		return nil
	})
	return in, err
}

// keep stores what is new of a file, evaluates, and notes the import.
func (s *Store) keep(ctx context.Context, tx *sqldb.Tx, by access.Caller, in *Imported, t *table, data []byte) error {
	before, again, err := sqldb.Value[int64](ctx, tx, `SELECT id FROM water_imports WHERE digest = $1 ORDER BY id LIMIT 1`, in.Digest)
	if err != nil {
		return err
	}
	in.Again = again
	in.ID = sqldb.NewID()
	k := keeping{Store: s, tx: tx, by: by, in: in, problems: slices.Clone(t.problems)}
	if err := k.values(ctx, t); err != nil {
		return err
	}
	in.Problems = k.problems[:min(len(k.problems), keptProblems)]
	for _, p := range k.problems {
		if p.Fate != Noted {
			in.Wrong++
		}
	}
	if in.New+in.Changed == 0 && again {
		in.ID = before
		return nil
	}
	cause := "import/" + strconv.FormatInt(in.ID, 10)
	for _, id := range slices.Sorted(maps.Keys(k.touched)) {
		p, _ := t.places.ByID(id)
		n, err := s.reckon(ctx, tx, p, k.touched[id], cause)
		if err != nil {
			return err
		}
		in.Results += n
	}
	return k.note(ctx, data)
}

// keeping is a file while it is stored.
type keeping struct {
	*Store
	tx       *sqldb.Tx
	by       access.Caller
	in       *Imported
	problems []Problem
	touched  map[int64]map[string]bool // months with something new, by place
}

// values stores the values of a file that say something new.
func (k *keeping) values(ctx context.Context, t *table) error {
	k.touched = map[int64]map[string]bool{}
	byPlace := map[int64][]Value{}
	for _, v := range t.values {
		byPlace[v.Place] = append(byPlace[v.Place], v)
	}
	for _, id := range slices.Sorted(maps.Keys(byPlace)) {
		if err := lockPlace(ctx, k.tx, id); err != nil {
			return err
		}
		have, err := valuesTx(ctx, k.tx, id, t.months)
		if err != nil {
			return err
		}
		for _, v := range byPlace[id] {
			if err := k.value(ctx, v, have); err != nil {
				return err
			}
		}
	}
	return nil
}

// value stores one value unless it says nothing new, or what is there is better.
func (k *keeping) value(ctx context.Context, v Value, have map[valueKey][]Value) error {
	of := have[v.key()] // the latest first
	switch {
	case len(of) > 0 && of[0].same(v):
		k.in.Same++
		return nil
	case len(of) > 0 && v.Doubt != "" && of[0].Doubt == "" && of[0].Raw != "":
		k.problems = append(k.problems, Problem{v.Cell, v.ItemName(k.Book()), v.Raw, v.Doubt,
			"不能采用的数值不取代已有的“" + of[0].Text() + "”", todo(v.Doubt), Skipped})
		return nil
	}
	// A value of this very file that somebody has corrected since is not brought
	// back by importing the file again.
	if k.in.Again && slices.ContainsFunc(of, func(w Value) bool { return w.same(v) }) {
		k.problems = append(k.problems, Problem{v.Cell, v.ItemName(k.Book()), v.Raw, "corrected",
			"这个数值以前导入过，后来已更正为“" + of[0].Text() + "”，没有采用", "确须改回的，请在数值页面更正", Skipped})
		return nil
	}
	v.Import, v.Who, v.WhoName = k.in.ID, k.by.Login, k.by.Name
	if err := saveValue(ctx, k.tx, of, v); err != nil {
		return err
	}
	if len(of) == 0 {
		k.in.New++
	} else {
		k.in.Changed++
	}
	if k.touched[v.Place] == nil {
		k.touched[v.Place] = map[string]bool{}
	}
	k.touched[v.Place][v.On[:7]] = true
	return nil
}

// note stores the file, the import and its journal entry.
func (k *keeping) note(ctx context.Context, data []byte) error {
	in := k.in
	if _, err := k.tx.Exec(ctx, `
		INSERT INTO water_files (digest, size, data)
		VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, in.Digest, len(data), data); err != nil {
		return err
	}
	division := access.Division("")
	if len(k.by.Scope.Divisions) > 0 {
		division = k.by.Scope.Divisions[0]
	}
	if err := k.tx.ExecOne(ctx, `
		INSERT INTO water_imports (id, name, digest, division, who, who_name, imported_at, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		in.ID, in.Name, in.Digest, string(division), k.by.Login, k.by.Name, k.tx.Now.Unix(), pack(in)); err != nil {
		return err
	}
	return appendEntry(ctx, k.tx, k.by, "water.import", fmt.Sprintf("import/%d", in.ID), map[string]any{
		"name": in.Name, "sm3": in.Digest, "rows": in.Rows, "values": in.Values, "new": in.New, "changed": in.Changed, "problems": in.Wrong,
	})
}

// Import is an import that was made, as a list of them shows it.
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

// Imports returns the imports of people of by's scope, the latest first.
//
// The error is fault.Denied without point.edit.
func (s *Store) Imports(ctx context.Context, by access.Caller, n int) (all []Import, err error) {
	defer fault.Wrap(&err, "water.Imports")
	if err := by.Must("point.edit"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 1)
	rows, err := sqldb.All[importRow](ctx, s.db, `
		SELECT id, who_name, imported_at, result
		  FROM water_imports
		 WHERE `+cond+`
		 ORDER BY id DESC
		 LIMIT `+strconv.Itoa(max(1, min(n, 200))), args...)
	for _, r := range rows {
		one := Import{ID: r.ID, Who: r.Who, At: r.At}
		if err := unpack(r.Result, &one.Result); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, err
}

// File returns the file of an import, byte by byte, and its name.
//
// The error is fault.Denied without monitor.read, fault.NotFound when there is no
// such import, or none of by's scope that brought a value.
func (s *Store) File(ctx context.Context, by access.Caller, id int64) (name string, data []byte, err error) {
	defer fault.Wrap(&err, "water.File(%d)", id)
	if err := by.Must("monitor.read"); err != nil {
		return "", nil, err
	}
	cond, args := by.Scope.Where("i.division", "0", 2)
	row, err := sqldb.One[struct {
		Name string `db:"name"`
		Data []byte `db:"data"`
	}](ctx, s.db, "没有这次导入，或不在您的管辖范围内", `
		SELECT i.name, f.data
		  FROM water_imports i
		  JOIN water_files f ON f.digest = i.digest
		 WHERE i.id = $1
		   AND `+cond, append([]any{id}, args...)...)
	return row.Name, row.Data, err
}
