package matter

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of findings and matters.
var Migrations = sqldb.Migrations{Set: "matter", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Config is what a Store works with.
type Config struct {
	Dir       string // where the files of evidence lie
	Playbooks map[string]*Playbook
	Families  *calendar.Families
	Table     func(context.Context) (*calendar.Table, error) // the holiday table in force
	Notify    *notify.Store
	MaxFile   int64 // bytes of one file; DefaultMaxFile unless set
}

// DefaultMaxFile is the largest file that may be uploaded.
const DefaultMaxFile = 20 << 20

// Store reads and writes findings and matters. It is safe for many goroutines.
type Store struct {
	Config
	db    *sqldb.DB
	files files
	books sync.Map // bookKey -> *Playbook as stored with its matters
}

type bookKey struct {
	id      string
	version int64
}

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB, c Config) *Store {
	if c.MaxFile == 0 {
		c.MaxFile = DefaultMaxFile
	}
	return &Store{Config: c, db: db, files: files{c.Dir}}
}

type matterRow struct {
	ID              int64  `db:"id"`
	Finding         int64  `db:"finding"`
	Playbook        string `db:"playbook"`
	PlaybookVersion int64  `db:"playbook_version"`
	Division        string `db:"division"`
	Enterprise      int64  `db:"enterprise"`
	Title           string `db:"title"`
	Stage           string `db:"stage"`
	OwnerDivision   string `db:"owner_division"`
	OwnerEnterprise int64  `db:"owner_enterprise"`
	Outcome         string `db:"outcome"`
	Suspended       bool   `db:"suspended"`
	Version         int64  `db:"version"`
	OpenedAt        int64  `db:"opened_at"`
	MovedAt         int64  `db:"moved_at"`
	ClosedAt        *int64 `db:"closed_at"`
}

const matterColumns = `m.id, m.finding, m.playbook, m.playbook_version, m.division, m.enterprise, m.title, m.stage,
	m.owner_division, m.owner_enterprise, m.outcome, m.suspended, m.version, m.opened_at, m.moved_at, m.closed_at`

// matter returns r as a Matter with its playbook.
func (s *Store) matter(ctx context.Context, q sqldb.Querier, r matterRow) (*Matter, error) {
	book, err := s.book(ctx, q, r.Playbook, r.PlaybookVersion)
	if err != nil {
		return nil, err
	}
	m := &Matter{
		ID: ID(r.ID), Finding: r.Finding, Playbook: book, Division: access.Division(r.Division), Enterprise: r.Enterprise,
		Title: r.Title, Stage: Stage(r.Stage), Outcome: r.Outcome, Version: r.Version, Suspended: r.Suspended,
		OpenedAt: clock.Unix(r.OpenedAt), MovedAt: clock.Unix(r.MovedAt),
		Owner: Owner{Division: access.Division(r.OwnerDivision), Enterprise: r.OwnerEnterprise},
	}
	if r.ClosedAt != nil {
		m.ClosedAt = clock.Unix(*r.ClosedAt)
	}
	m.Owner.Roles = m.StageDef().Owner.Roles
	return m, nil
}

// book returns the playbook in the version that matters were opened with.
func (s *Store) book(ctx context.Context, q sqldb.Querier, id string, version int64) (*Playbook, error) {
	key := bookKey{id, version}
	if b, ok := s.books.Load(key); ok {
		return b.(*Playbook), nil
	}
	text, found, err := sqldb.Value[string](ctx, q, `SELECT definition FROM playbooks WHERE id = $1 AND version = $2`, id, version)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("playbook %s version %d is not stored", id, version)
	}
	b := &Playbook{}
	if err := json.Unmarshal([]byte(text), b); err != nil {
		return nil, fmt.Errorf("playbook %s version %d: %w", id, version, err)
	}
	s.books.Store(key, b)
	return b, nil
}

// keepBook stores a playbook when its version is used for the first time.
//
// The error is fault.Invalid when that version is stored with another text: a
// matter's procedure must not change under it.
func (s *Store) keepBook(ctx context.Context, tx *sqldb.Tx, p *Playbook) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO playbooks (id, version, definition, first_used_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (id, version) DO NOTHING`, p.ID, p.Version, string(text), tx.Now.Unix()); err != nil {
		return err
	}
	stored, _, err := sqldb.Value[string](ctx, tx, `SELECT definition FROM playbooks WHERE id = $1 AND version = $2`, p.ID, p.Version)
	if err != nil {
		return err
	}
	if stored != string(text) {
		return fault.New(fault.Invalid, "办理流程“%s”的内容改了，版本号仍是 %d；请把 version 改为 %d 后重新启动", p.Label, p.Version, p.Version+1)
	}
	return nil
}

// Matter returns the matter id.
//
// The error is fault.NotFound when there is none in by's scope, fault.Denied
// when by may not read matters.
func (s *Store) Matter(ctx context.Context, by access.Caller, id ID) (_ *Matter, err error) {
	defer fault.Wrap(&err, "matter.Matter(%d)", id)
	return s.load(ctx, s.db, by, id)
}

func (s *Store) load(ctx context.Context, q sqldb.Querier, by access.Caller, id ID) (*Matter, error) {
	if err := by.Must("matter.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("m.division", "m.enterprise", 2)
	r, err := sqldb.One[matterRow](ctx, q, "没有这个事项，或不在您的管辖范围内", `
		SELECT `+matterColumns+`
		  FROM matters m
		 WHERE m.id = $1
		   AND `+cond, append([]any{int64(id)}, args...)...)
	if err != nil {
		return nil, err
	}
	return s.matter(ctx, q, r)
}

// at returns the matter id at version, for a change inside tx.
func (s *Store) at(ctx context.Context, tx *sqldb.Tx, by access.Caller, id ID, version int64) (*Matter, error) {
	m, err := s.load(ctx, tx, by, id)
	if err != nil {
		return nil, err
	}
	if m.Version != version {
		return nil, fault.New(fault.Conflict, "事项刚刚被别人办理过，请刷新后再操作")
	}
	return m, nil
}

// Open opens a matter for a finding by a playbook of the catalog, starts its
// clocks, tells the owner of the first stage, and records it in the journal.
// The platform may, with finding.create, and whoever owns the first stage.
//
// The error is fault.NotFound when the finding is not in by's scope,
// fault.Invalid when the playbook is not for its kind, and fault.Conflict when
// it has a matter already.
func (s *Store) Open(ctx context.Context, by access.Caller, finding int64, playbook string) (m *Matter, err error) {
	defer fault.Wrap(&err, "matter.Open(finding %d, %s)", finding, playbook)
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		f, err := s.finding(ctx, tx, by, finding)
		if err != nil {
			return err
		}
		m, err = s.OpenTx(ctx, tx, by, f, playbook)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// OpenTx is Open inside a transaction of the caller's.
func (s *Store) OpenTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, f Finding, playbook string) (_ *Matter, err error) {
	book, ok := s.Playbooks[playbook]
	if !ok {
		return nil, fault.New(fault.Invalid, "没有办理流程“%s”", playbook)
	}
	if !slices.Contains(book.Kinds, f.Kind) {
		return nil, fault.New(fault.Invalid, "“%s”不适用于这类线索", book.Label)
	}
	owner := OwnerOf(book.First(), f.Division, f.Enterprise)
	if !by.May("finding.create") && !(by.May("matter.move") && owner.Owes(by)) {
		return nil, fault.New(fault.Denied, "您的账号不能为线索立事项；请由%s办理", book.First().Label+"环节的承办单位")
	}
	if f.Matter != 0 {
		return nil, fault.New(fault.Conflict, "这条线索已经立过事项")
	}
	if err := s.keepBook(ctx, tx, book); err != nil {
		return nil, err
	}
	m := &Matter{
		ID: ID(sqldb.NewID()), Finding: f.ID, Playbook: book, Division: f.Division, Enterprise: f.Enterprise,
		Title: f.Title, Stage: book.First().ID, Owner: owner, Version: 1, OpenedAt: tx.Now, MovedAt: tx.Now,
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO matters (id, finding, playbook, playbook_version, division, enterprise, title, stage,
		                     owner_division, owner_enterprise, outcome, suspended, version, opened_at, moved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', FALSE, 1, $11, $12)`,
		int64(m.ID), f.ID, book.ID, book.Version, string(m.Division), m.Enterprise, m.Title, string(m.Stage),
		string(owner.Division), owner.Enterprise, tx.Now.Unix(), tx.Now.Unix()); err != nil {
		return nil, err
	}
	if err := s.addMove(ctx, tx, by, sqldb.NewID(), m, "open", "", MoveInput{}); err != nil {
		return nil, err
	}
	if err := s.start(ctx, tx, m, "", book.Clocks); err != nil {
		return nil, err
	}
	if err := s.enter(ctx, tx, m); err != nil {
		return nil, err
	}
	return m, record(ctx, tx, by, "matter.open", m, map[string]any{
		"finding": f.ID, "playbook": book.ID, "playbook_version": book.Version, "stage": m.Stage, "title": m.Title,
	})
}

// enter gives m, which has just come to its stage, the owner and the clocks of
// that stage, and tells the owner.
func (s *Store) enter(ctx context.Context, tx *sqldb.Tx, m *Matter) error {
	if _, err := tx.Exec(ctx, `DELETE FROM matter_owners WHERE matter = $1`, int64(m.ID)); err != nil {
		return err
	}
	stage := m.StageDef()
	if stage.Final {
		return nil
	}
	for _, role := range stage.Owner.Roles {
		if _, err := tx.Exec(ctx, `INSERT INTO matter_owners (matter, role) VALUES ($1, $2)`, int64(m.ID), role); err != nil {
			return err
		}
	}
	if err := s.start(ctx, tx, m, stage.ID, stage.Clocks); err != nil {
		return err
	}
	return s.tell(ctx, tx, m, stage.Owner.Roles, fmt.Sprintf("【%s】%s：请办理“%s”", m.Playbook.Label, m.Title, stage.Label))
}

// tell sends a notice to each role. Who of the role gets it follows from the
// scope: those who see the matter.
func (s *Store) tell(ctx context.Context, tx *sqldb.Tx, m *Matter, roles []string, text string) error {
	for _, role := range roles {
		if err := s.Notify.Post(ctx, tx, notify.Notice{
			Role: role, Division: m.Division, Enterprise: m.Enterprise, Text: text, Link: fmt.Sprintf("/matters/%d", m.ID),
		}); err != nil {
			return err
		}
	}
	return nil
}

// addMove writes the row of a move of m, which has the version it leads to.
func (s *Store) addMove(ctx context.Context, tx *sqldb.Tx, by access.Caller, id int64, m *Matter, move string, from Stage, in MoveInput) error {
	fields := in.Fields
	if fields == nil {
		fields = map[string]string{}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO moves (id, matter, version, move, from_stage, to_stage, by_login, by_name, by_office, note, fields, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		id, int64(m.ID), m.Version, move, string(from), string(m.Stage), by.Login, by.Name, by.Office, in.Note, string(text), tx.Now.Unix())
	return err
}

// record writes the journal entry of a change of m.
func record(ctx context.Context, tx *sqldb.Tx, by access.Caller, act string, m *Matter, detail any) error {
	return journal.Append(ctx, tx, journal.Entry{
		By: by.Login, Via: by.Via, Act: act, Object: fmt.Sprintf("matter/%d", m.ID),
		Detail: detail, Division: string(m.Division), Enterprise: m.Enterprise,
	})
}

// Comment adds a remark that moves nothing.
//
// The error is fault.NotFound when the matter is not in by's scope,
// fault.Denied without matter.comment, fault.Invalid when text is empty.
func (s *Store) Comment(ctx context.Context, by access.Caller, id ID, text string) (err error) {
	defer fault.Wrap(&err, "matter.Comment(matter %d)", id)
	if err := by.Must("matter.comment"); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	if text == "" || len([]rune(text)) > 2000 {
		return fault.Fields(map[string]string{"text": "请填写意见，不超过2000个字"})
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO comments (id, matter, by_login, by_name, text, at)
			VALUES ($1, $2, $3, $4, $5, $6)`, sqldb.NewID(), int64(id), by.Login, by.Name, text, tx.Now.Unix()); err != nil {
			return err
		}
		return record(ctx, tx, by, "matter.comment", m, map[string]any{"text": text})
	})
}

// unixOrNil returns nil for the zero time.
func unixOrNil(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	s := t.Unix()
	return &s
}
