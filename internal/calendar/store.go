package calendar

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of what the bureau enters.
var Migrations = sqldb.Migrations{Set: "calendar", Files: sub(files)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Editor is who changes the holiday table. That he may (calendar.edit) is the
// caller's to check: this package does not know accounts.
type Editor struct {
	Login string // as it stands in the journal
	Via   string // "web", "api" or "system"
}

// Store keeps what the bureau enters above the table of the catalog. Each
// change is a new revision; the earlier ones stay.
type Store struct {
	db      *sqldb.DB
	catalog *Table
}

// New returns a store in db, which holds Migrations, above the table that the
// catalog ships.
func New(db *sqldb.DB, catalog *Table) *Store { return &Store{db: db, catalog: catalog} }

// Table returns the table in force.
func (s *Store) Table(ctx context.Context) (*Table, error) { return s.TableIn(ctx, s.db) }

// TableIn is Table inside a transaction.
func (s *Store) TableIn(ctx context.Context, q sqldb.Querier) (_ *Table, err error) {
	defer fault.Wrap(&err, "calendar.Table")

	type yearRow struct {
		Year       int                 `db:"year"`
		Source     string              `db:"source"`
		Confidence standard.Confidence `db:"confidence"`
	}
	yearRows, err := sqldb.All[yearRow](ctx, q, `
		SELECT year,
		       source,
		       confidence
		  FROM holiday_years y
		 WHERE revision = (SELECT MAX(revision) FROM holiday_years WHERE year = y.year)`)
	if err != nil {
		return nil, err
	}
	dayRows, err := sqldb.All[row](ctx, q, `
		SELECT `+rowColumns+`
		  FROM holidays h
		 WHERE revision = (SELECT MAX(revision) FROM holidays WHERE held_on = h.held_on)`)
	if err != nil {
		return nil, err
	}
	var years []Year
	for _, r := range yearRows {
		years = append(years, Year(r))
	}
	var days []Holiday
	for _, r := range dayRows {
		h, err := r.holiday()
		if err != nil {
			return nil, err
		}
		days = append(days, h)
	}
	return s.catalog.With(years, days), nil
}

// row is a row of holidays.
type row struct {
	On         string `db:"held_on"`
	Revision   int64  `db:"revision"`
	Kind       string `db:"kind"`
	Name       string `db:"name"`
	Source     string `db:"source"`
	Confidence string `db:"confidence"`
	At         int64  `db:"changed_at"`
	By         string `db:"changed_by"`
}

// rowColumns are the columns of row.
const rowColumns = `held_on,
		       revision,
		       kind,
		       name,
		       source,
		       confidence,
		       changed_at,
		       changed_by`

func (r row) holiday() (Holiday, error) {
	on, err := ParseDay(r.On)
	if err != nil {
		return Holiday{}, fmt.Errorf("holidays holds the day %q", r.On)
	}
	return Holiday{On: on, Kind: Kind(r.Kind), Name: r.Name, Source: r.Source, Confidence: standard.Confidence(r.Confidence)}, nil
}

// SetDay changes one day of a year that is entered; Plain makes it an
// ordinary day again. Where the table says so already nothing is written.
//
// The error is fault.Invalid, with the fields, when the day is not in order,
// and when its year is not entered: a year begun by single days would pass
// for complete.
func (s *Store) SetDay(ctx context.Context, by Editor, h Holiday) (err error) {
	defer fault.Wrap(&err, "calendar.SetDay(%s, %s)", h.On, h.Kind)

	if err := h.validate(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		table, err := s.TableIn(ctx, tx)
		if err != nil {
			return err
		}
		if !table.Entered(h.On.Year()) {
			return fault.New(fault.Invalid, "%d 年节假日表尚未录入，请先按国务院办公厅通知录入全年，再修改单日", h.On.Year())
		}
		was := table.Day(h.On)
		if was == h || was.Kind == Plain && h.Kind == Plain {
			return nil
		}
		if err := s.write(ctx, tx, by, h); err != nil {
			return err
		}
		return journal.Append(ctx, tx, journal.Entry{
			By: by.Login, Via: by.Via, Act: "calendar.set_day", Object: "calendar/" + h.On.String(),
			Detail: map[string]any{"was": was, "becomes": h},
		})
	})
}

// EnterYear enters the holidays of a year, or enters them anew: days that the
// table named and that are not in days become ordinary ones. To mark a year
// as verified, enter it again with its confidence raised to source.
//
// The error is fault.Invalid, with the fields, when the year, its source or
// one of its days is not in order.
func (s *Store) EnterYear(ctx context.Context, by Editor, y Year, days []Holiday) (err error) {
	defer fault.Wrap(&err, "calendar.EnterYear(%d)", y.Year)

	if err := checkYear(y, days); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		table, err := s.TableIn(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.writeYear(ctx, tx, by, y); err != nil {
			return err
		}
		was := table.Days(y.Year)
		named := map[Day]bool{}
		for _, h := range days {
			named[h.On] = true
			if table.Day(h.On) == h {
				continue
			}
			if err := s.write(ctx, tx, by, h); err != nil {
				return err
			}
		}
		for _, h := range was {
			if named[h.On] {
				continue
			}
			if err := s.write(ctx, tx, by, Holiday{On: h.On, Kind: Plain, Source: y.Source, Confidence: y.Confidence}); err != nil {
				return err
			}
		}
		return journal.Append(ctx, tx, journal.Entry{
			By: by.Login, Via: by.Via, Act: "calendar.enter_year", Object: fmt.Sprintf("calendar/%d", y.Year),
			Detail: map[string]any{"year": y, "was": was, "becomes": days},
		})
	})
}

// checkYear checks a year as it is entered.
func checkYear(y Year, days []Holiday) error {
	wrong := map[string]string{}
	if y.Year < 2000 || y.Year > 2200 {
		wrong["year"] = "请填写四位年份，如 2027"
	}
	if y.Source == "" {
		wrong["source"] = "请写明来源，如国务院办公厅通知的文号"
	}
	if !y.Confidence.Known() {
		wrong["confidence"] = "请选择核实情况"
	}
	seen := map[Day]bool{}
	for _, h := range days {
		switch err := h.validate(); {
		case err != nil:
			return err
		case h.On.Year() != y.Year:
			wrong["days"] = fmt.Sprintf("%s 不在 %d 年内", h.On, y.Year)
		case h.Kind == Plain:
			wrong["days"] = fmt.Sprintf("%s 只能是放假或调休上班", h.On)
		case seen[h.On]:
			wrong["days"] = fmt.Sprintf("%s 填了两次", h.On)
		}
		seen[h.On] = true
	}
	if len(days) == 0 {
		wrong["days"] = "请填写放假和调休上班的日期"
	}
	return fault.Fields(wrong)
}

// write adds the next revision of a day. Of two that write it at one time the
// primary key lets one through.
func (s *Store) write(ctx context.Context, tx *sqldb.Tx, by Editor, h Holiday) error {
	last, _, err := sqldb.Value[int64](ctx, tx, `SELECT COALESCE(MAX(revision), 0) FROM holidays WHERE held_on = $1`, h.On.String())
	if err != nil {
		return err
	}
	return tx.ExecOne(ctx, `
		INSERT INTO holidays (held_on, revision, kind, name, source, confidence, changed_at, changed_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		h.On.String(), last+1, string(h.Kind), h.Name, h.Source, string(h.Confidence), tx.Now.Unix(), by.Login)
}

func (s *Store) writeYear(ctx context.Context, tx *sqldb.Tx, by Editor, y Year) error {
	last, _, err := sqldb.Value[int64](ctx, tx, `SELECT COALESCE(MAX(revision), 0) FROM holiday_years WHERE year = $1`, y.Year)
	if err != nil {
		return err
	}
	return tx.ExecOne(ctx, `
		INSERT INTO holiday_years (year, revision, source, confidence, changed_at, changed_by)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		y.Year, last+1, y.Source, string(y.Confidence), tx.Now.Unix(), by.Login)
}

// Change is one revision of a day.
type Change struct {
	Holiday
	Revision int64
	At       time.Time
	By       string
}

// History returns every revision of the days of year that the bureau entered,
// by day and revision.
func (s *Store) History(ctx context.Context, year int) (_ []Change, err error) {
	defer fault.Wrap(&err, "calendar.History(%d)", year)

	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT `+rowColumns+`
		  FROM holidays
		 WHERE held_on >= $1
		   AND held_on <= $2
		 ORDER BY held_on, revision`,
		Date(year, time.January, 1).String(), Date(year, time.December, 31).String())
	if err != nil {
		return nil, err
	}
	var all []Change
	for _, r := range rows {
		h, err := r.holiday()
		if err != nil {
			return nil, err
		}
		all = append(all, Change{h, r.Revision, clock.Unix(r.At), r.By})
	}
	return all, nil
}
