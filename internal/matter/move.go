package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Move takes matter id along the move of its playbook on behalf of by, stops
// the clocks of the stage it leaves, starts those of the one it enters, tells
// the new owner, and records the step in the journal. version is that of the
// matter as by last saw it.
//
// The error is fault.NotFound when there is no such matter in by's scope,
// fault.Conflict when it has moved since version, fault.Denied when the step is
// another's, and fault.Invalid when the stage has no such move, when in lacks
// what the move asks for (the fields are named), or while the matter is
// suspended. In each of these nothing is written.
func (s *Store) Move(ctx context.Context, by access.Caller, id ID, version int64, move string, in MoveInput) (m *Matter, err error) {
	defer fault.Wrap(&err, "matter.Move(matter %d, version %d, %s)", id, version, move)

	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if m, err = s.at(ctx, tx, by, id, version); err != nil {
			return err
		}
		def, err := m.allowed(by, move)
		if err != nil {
			return err
		}
		given, err := s.given(ctx, tx, by, m, in.Evidence)
		if err != nil {
			return err
		}
		count := map[EvidenceKind]int{}
		for _, e := range given {
			count[e.Kind]++
		}
		clean := MoveInput{Note: strings.TrimSpace(in.Note)}
		if clean.Fields, err = def.Check(in, count); err != nil {
			return err
		}
		return s.step(ctx, tx, by, m, def, clean, given)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// step writes a move that has been found right.
func (s *Store) step(ctx context.Context, tx *sqldb.Tx, by access.Caller, m *Matter, def *MoveDef, in MoveInput, given []Evidence) error {
	from := m.Stage
	m.Stage, m.Version, m.MovedAt = def.To, m.Version+1, tx.Now
	if def.Outcome != "" {
		m.Outcome = def.Outcome
	}
	stage := m.StageDef()
	m.Owner = OwnerOf(stage, m.Division, m.Enterprise)
	if stage.Final {
		m.ClosedAt = tx.Now
	}
	// Another transaction may commit between at and here. The version in the
	// WHERE clause, not the check in at, is what keeps the two apart.
	if err := tx.ExecOne(ctx, `
		UPDATE matters
		   SET stage            = $1,
		       owner_division   = $2,
		       owner_enterprise = $3,
		       outcome          = $4,
		       moved_at         = $5,
		       closed_at        = $6,
		       version          = version + 1
		 WHERE id = $7
		   AND version = $8`,
		string(m.Stage), string(m.Owner.Division), m.Owner.Enterprise, m.Outcome, tx.Now.Unix(), unixOrNil(m.ClosedAt),
		int64(m.ID), m.Version-1); err != nil {
		return err
	}
	id := sqldb.NewID()
	if err := s.addMove(ctx, tx, by, id, m, def.ID, from, in); err != nil {
		return err
	}
	hashes := []string{}
	for _, e := range given {
		if err := tx.ExecOne(ctx, `UPDATE evidence SET move = $1 WHERE id = $2 AND move IS NULL AND state = 'active'`, id, e.ID); err != nil {
			return err
		}
		hashes = append(hashes, e.Hash)
	}
	if err := s.stop(ctx, tx, m, from); err != nil {
		return err
	}
	if err := s.enter(ctx, tx, m); err != nil {
		return err
	}
	detail := map[string]any{"move": def.ID, "from": from, "to": m.Stage, "note": in.Note, "fields": in.Fields, "evidence": hashes}
	if m.Outcome != "" {
		detail["outcome"] = m.Outcome
	}
	if def.Publishes {
		hash, err := s.publish(ctx, tx, m, id, def, in)
		if err != nil {
			return err
		}
		detail["published"] = hash
	}
	return record(ctx, tx, by, "matter.move", m, detail)
}

// given returns the files that come with a move: uploaded to this matter by the
// same person, and not yet bound to another move.
func (s *Store) given(ctx context.Context, tx *sqldb.Tx, by access.Caller, m *Matter, ids []int64) ([]Evidence, error) {
	var all []Evidence
	seen := map[int64]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		r, err := sqldb.One[evidenceRow](ctx, tx, "", `
			SELECT `+evidenceColumns+`
			  FROM evidence e
			 WHERE e.id = $1
			   AND e.matter = $2`, id, int64(m.ID))
		if fault.Is(err, fault.NotFound) {
			return nil, fault.Fields(map[string]string{"evidence": "所附文件不属于本事项，请重新上传"})
		}
		if err != nil {
			return nil, err
		}
		if r.Move != nil || r.State != "active" || r.ByLogin != by.Login {
			return nil, fault.Fields(map[string]string{"evidence": fmt.Sprintf("“%s”已用于其他环节、已撤回或由他人上传，请重新上传", r.Name)})
		}
		all = append(all, r.evidence())
	}
	return all, nil
}

// Publication is what the public may see of a matter. It never changes.
type Publication struct {
	ID       int64
	Title    string
	Division access.Division
	Items    []Item // in the order of the form
	Hash     string // SM3 of the stored content
	At       string // yyyy-mm-dd
}

// Item is one labelled value.
type Item struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// content is a publication as it is stored.
type content struct {
	Title    string `json:"title"`
	Division string `json:"division"`
	On       string `json:"on"`
	Items    []Item `json:"items"`
}

// publish freezes the public fields of a move, and only those.
func (s *Store) publish(ctx context.Context, tx *sqldb.Tx, m *Matter, move int64, def *MoveDef, in MoveInput) (hash string, err error) {
	c := content{Title: m.Playbook.Label, Division: string(m.Division), On: tx.Now.In(clock.Shanghai).Format("2006-01-02")}
	for _, f := range def.Fields {
		if f.Public && in.Fields[f.Key] != "" {
			c.Items = append(c.Items, Item{f.Label, f.Show(in.Fields[f.Key])})
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	hash = hashOf(text)
	_, err = tx.Exec(ctx, `
		INSERT INTO publications (id, matter, move, content, hash, published_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, sqldb.NewID(), int64(m.ID), move, string(text), hash, tx.Now.Unix())
	return hash, err
}

// Publications returns up to n publications older than before (0: the newest),
// newest first. They are public: no caller is asked for, and nothing else of a
// matter is in them.
//
// The error wraps ErrTampered when a stored publication was changed.
func (s *Store) Publications(ctx context.Context, before int64, n int) (_ []Publication, err error) {
	defer fault.Wrap(&err, "matter.Publications")
	if before == 0 {
		before = 1 << 62
	}
	type row struct {
		ID      int64  `db:"id"`
		Content string `db:"content"`
		Hash    string `db:"hash"`
	}
	rows, err := sqldb.All[row](ctx, s.db, fmt.Sprintf(`
		SELECT id, content, hash
		  FROM publications
		 WHERE id < $1
		 ORDER BY id DESC
		 LIMIT %d`, max(n, 1)), before)
	if err != nil {
		return nil, err
	}
	var all []Publication
	for _, r := range rows {
		if hashOf([]byte(r.Content)) != r.Hash {
			return nil, fault.From(fmt.Errorf("%w: publication %d", ErrTampered, r.ID), fault.Internal, "已公开的内容与登记时的校验值不符，可能已被改动；请立即告知审计管理员")
		}
		var c content
		if err := json.Unmarshal([]byte(r.Content), &c); err != nil {
			return nil, err
		}
		all = append(all, Publication{ID: r.ID, Title: c.Title, Division: access.Division(c.Division), Items: c.Items, Hash: r.Hash, At: c.On})
	}
	return all, nil
}
