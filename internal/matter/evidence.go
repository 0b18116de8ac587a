package matter

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"strings"
	"time"
	"unicode"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Evidence is a file of a matter. Once it is bound to a move it stays.
type Evidence struct {
	ID        int64
	Matter    ID
	Move      int64 // row of the move it is bound to; 0 until then
	Kind      EvidenceKind
	Name      string
	Size      int64 // bytes
	Media     string
	Hash      string // SM3 of the bytes, lower-case hex
	Thumbnail bool
	TakenAt   time.Time // as the camera says; zero when it does not
	Lon, Lat  *float64  // as the camera says, WGS 84 degrees
	ByLogin   string
	ByName    string
	At        time.Time
	Withdrawn bool
	Reason    string // why withdrawn
}

type evidenceRow struct {
	ID        int64  `db:"id"`
	Matter    int64  `db:"matter"`
	Move      *int64 `db:"move"`
	Kind      string `db:"kind"`
	Name      string `db:"name"`
	Size      int64  `db:"size"`
	Media     string `db:"media"`
	Hash      string `db:"hash"`
	Thumbnail bool   `db:"thumbnail"`
	TakenAt   *int64 `db:"taken_at"`
	LonE7     *int64 `db:"lon_e7"`
	LatE7     *int64 `db:"lat_e7"`
	ByLogin   string `db:"by_login"`
	ByName    string `db:"by_name"`
	At        int64  `db:"at"`
	State     string `db:"state"`
	Reason    string `db:"reason"`
}

const evidenceColumns = `e.id, e.matter, e.move, e.kind, e.name, e.size, e.media, e.hash, e.thumbnail, e.taken_at,
	e.lon_e7, e.lat_e7, e.by_login, e.by_name, e.at, e.state, e.reason`

func (r evidenceRow) evidence() Evidence {
	e := Evidence{ID: r.ID, Matter: ID(r.Matter), Kind: EvidenceKind(r.Kind), Name: r.Name, Size: r.Size, Media: r.Media, Hash: r.Hash,
		Thumbnail: r.Thumbnail, ByLogin: r.ByLogin, ByName: r.ByName, At: clock.Unix(r.At), Withdrawn: r.State != "active", Reason: r.Reason}
	if r.Move != nil {
		e.Move = *r.Move
	}
	if r.TakenAt != nil {
		e.TakenAt = clock.Unix(*r.TakenAt)
	}
	if r.LonE7 != nil && r.LatE7 != nil {
		lon, lat := float64(*r.LonE7)/1e7, float64(*r.LatE7)/1e7
		e.Lon, e.Lat = &lon, &lat
	}
	return e
}

// AddEvidence stores a file with an open matter. name is the one it was sent
// under, r its bytes. It is bound to a step when it is given with Move.
//
// The error is fault.NotFound when the matter is not in by's scope,
// fault.Denied when by may neither move nor comment, and fault.Invalid, saying
// what the file really is, when its bytes are not what its name says, are too
// many, or are of a type that is not taken.
func (s *Store) AddEvidence(ctx context.Context, by access.Caller, id ID, name string, r io.Reader) (_ Evidence, err error) {
	defer fault.Wrap(&err, "matter.AddEvidence(matter %d, %s)", id, name)

	if !by.May("matter.comment") {
		if err := by.Must("matter.move"); err != nil {
			return Evidence{}, err
		}
	}
	m, err := s.load(ctx, s.db, by, id)
	if err != nil {
		return Evidence{}, err
	}
	if m.Closed() {
		return Evidence{}, fault.New(fault.Invalid, "事项已办结（%s），不能再上传文件", m.StageDef().Label)
	}
	// The bytes come before the row: a row never stands without them.
	e, err := s.Keep(name, r)
	if err != nil {
		return Evidence{}, err
	}
	e.ID, e.Matter, e.ByLogin, e.ByName = sqldb.NewID(), id, by.Login, by.Name
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		e.At = tx.Now
		return s.addEvidence(ctx, tx, by, m, e)
	})
	return e, err
}

func (s *Store) addEvidence(ctx context.Context, tx *sqldb.Tx, by access.Caller, m *Matter, e Evidence) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO evidence (id, matter, kind, name, size, media, hash, thumbnail, taken_at, lon_e7, lat_e7,
		                      by_account, by_login, by_name, at, state, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'active', '')`,
		e.ID, int64(e.Matter), string(e.Kind), e.Name, e.Size, e.Media, e.Hash, e.Thumbnail, unixOrNil(e.TakenAt), e7(e.Lon), e7(e.Lat),
		by.Account, by.Login, by.Name, tx.Now.Unix()); err != nil {
		return err
	}
	return record(ctx, tx, by, "matter.evidence", m, map[string]any{"evidence": e.ID, "name": e.Name, "size": e.Size, "media": e.Media, "sm3": e.Hash})
}

func e7(v *float64) *int64 {
	if v == nil {
		return nil
	}
	n := int64(math.Round(*v * 1e7))
	return &n
}

// cleanName returns the last part of a file name without control characters,
// at most 120 characters of it, the extension kept.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\u202e' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if runes := []rune(name); len(runes) > 120 {
		ext := []rune(path.Ext(name))
		if len(ext) > 10 {
			ext = nil
		}
		name = string(runes[:120-len(ext)]) + string(ext)
	}
	return name
}

// WithdrawEvidence takes back a file that was uploaded by mistake and is not
// bound to a step. It stays stored.
//
// The error is fault.Denied when by did not upload it, fault.Invalid when it is
// bound, or reason empty.
func (s *Store) WithdrawEvidence(ctx context.Context, by access.Caller, id int64, reason string) (err error) {
	defer fault.Wrap(&err, "matter.WithdrawEvidence(%d)", id)
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return fault.Fields(map[string]string{"reason": "请填写撤回原因"})
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		e, err := s.evidence(ctx, tx, by, id)
		if err != nil {
			return err
		}
		switch {
		case e.ByLogin != by.Login:
			return fault.New(fault.Denied, "只有上传人可以撤回文件")
		case e.Move != 0 || e.Withdrawn:
			return fault.New(fault.Invalid, "“%s”已用于办理环节或已撤回，不能再撤回", e.Name)
		}
		m, err := s.load(ctx, tx, by, e.Matter)
		if err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `
			UPDATE evidence
			   SET state  = 'withdrawn',
			       reason = $1
			 WHERE id = $2
			   AND move IS NULL
			   AND state = 'active'`, reason, id); err != nil {
			return err
		}
		return record(ctx, tx, by, "matter.evidence_withdraw", m, map[string]any{"evidence": id, "name": e.Name, "sm3": e.Hash, "reason": reason})
	})
}

// Evidences returns all files of the matter id, the oldest first.
func (s *Store) Evidences(ctx context.Context, by access.Caller, id ID) (_ []Evidence, err error) {
	defer fault.Wrap(&err, "matter.Evidences(%d)", id)
	if err := by.Must("evidence.read"); err != nil {
		return nil, err
	}
	if _, err := s.load(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	return s.evidences(ctx, id)
}

func (s *Store) evidences(ctx context.Context, id ID) ([]Evidence, error) {
	rows, err := sqldb.All[evidenceRow](ctx, s.db, `
		SELECT `+evidenceColumns+`
		  FROM evidence e
		 WHERE e.matter = $1
		 ORDER BY e.id`, int64(id))
	if err != nil {
		return nil, err
	}
	all := make([]Evidence, len(rows))
	for i, r := range rows {
		all[i] = r.evidence()
	}
	return all, nil
}

func (s *Store) evidence(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) (Evidence, error) {
	if err := by.Must("evidence.read"); err != nil {
		return Evidence{}, err
	}
	cond, args := by.Scope.Where("m.division", "m.enterprise", 2)
	r, err := sqldb.One[evidenceRow](ctx, q, "没有这个文件，或不在您的管辖范围内", `
		SELECT `+evidenceColumns+`
		  FROM evidence e
		  JOIN matters m ON m.id = e.matter
		 WHERE e.id = $1
		   AND `+cond, append([]any{id}, args...)...)
	return r.evidence(), err
}

// File returns the file id and its bytes, checked against its hash.
//
// The error is fault.NotFound when its matter is not in by's scope,
// fault.Denied without evidence.read; it wraps ErrTampered when the bytes are
// not those that were uploaded.
func (s *Store) File(ctx context.Context, by access.Caller, id int64) (_ Evidence, data []byte, err error) {
	defer fault.Wrap(&err, "matter.File(%d)", id)
	e, err := s.evidence(ctx, s.db, by, id)
	if err != nil {
		return Evidence{}, nil, err
	}
	data, err = s.files.get(e.Name, e.Hash)
	return e, data, err
}

// Thumbnail returns a JPEG of at most 640 pixels of the photograph id, making
// it anew when it is gone.
//
// The error is that of File; fault.NotFound also when it is no photograph.
func (s *Store) Thumbnail(ctx context.Context, by access.Caller, id int64) (_ []byte, err error) {
	defer fault.Wrap(&err, "matter.Thumbnail(%d)", id)
	e, err := s.evidence(ctx, s.db, by, id)
	if err != nil {
		return nil, err
	}
	if !e.Thumbnail {
		return nil, fault.New(fault.NotFound, "“%s”没有缩略图", e.Name)
	}
	at := s.files.path("thumbnail", e.Hash, ".jpg")
	if small, err := os.ReadFile(at); err == nil {
		return small, nil
	}
	data, err := s.files.get(e.Name, e.Hash)
	if err != nil {
		return nil, err
	}
	t, err := TypeOf(e.Name, data)
	if err != nil {
		return nil, err
	}
	_, small, err := picture(e.Name, t, data)
	if err != nil {
		return nil, err
	}
	return small, write(at, small)
}

// VerifyFiles checks the bytes of every stored file against its hash and
// returns one line for each that is missing or changed. It is for the
// administrator's command and sees no contents.
func (s *Store) VerifyFiles(ctx context.Context) (bad []string, err error) {
	defer fault.Wrap(&err, "matter.VerifyFiles")
	type row struct {
		ID     int64  `db:"id"`
		Matter int64  `db:"matter"`
		Name   string `db:"name"`
		Hash   string `db:"hash"`
	}
	rows, err := sqldb.All[row](ctx, s.db, `SELECT id, matter, name, hash FROM evidence ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if _, err := s.files.get(r.Name, r.Hash); err != nil {
			bad = append(bad, fmt.Sprintf("matter/%d evidence/%d: %s", r.Matter, r.ID, fault.Text(err)))
		}
	}
	return bad, nil
}
