package register

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Store reads and writes the entries of all registers. It is safe for many
// goroutines.
type Store struct {
	Book *Book
	// KnownDivision reports whether a division is in the tree of divisions. Nil
	// accepts every well-formed code.
	KnownDivision func(access.Division) bool

	db *sqldb.DB
}

// New returns a store of the registers of book in db, which holds Migrations.
func New(db *sqldb.DB, book *Book) *Store { return &Store{Book: book, db: db} }

// may returns fault.Denied unless by may read entries.
func may(by access.Caller) error { return by.Must("register.read") }

// reveals reports whether by sees secrets in the clear.
func reveals(by access.Caller) bool { return by.May("frame.operate") }

// Entry returns the entry id with the names of what it refers to.
//
// The error is fault.NotFound when there is none in by's scope, fault.Denied
// when by may not read registers.
func (s *Store) Entry(ctx context.Context, by access.Caller, id int64) (_ Entry, err error) {
	defer fault.Wrap(&err, "register.Entry(%d)", id)
	if err := may(by); err != nil {
		return Entry{}, err
	}
	e, _, err := s.load(ctx, s.db, by, id)
	if err != nil {
		return Entry{}, err
	}
	all := []Entry{e}
	err = s.fillRefs(ctx, by, all)
	return all[0], err
}

// load returns the entry id in by's scope and its secrets in the clear.
func (s *Store) load(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) (Entry, map[string]string, error) {
	cond, args := by.Scope.Where("e.division", "e.enterprise", 2)
	r, err := sqldb.One[row](ctx, q, "没有这条台账记录，或不在您的管辖范围内", `
		SELECT `+rowColumns+`
		  FROM entries e
		 WHERE e.id = $1
		   AND `+cond, append([]any{id}, args...)...)
	if err != nil {
		return Entry{}, nil, err
	}
	d, ok := s.Book.Definition(Register(r.Register))
	if !ok {
		return Entry{}, nil, fmt.Errorf("entry %d is of register %s, which the catalog does not have", id, r.Register)
	}
	e, err := r.entry(d, reveals(by))
	if err != nil {
		return Entry{}, nil, err
	}
	secrets, err := decodeSecrets(r.Secrets)
	return e, secrets, err
}

// Query says which entries List returns. The zero values ask for everything.
type Query struct {
	Register Register
	Text     string            // part of the code, of the name or of its initials in pinyin
	Division access.Division   // this division and all inside it
	Filters  map[string]string // key of a choice, ref or filter field to its stored value
	State    State             // Active unless set
	After    string            // Page.Next of the page before
	N        int               // entries a page; 50 unless set, at most 500
}

// Page is a part of a list, in the order of the codes.
type Page struct {
	Entries []Entry
	Next    string // for Query.After; empty on the last page
}

// List returns the entries of a register that q asks for, in by's scope.
//
// The error is fault.Denied when by may not read registers, fault.Invalid when
// the register or a filter does not exist.
func (s *Store) List(ctx context.Context, by access.Caller, q Query) (_ Page, err error) {
	defer fault.Wrap(&err, "register.List(%s)", q.Register)
	if err := may(by); err != nil {
		return Page{}, err
	}
	d, err := s.definition(q.Register)
	if err != nil {
		return Page{}, err
	}
	n := min(max(q.N, 0), 500)
	if n == 0 {
		n = 50
	}
	where, args, err := s.where(d, by, q)
	if err != nil {
		return Page{}, err
	}
	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT `+rowColumns+`
		  FROM entries e
		 WHERE `+strings.Join(where, "\n   AND ")+`
		 ORDER BY e.code, e.id
		 LIMIT `+strconv.Itoa(n+1), args...)
	if err != nil {
		return Page{}, err
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		last := rows[n-1]
		p.Next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", last.ID, last.Code))
	}
	if p.Entries, err = s.entries(rows, reveals(by)); err != nil {
		return Page{}, err
	}
	return p, s.fillRefs(ctx, by, p.Entries)
}

func (s *Store) where(d *Definition, by access.Caller, q Query) (where []string, args []any, err error) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	state := q.State
	if state == "" {
		state = Active
	}
	where = append(where, "e.register = "+arg(string(d.Register)), "e.state = "+arg(string(state)))
	cond, scoped := by.Scope.Where("e.division", "e.enterprise", len(args)+1)
	where, args = append(where, cond), append(args, scoped...)
	if q.Division != "" {
		in := access.Scope{Divisions: []access.Division{q.Division}}
		cond, inside := in.Where("e.division", "e.enterprise", len(args)+1)
		where, args = append(where, cond), append(args, inside...)
	}
	if text := strings.ToLower(strings.TrimSpace(q.Text)); text != "" {
		where = append(where, "e.search LIKE "+arg("%"+escapeLike.Replace(text)+"%")+` ESCAPE '\'`)
	}
	for _, key := range slices.Sorted(maps.Keys(q.Filters)) {
		f, ok := d.Field(key)
		if !ok || !f.indexed(d) {
			return nil, nil, fault.New(fault.Invalid, "%s不能按“%s”筛选", d.Label, key)
		}
		where = append(where, `EXISTS (SELECT 1 FROM entry_values v WHERE v.entry = e.id AND v.key = `+arg(key)+` AND v.value = `+arg(q.Filters[key])+`)`)
	}
	if q.After != "" {
		b, err := base64.RawURLEncoding.DecodeString(q.After)
		id, code, ok := strings.Cut(string(b), " ")
		n, bad := strconv.ParseInt(id, 10, 64)
		if err != nil || !ok || bad != nil {
			return nil, nil, fault.New(fault.Invalid, "翻页参数不对，请从第一页重新打开")
		}
		where = append(where, "(e.code, e.id) > ("+arg(code)+", "+arg(n)+")")
	}
	return where, args, nil
}

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (s *Store) definition(r Register) (*Definition, error) {
	d, ok := s.Book.Definition(r)
	if !ok {
		return nil, fault.New(fault.Invalid, "没有台账“%s”，可用：%s", r, strings.Join(s.Book.names(), "、"))
	}
	return d, nil
}

func (s *Store) entries(rows []row, reveal bool) ([]Entry, error) {
	all := make([]Entry, 0, len(rows))
	for _, r := range rows {
		d, ok := s.Book.Definition(Register(r.Register))
		if !ok {
			continue // a register that the catalog no longer has; its entries stay stored
		}
		e, err := r.entry(d, reveal)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// fillRefs gives each entry the names of what it refers to, in one query.
func (s *Store) fillRefs(ctx context.Context, by access.Caller, all []Entry) error {
	ids := map[int64]bool{}
	each := func(f func(e *Entry, key string, id int64)) {
		for i := range all {
			d, _ := s.Book.Definition(all[i].Register)
			for k := range d.Fields {
				if id := all[i].Ref(d.Fields[k].Key); d.Fields[k].Type == Ref && id != 0 {
					f(&all[i], d.Fields[k].Key, id)
				}
			}
		}
	}
	each(func(_ *Entry, _ string, id int64) { ids[id] = true })
	names, err := s.names(ctx, s.db, by, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return err
	}
	each(func(e *Entry, key string, id int64) {
		if n, ok := names[id]; ok {
			if e.Refs == nil {
				e.Refs = map[string]Name{}
			}
			e.Refs[key] = n
		}
	})
	return nil
}

// Names returns code and name of the entries ids that are in by's scope.
func (s *Store) Names(ctx context.Context, by access.Caller, ids ...int64) (_ map[int64]Name, err error) {
	defer fault.Wrap(&err, "register.Names")
	return s.names(ctx, s.db, by, ids)
}

func (s *Store) names(ctx context.Context, q sqldb.Querier, by access.Caller, ids []int64) (map[int64]Name, error) {
	names := make(map[int64]Name, len(ids))
	for part := range slices.Chunk(ids, 500) {
		marks := make([]string, len(part))
		args := make([]any, len(part))
		for i, id := range part {
			marks[i], args[i] = "$"+strconv.Itoa(i+1), id
		}
		cond, scoped := by.Scope.Where("e.division", "e.enterprise", len(part)+1)
		rows, err := sqldb.All[row](ctx, q, `
			SELECT e.id, e.register, e.code, e.name, e.state
			  FROM entries e
			 WHERE e.id IN (`+strings.Join(marks, ", ")+`)
			   AND `+cond, append(args, scoped...)...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			names[r.ID] = Name{ID: r.ID, Register: Register(r.Register), Code: r.Code, Name: r.Name, State: State(r.State)}
		}
	}
	return names, nil
}

// Changes returns up to n entries of all registers that changed after since,
// the oldest change first, and the number to ask with next time. Entries that
// were withdrawn are among them. A cache that follows it misses nothing: the
// numbers are given in the order of the commits.
func (s *Store) Changes(ctx context.Context, by access.Caller, since int64, n int) (_ []Entry, next int64, err error) {
	defer fault.Wrap(&err, "register.Changes(since %d)", since)
	if err := may(by); err != nil {
		return nil, since, err
	}
	cond, args := by.Scope.Where("e.division", "e.enterprise", 2)
	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT `+rowColumns+`
		  FROM entries e
		 WHERE e.rev > $1
		   AND `+cond+`
		 ORDER BY e.rev
		 LIMIT `+strconv.Itoa(max(n, 1)), append([]any{since}, args...)...)
	if err != nil {
		return nil, since, err
	}
	next = since
	if len(rows) > 0 {
		next = rows[len(rows)-1].Rev
	}
	all, err := s.entries(rows, reveals(by))
	return all, next, err
}

// History returns every version of the entry id, the newest first, each with
// what changed against the version before it.
func (s *Store) History(ctx context.Context, by access.Caller, id int64) (_ []Version, err error) {
	defer fault.Wrap(&err, "register.History(%d)", id)
	if err := may(by); err != nil {
		return nil, err
	}
	e, _, err := s.load(ctx, s.db, by, id)
	if err != nil {
		return nil, err
	}
	d, err := s.definition(e.Register)
	if err != nil {
		return nil, err
	}
	type versionRow struct {
		row
		ByLogin string `db:"by_login"`
		ByName  string `db:"by_name"`
		Reason  string `db:"reason"`
		At      int64  `db:"at"`
	}
	rows, err := sqldb.All[versionRow](ctx, s.db, `
		SELECT version, code, name, division, enterprise, lon_e7, lat_e7, data, secrets, state, by_login, by_name, reason, at
		  FROM entry_versions
		 WHERE entry = $1
		 ORDER BY version`, id)
	if err != nil {
		return nil, err
	}
	var all []Version
	var before Entry
	var secretsBefore map[string]string
	for _, r := range rows {
		r.ID, r.Register, r.CreatedAt, r.UpdatedAt = e.ID, string(e.Register), e.CreatedAt.Unix(), r.At
		now, err := r.entry(d, reveals(by))
		if err != nil {
			return nil, err
		}
		secrets, err := decodeSecrets(r.Secrets)
		if err != nil {
			return nil, err
		}
		all = append(all, Version{
			Entry: now, ByLogin: r.ByLogin, ByName: r.ByName, Reason: r.Reason, At: clock.Unix(r.At),
			Changed: d.changes(before, now, secretsBefore, secrets),
		})
		before, secretsBefore = now, secrets
	}
	slices.Reverse(all)
	return all, nil
}
