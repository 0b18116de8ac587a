package bulletin

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
	"unicode/utf8"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of bulletins and their files.
var Migrations = sqldb.Migrations{Set: "bulletin", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// What reading and publishing need.
const (
	ReadNeeds    access.Permission = "monitor.read"
	PublishNeeds access.Permission = "bulletin.publish"
)

// The longest reason of a correction, and the most bytes of the files of one.
const (
	maxReason = 1000
	maxFiles  = 64 << 20
)

// Store keeps bulletins. It is safe for many goroutines, and for many processes
// on one database.
type Store struct{ db *sqldb.DB }

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB) *Store { return &Store{db} }

// An Issue is a request to publish.
type Issue struct {
	Content Content
	Files   []File // with Form, Name and Bytes
	// Seen is the newest revision that who publishes has seen; 0 where there was
	// none. The new one follows it.
	Seen   int64
	Reason string // of a correction
}

const columns = `id, duty, kind, division, period, revision, title, ends_on, digest, reason, by_login, by_name, published_at`

// Publish freezes a content and its files as the next revision.
//
// The error is fault.Denied without bulletin.publish, fault.NotFound outside by's
// scope, fault.Invalid for a correction without a reason, and fault.Conflict
// when another revision came after Seen. In each of these nothing is written.
func (s *Store) Publish(ctx context.Context, by access.Caller, is Issue) (p Published, err error) {
	defer fault.Wrap(&err, "bulletin.Publish(%v)", is.Content.Key)

	if err := by.Must(PublishNeeds); err != nil {
		return p, err
	}
	c := is.Content
	if !by.Scope.Sees(c.Division, 0) {
		return p, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	if is.Reason = strings.TrimSpace(is.Reason); is.Seen > 0 && is.Reason == "" {
		return p, fault.Fields(map[string]string{"reason": "已经发布过，更正须写明理由"})
	}
	if utf8.RuneCountInString(is.Reason) > maxReason {
		return p, fault.Fields(map[string]string{"reason": "理由过长，请精简"})
	}
	text, err := c.text()
	if err != nil {
		return p, err
	}
	files, err := is.files()
	if err != nil {
		return p, err
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		newest, _, err := sqldb.Value[int64](ctx, tx, `
			SELECT COALESCE(MAX(revision), 0)
			  FROM bulletins
			 WHERE duty = $1
			   AND kind = $2
			   AND division = $3
			   AND period = $4`, c.Duty, c.Kind, string(c.Division), c.Period)
		if err != nil {
			return err
		}
		if newest != is.Seen {
			return fault.New(fault.Conflict, "“%s”现在已发布到第 %d 版，与您看到的不同；请刷新后再核对", c.Title, newest)
		}
		p = Published{
			ID: sqldb.NewID(), Key: c.Key, Revision: newest + 1, Title: c.Title, EndsOn: c.EndsOn, Digest: digest([]byte(text)), Reason: is.Reason,
			ByLogin: by.Login, ByName: by.Name, At: tx.Now.Unix(),
		}
		if err := p.insert(ctx, tx, text, files); err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry(p.act(), "bulletin/"+p.object(), p.detail(files)))
	})
	return p, err
}

// files returns the files with their digests.
func (is Issue) files() ([]File, error) {
	total := 0
	var all []File
	for _, f := range is.Files {
		f.Digest = digest(f.Bytes)
		total += len(f.Bytes)
		all = append(all, f)
	}
	if total > maxFiles {
		return nil, fault.New(fault.Invalid, "公报的文件共超过 %d MB，不予发布", maxFiles>>20)
	}
	return all, nil
}

func (p Published) act() string {
	if p.Revision > 1 {
		return "bulletin.correct"
	}
	return "bulletin.publish"
}

// object names the bulletin in the journal.
func (p Published) object() string {
	return strings.Join([]string{p.Duty, p.Kind, string(p.Division), p.Period}, "/")
}

func (p Published) detail(files []File) map[string]any {
	d := map[string]any{"title": p.Title, "revision": p.Revision, "digest": p.Digest}
	if p.Reason != "" {
		d["reason"] = p.Reason
	}
	for _, f := range files {
		d[f.Form] = f.Digest
	}
	return d
}

func (p Published) insert(ctx context.Context, tx *sqldb.Tx, text string, files []File) error {
	if err := tx.ExecOne(ctx, `
		INSERT INTO bulletins (id, duty, kind, division, period, revision, title, ends_on, content, digest, reason, by_login, by_name, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.ID, p.Duty, p.Kind, string(p.Division), p.Period, p.Revision, p.Title, string(p.EndsOn), text, p.Digest, p.Reason, p.ByLogin, p.ByName, p.At); err != nil {
		return err
	}
	for _, f := range files {
		if err := tx.ExecOne(ctx, `
			INSERT INTO bulletin_files (bulletin, form, name, digest, bytes)
			VALUES ($1, $2, $3, $4, $5)`, p.ID, f.Form, f.Name, f.Digest, f.Bytes); err != nil {
			return err
		}
	}
	return nil
}

// List returns the newest revision of each bulletin of a duty, kind and division
// in by's scope whose period ends from from to to, the latest period first.
//
// The error is fault.Denied without monitor.read.
func (s *Store) List(ctx context.Context, by access.Caller, k Key, from, to string) (_ []Published, err error) {
	defer fault.Wrap(&err, "bulletin.List(%v)", k)
	if err := by.Must(ReadNeeds); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("b.division", "0", 6)
	return sqldb.All[Published](ctx, s.db, `
		SELECT `+columns+`
		  FROM bulletins b
		 WHERE b.duty = $1
		   AND b.kind = $2
		   AND b.division = $3
		   AND b.ends_on >= $4
		   AND b.ends_on <= $5
		   AND `+cond+`
		   AND NOT EXISTS (SELECT 1
		                     FROM bulletins n
		                    WHERE n.duty = b.duty
		                      AND n.kind = b.kind
		                      AND n.division = b.division
		                      AND n.period = b.period
		                      AND n.revision > b.revision)
		 ORDER BY b.ends_on DESC`, append([]any{k.Duty, k.Kind, string(k.Division), from, to}, args...)...)
}

// Revisions returns the revisions of a bulletin in by's scope, the newest first;
// none where it was not published.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Revisions(ctx context.Context, by access.Caller, k Key) (_ []Published, err error) {
	defer fault.Wrap(&err, "bulletin.Revisions(%v)", k)
	if err := by.Must(ReadNeeds); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 5)
	return sqldb.All[Published](ctx, s.db, `
		SELECT `+columns+`
		  FROM bulletins
		 WHERE duty = $1
		   AND kind = $2
		   AND division = $3
		   AND period = $4
		   AND `+cond+`
		 ORDER BY revision DESC`, append([]any{k.Duty, k.Kind, string(k.Division), k.Period}, args...)...)
}

// Full is a revision with what it tells, and its files without their bytes.
type Full struct {
	Published
	Content Content
	Files   []File
}

// Open returns a revision in by's scope.
//
// The error is fault.Denied without monitor.read, fault.NotFound when there is
// none of that id in by's scope, fault.Internal when it is not as it was
// published.
func (s *Store) Open(ctx context.Context, by access.Caller, id int64) (f Full, err error) {
	defer fault.Wrap(&err, "bulletin.Open(%d)", id)
	if err := by.Must(ReadNeeds); err != nil {
		return f, err
	}
	cond, args := by.Scope.Where("division", "0", 2)
	type row struct {
		Published
		Content string `db:"content"`
	}
	r, err := sqldb.One[row](ctx, s.db, missing, `
		SELECT `+columns+`, content
		  FROM bulletins
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...)
	if err != nil {
		return f, err
	}
	if digest([]byte(r.Content)) != r.Digest {
		return f, altered(r.Title)
	}
	f.Published = r.Published
	if err := json.Unmarshal([]byte(r.Content), &f.Content); err != nil {
		return f, err
	}
	f.Files, err = sqldb.All[File](ctx, s.db, `
		SELECT form, name, digest
		  FROM bulletin_files
		 WHERE bulletin = $1
		 ORDER BY form`, id)
	return f, err
}

const missing = "没有这份公报，或不在您的管辖范围内"

func altered(title string) error {
	return fault.New(fault.Internal, "“%s”与发布时的摘要不一致，可能被改动过，不予显示；请联系系统管理员并核验留痕", title)
}

// File returns a file of a revision in by's scope, with its bytes.
//
// The errors are those of Open.
func (s *Store) File(ctx context.Context, by access.Caller, id int64, form string) (f File, err error) {
	defer fault.Wrap(&err, "bulletin.File(%d, %s)", id, form)
	if err := by.Must(ReadNeeds); err != nil {
		return f, err
	}
	cond, args := by.Scope.Where("b.division", "0", 3)
	f, err = sqldb.One[File](ctx, s.db, missing, `
		SELECT f.form, f.name, f.digest, f.bytes
		  FROM bulletin_files f
		  JOIN bulletins b ON b.id = f.bulletin
		 WHERE f.bulletin = $1
		   AND f.form = $2
		   AND `+cond, append([]any{id, form}, args...)...)
	if err != nil {
		return f, err
	}
	if digest(f.Bytes) != f.Digest {
		return File{}, altered(f.Name)
	}
	return f, nil
}
