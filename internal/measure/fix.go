package measure

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sort"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Fix is a correction that a person made to one factor at one time. It lies
// over what the instrument said, which stays as it was; the last one counts.
type Fix struct {
	Point   Point
	Kind    Kind
	At      int64 // of the reading, unix seconds
	Factor  string
	Rev     int64             // 1, 2 … for one reading
	Fields  map[string]string // new texts; none withdraws earlier corrections
	Who     string            // login
	Why     string
	FixedAt int64 // unix seconds
}

// Hook does what belongs into the same transaction, such as the journal entry.
type Hook func(ctx context.Context, tx *sqldb.Tx) error

var errNoApp = fault.New(fault.Invalid, "没有业务数据库，不能保存对数据的修正或标记；请检查配置")

// Correct stores a correction, and what hook writes, in one transaction of the
// application database, and lets the hour be judged again. Rev and FixedAt are
// set by it. A reading that never came may be given by a correction too.
//
// The error is fault.Invalid when something is missing.
func (s *Store) Correct(ctx context.Context, f Fix, hook Hook) (_ Fix, err error) {
	defer fault.Wrap(&err, "measure.Correct(point %d, %s, %d, %s)", f.Point, f.Kind, f.At, f.Factor)

	if s.app == nil {
		return f, errNoApp
	}
	wrong := map[string]string{}
	if f.Point <= 0 || f.Kind < Rtd || f.Kind > Day || f.At < minAt || f.At >= maxAt {
		wrong["at"] = "请指明要修正的监测点、数据类型和时间"
	}
	if f.Factor == "" {
		wrong["factor"] = "请指明要修正的因子"
	}
	if f.Who == "" || f.Why == "" {
		wrong["why"] = "请写明修正的理由"
	}
	if err := fault.Fields(wrong); err != nil {
		return f, err
	}
	if f.Fields == nil {
		f.Fields = map[string]string{}
	}
	text, err := json.Marshal(f.Fields)
	if err != nil {
		return f, err
	}
	err = s.app.InTx(ctx, func(tx *sqldb.Tx) error {
		last, _, err := sqldb.Value[int64](ctx, tx, `
			SELECT COALESCE(MAX(rev), 0)
			  FROM fix
			 WHERE point = $1
			   AND kind = $2
			   AND ts = $3
			   AND factor = $4`, int64(f.Point), int64(f.Kind), f.At, f.Factor)
		if err != nil {
			return err
		}
		f.Rev, f.FixedAt = last+1, tx.Now.Unix()
		if err := tx.ExecOne(ctx, `
			INSERT INTO fix (point, kind, ts, factor, rev, fields, who, why, fixed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			int64(f.Point), int64(f.Kind), f.At, f.Factor, f.Rev, string(text), f.Who, f.Why, f.FixedAt); err != nil {
			return err
		}
		return afterOverlay(ctx, tx, f.Point, f.At, f.At+1, hook)
	})
	return f, err
}

// afterOverlay lets the hours of a stretch be judged again, and runs hook.
func afterOverlay(ctx context.Context, tx *sqldb.Tx, p Point, from, to int64, hook Hook) error {
	hours := map[DirtyHour]bool{}
	for h := floor(from, 3600); h < to; h += 3600 {
		hours[DirtyHour{Point: p, Hour: h}] = true
	}
	if err := writeHours(ctx, tx, `
		INSERT INTO redo (point, hour, gen)
		VALUES ($1, $2, $3)
		ON CONFLICT (point, hour) DO UPDATE
		   SET gen = excluded.gen`, hours); err != nil {
		return err
	}
	if hook == nil {
		return nil
	}
	return hook(ctx, tx)
}

// fixRow is a row of fix.
type fixRow struct {
	Point   int64  `db:"point"`
	Kind    int64  `db:"kind"`
	At      int64  `db:"ts"`
	Factor  string `db:"factor"`
	Rev     int64  `db:"rev"`
	Fields  string `db:"fields"`
	Who     string `db:"who"`
	Why     string `db:"why"`
	FixedAt int64  `db:"fixed_at"`
}

func (r fixRow) fix() (Fix, error) {
	f := Fix{Point: Point(r.Point), Kind: Kind(r.Kind), At: r.At, Factor: r.Factor, Rev: r.Rev, Who: r.Who, Why: r.Why, FixedAt: r.FixedAt}
	return f, json.Unmarshal([]byte(r.Fields), &f.Fields)
}

// currentFixes returns the corrections in force, by time.
func currentFixes(ctx context.Context, q sqldb.Querier, p Point, k Kind, from, to int64) ([]Fix, error) {
	all, err := fixesBetween(ctx, q, p, k, from, to)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var current []Fix
	for i, f := range all {
		if i+1 < len(all) && all[i+1].At == f.At && all[i+1].Factor == f.Factor {
			continue // a later revision follows
		}
		if len(f.Fields) > 0 {
			current = append(current, f)
		}
	}
	return current, nil
}

func fixesBetween(ctx context.Context, q sqldb.Querier, p Point, k Kind, from, to int64) ([]Fix, error) {
	rows, err := sqldb.All[fixRow](ctx, q, `
		SELECT point, kind, ts, factor, rev, fields, who, why, fixed_at
		  FROM fix
		 WHERE point = $1
		   AND kind = $2
		   AND ts >= $3
		   AND ts < $4
		 ORDER BY ts, factor, rev`, int64(p), int64(k), from, to)
	if err != nil {
		return nil, err
	}
	all := make([]Fix, len(rows))
	for i, r := range rows {
		if all[i], err = r.fix(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Fixes returns every correction of a range, withdrawn and superseded ones too,
// by time, factor and revision.
func (s *Store) Fixes(ctx context.Context, p Point, k Kind, from, to int64) (_ []Fix, err error) {
	defer fault.Wrap(&err, "measure.Fixes(point %d)", p)

	if s.app == nil {
		return nil, nil
	}
	return fixesBetween(ctx, s.app, p, k, from, to)
}

// over returns values with the corrected fields in their place, new ones last.
func (f *Fix) over(values []Value) []Value {
	out := slices.Clone(values)
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		i := slices.IndexFunc(out, func(v Value) bool { return v.Field == name })
		if i < 0 {
			out = append(out, Value{name, f.Fields[name]})
		} else {
			out[i].Text = f.Fields[name]
		}
	}
	return out
}

// contentOf packs the values of one factor.
func contentOf(values []Value) ([]byte, error) {
	var p Packer
	for _, v := range values {
		p.Add([]byte("a00000"), []byte(v.Field), []byte(v.Text))
	}
	parts, err := Cells(p.Pack(nil)).split()
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	return parts[0].content, nil
}

// withFixTimes adds an empty row for each correction of a time without one.
func withFixTimes(rows []mergedRow, fixes []Fix) []mergedRow {
	for i := range fixes {
		at, found := sort.Find(len(rows), func(j int) int { return int(max(-1, min(1, fixes[i].At-rows[j].at))) })
		if !found {
			rows = slices.Insert(rows, at, mergedRow{at: fixes[i].At})
		}
	}
	return rows
}

// applyFixes puts corrections over merged rows.
func applyFixes(rows []mergedRow, fixes []Fix) ([]mergedRow, error) {
	rows = withFixTimes(rows, fixes)
	for i := range fixes {
		f := &fixes[i]
		at, _ := slices.BinarySearchFunc(rows, f.At, func(r mergedRow, t int64) int { return int(max(-1, min(1, r.at-t))) })
		row := &rows[at]
		j, found := slices.BinarySearchFunc(row.all, codeOf(f.Factor), func(v version, c code) int { return v.code.compare(c) })
		v := version{code: codeOf(f.Factor), meta: meta{received: f.FixedAt}}
		var values []Value
		if found {
			v = row.all[j]
			values = v.row(f.At).Values
		}
		var err error
		if v.content, err = contentOf(f.over(values)); err != nil {
			return nil, err
		}
		row.all = slices.Clone(row.all)
		if found {
			row.all[j] = v
		} else {
			row.all = slices.Insert(row.all, j, v)
		}
	}
	return rows, nil
}

// fixRows puts corrections of one time over its rows.
func fixRows(rows []Row, at int64, q RowQuery, fixes []Fix) []Row {
	for i := range fixes {
		f := &fixes[i]
		if f.At != at || q.Factors != nil && !slices.Contains(q.Factors, f.Factor) {
			continue
		}
		j := slices.IndexFunc(rows, func(r Row) bool { return r.Factor == f.Factor })
		if j < 0 {
			j = len(rows)
			rows = append(rows, Row{At: at, Factor: f.Factor})
		}
		r := &rows[j]
		r.Fix, r.Reported = f, r.Values
		r.Values = f.over(r.Values)
		r.Mark, _ = r.Value("Flag")
	}
	return rows
}

// fixLatest puts corrections over the newest readings.
func (s *Store) fixLatest(ctx context.Context, all []Reading) error {
	if s.app == nil || len(all) == 0 {
		return nil
	}
	oldest := all[0].At
	for i := range all {
		oldest = min(oldest, all[i].At)
	}
	_, any, err := sqldb.Value[int64](ctx, s.app, `SELECT 1 FROM fix WHERE ts >= $1 LIMIT 1`, oldest)
	if err != nil || !any {
		return err
	}
	for i := range all {
		r := &all[i]
		fixes, err := currentFixes(ctx, s.app, r.Point, r.Kind, r.At, r.At+1)
		if err != nil {
			return err
		}
		r.Rows = fixRows(r.Rows, r.At, RowQuery{}, fixes)
		sortRows(r.Rows)
	}
	return nil
}
