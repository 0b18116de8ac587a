package figure

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// Store keeps the corrections above the tables of the catalog, and what rests
// on which row. It is safe for many goroutines.
type Store struct {
	db      *sqldb.DB
	shelves []*shelf

	mu     sync.Mutex
	newest *edition // as last read
}

// New returns a store in db, which holds Migrations, above the tables below
// standards/ in files.
//
// The error is fault.Invalid, and names file and line, or table and row, when
// the shipped tables make no Books.
func New(db *sqldb.DB, files fs.FS) (_ *Store, err error) {
	defer fault.Wrap(&err, "figure.New")

	all, err := shelves(files)
	if err != nil {
		return nil, err
	}
	if _, err := shippedEdition(all).books(); err != nil {
		return nil, err
	}
	return &Store{db: db, shelves: all}, nil
}

// Check reads the tables below standards/ in files and makes the Books of them,
// as New does, without a database.
func Check(files fs.FS) (_ Books, err error) {
	defer fault.Wrap(&err, "figure.Check")

	all, err := shelves(files)
	if err != nil {
		return Books{}, err
	}
	return shippedEdition(all).books()
}

// edition is all tables at one moment. It never changes.
type edition struct {
	rev     int64 // of figure_revision: at least all corrections up to it are in
	shelves []*shelf
	tables  byName
	adrift  []Adrift
	books   func() (Books, error) // makes them once
}

// shippedEdition is the tables without corrections.
func shippedEdition(all []*shelf) *edition {
	e := &edition{shelves: all, tables: byName{}}
	for _, s := range all {
		for _, t := range s.shipped {
			e.tables[t.Name] = t
		}
	}
	e.books = sync.OnceValues(e.make)
	return e
}

// with returns e with t in the place of the table of its name.
func (e *edition) with(t *standard.Table) *edition {
	next := &edition{rev: e.rev, shelves: e.shelves, tables: maps.Clone(e.tables), adrift: e.adrift}
	next.tables[t.Name] = t
	next.books = sync.OnceValues(next.make)
	return next
}

func (e *edition) make() (b Books, err error) {
	for _, s := range e.shelves {
		if err := s.make(e.tables, &b); err != nil {
			return Books{}, fault.New(fault.Invalid, "标准数值表有误，不能据以评价，请更正：%v", err)
		}
	}
	return b, nil
}

// shelfOf returns the shelf that a table stands on, or nil.
func (e *edition) shelfOf(table string) *shelf {
	for _, s := range e.shelves {
		if slices.ContainsFunc(s.shipped, func(t *standard.Table) bool { return t.Name == table }) {
			return s
		}
	}
	return nil
}

// list returns the tables in the order of the shelves.
func (e *edition) list() []*standard.Table {
	var all []*standard.Table
	for _, s := range e.shelves {
		for _, t := range s.shipped {
			all = append(all, e.tables[t.Name])
		}
	}
	return all
}

// current returns the edition in force. It costs one look at the counter, and
// reads the corrections where that has moved.
func (s *Store) current(ctx context.Context) (*edition, error) {
	rev, err := revision(ctx, s.db)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newest != nil && s.newest.rev == rev {
		return s.newest, nil
	}
	e, err := s.load(ctx, s.db)
	if err != nil {
		return nil, err
	}
	s.newest = e
	return e, nil
}

func revision(ctx context.Context, q sqldb.Querier) (int64, error) {
	rev, found, err := sqldb.Value[int64](ctx, q, `SELECT rev FROM figure_revision WHERE id = 1`)
	if err == nil && !found {
		err = fmt.Errorf("figure_revision has no row")
	}
	return rev, err
}

// row is a row of figure_corrections.
type row struct {
	Table      string              `db:"table_name"`
	Key        string              `db:"row_key"`
	Revision   int                 `db:"revision"`
	Cells      string              `db:"cells"`
	Confidence standard.Confidence `db:"confidence"`
	Source     string              `db:"source"`
	Login      string              `db:"by_login"`
	Name       string              `db:"by_name"`
	Reason     string              `db:"reason"`
	At         int64               `db:"at"`
}

// load reads all corrections and applies them. The counter is read before
// them: what comes between is in the edition already and is read once more.
func (s *Store) load(ctx context.Context, q sqldb.Querier) (*edition, error) {
	e := shippedEdition(s.shelves)
	var err error
	if e.rev, err = revision(ctx, q); err != nil {
		return nil, err
	}
	rows, err := sqldb.All[row](ctx, q, `
		SELECT table_name,
		       row_key,
		       revision,
		       cells,
		       confidence,
		       source,
		       by_login,
		       by_name,
		       reason,
		       at
		  FROM figure_corrections
		 ORDER BY table_name, row_key, revision`)
	if err != nil {
		return nil, err
	}
	todo := map[string][]standard.Correction{}
	for _, r := range rows {
		c, err := r.correction()
		if err != nil {
			return nil, err
		}
		t := e.tables[r.Table]
		if lost := fit(t, &c); lost != "" {
			e.adrift = append(e.adrift, Adrift{standard.Ref{Table: r.Table, Key: r.Key, Revision: r.Revision}, lost, c.By, c.Reason, clock.Unix(r.At)})
		}
		if t != nil && c.Key != "" {
			todo[r.Table] = append(todo[r.Table], c)
		}
	}
	for name, all := range todo {
		if e.tables[name], err = e.tables[name].With(all...); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (r row) correction() (standard.Correction, error) {
	c := standard.Correction{Key: r.Key, Confidence: r.Confidence, Source: r.Source, By: author(r.Name, r.Login), Reason: r.Reason, At: clock.Unix(r.At).Format(time.RFC3339)}
	if err := json.Unmarshal([]byte(r.Cells), &c.Cells); err != nil {
		return c, fmt.Errorf("the cells of %s, %s, revision %d: %w", r.Table, r.Key, r.Revision, err)
	}
	return c, nil
}

// author is who corrected a row, as pages name him.
func author(name, login string) string {
	if name == "" {
		return login
	}
	return name
}

// fit takes from c what table t no longer has, and says what that is; nothing
// is left of a correction, not even its key, where the row itself is gone. One
// that has lost its columns alone still counts as a revision, so that the
// numbers of the later ones stay.
func fit(t *standard.Table, c *standard.Correction) (lost string) {
	if t == nil {
		return "标准数据中已没有这张表"
	}
	if _, ok := t.Row(c.Key); !ok {
		c.Key = ""
		return "表中已没有这一行"
	}
	for _, column := range slices.Sorted(maps.Keys(c.Cells)) {
		if !slices.Contains(t.Columns, column) {
			delete(c.Cells, column)
			lost = "表中已没有 " + column + " 一列"
		}
	}
	return lost
}

// Adrift is a correction that the catalog of today has no place for, wholly or
// in part.
type Adrift struct {
	Ref    standard.Ref
	Lost   string // what is gone, in Chinese
	By     string
	Reason string
	At     time.Time
}

// Tables returns all tables with the corrections, each with all its revisions.
// They are for the program's own work; what a person sees comes from List and
// Rows.
func (s *Store) Tables(ctx context.Context) (_ []*standard.Table, err error) {
	defer fault.Wrap(&err, "figure.Tables")

	e, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return e.list(), nil
}

// Table is Tables for one. The error is fault.NotFound when there is none of
// that name.
func (s *Store) Table(ctx context.Context, name string) (_ *standard.Table, err error) {
	defer fault.Wrap(&err, "figure.Table(%s)", name)

	e, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return e.table(name)
}

func (e *edition) table(name string) (*standard.Table, error) {
	if t := e.tables[name]; t != nil {
		return t, nil
	}
	return nil, fault.New(fault.NotFound, "没有名为“%s”的标准数值表", name)
}

// Books returns the standards with the figures in force. They are the same
// ones until something is corrected. Ask once for a piece of work and go on
// with the answer, so that all of it rests on the same figures.
//
// The error is fault.Invalid when the corrections do not go with the tables
// that a later catalog ships; another correction puts that right.
func (s *Store) Books(ctx context.Context) (_ Books, err error) {
	defer fault.Wrap(&err, "figure.Books")

	e, err := s.current(ctx)
	if err != nil {
		return Books{}, err
	}
	return e.books()
}
