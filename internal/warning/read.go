package warning

import (
	"context"
	"fmt"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// visible returns the condition that a warning w is one that by may see: it
// covers a division of his scope, or his enterprise was told of it.
func visible(by access.Caller, from int) (string, []any) {
	if by.Scope.Everything {
		return "1 = 1", nil
	}
	if by.Scope.Enterprise != 0 {
		return fmt.Sprintf("EXISTS (SELECT 1 FROM warning_answers o WHERE o.warning = w.id AND o.enterprise = $%d)", from), []any{by.Scope.Enterprise}
	}
	cond, args := by.Scope.Where("o.division", "0", from)
	return "EXISTS (SELECT 1 FROM warning_areas o WHERE o.warning = w.id AND " + cond + ")", args
}

// Warning returns the warning id.
//
// The error is fault.NotFound when there is none in by's scope, fault.Denied
// without warning.read.
func (s *Store) Warning(ctx context.Context, by access.Caller, id int64) (_ Warning, err error) {
	defer fault.Wrap(&err, "warning.Warning(%d)", id)
	return s.warning(ctx, s.db, by, id)
}

func (s *Store) warning(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) (Warning, error) {
	if err := by.Must("warning.read"); err != nil {
		return Warning{}, err
	}
	cond, args := visible(by, 2)
	w, err := sqldb.One[Warning](ctx, q, "没有这条预警，或不在您的管辖范围内", `
		SELECT `+warningColumns+`
		  FROM warnings w
		 WHERE w.id = $1
		   AND `+cond, append([]any{id}, args...)...)
	if err != nil {
		return w, err
	}
	w.Areas, err = areasOf(ctx, q, id)
	return w, err
}

func areasOf(ctx context.Context, q sqldb.Querier, id int64) ([]access.Division, error) {
	rows, err := sqldb.All[struct {
		Division string `db:"division"`
	}](ctx, q, `SELECT division FROM warning_areas WHERE warning = $1 ORDER BY division`, id)
	all := make([]access.Division, len(rows))
	for i, r := range rows {
		all[i] = access.Division(r.Division)
	}
	return all, err
}

// Query says which warnings are wanted.
type Query struct {
	States []State // empty for all
	Before int64   // id of the last one of the page before
	N      int     // 50 unless set
}

// Warnings returns warnings in by's scope, the newest first.
//
// The error is fault.Denied without warning.read.
func (s *Store) Warnings(ctx context.Context, by access.Caller, q Query) (_ []Warning, err error) {
	defer fault.Wrap(&err, "warning.Warnings")
	if err := by.Must("warning.read"); err != nil {
		return nil, err
	}
	if q.Before == 0 {
		q.Before = 1 << 62
	}
	if q.N <= 0 || q.N > 200 {
		q.N = 50
	}
	cond, args := visible(by, 2)
	args = append([]any{q.Before}, args...)
	where := ""
	if len(q.States) > 0 {
		var marks []string
		for _, st := range q.States {
			args = append(args, string(st))
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
		where = " AND w.state IN (" + strings.Join(marks, ", ") + ")"
	}
	all, err := sqldb.All[Warning](ctx, s.db, `
		SELECT `+warningColumns+`
		  FROM warnings w
		 WHERE w.id < $1
		   AND `+cond+where+`
		 ORDER BY w.id DESC
		 LIMIT `+fmt.Sprint(q.N), args...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Areas, err = areasOf(ctx, s.db, all[i].ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Phases returns the phases of a warning in by's scope, in order.
func (s *Store) Phases(ctx context.Context, by access.Caller, id int64) (_ []Phase, err error) {
	defer fault.Wrap(&err, "warning.Phases(%d)", id)
	if _, err := s.warning(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	return s.phases(ctx, s.db, id)
}

func (s *Store) phases(ctx context.Context, q sqldb.Querier, id int64) ([]Phase, error) {
	return sqldb.All[Phase](ctx, q, `
		SELECT `+phaseColumns+`
		  FROM warning_phases
		 WHERE warning = $1
		 ORDER BY n`, id)
}

// Events returns the history of a warning in by's scope, the oldest first. An
// enterprise sees what was published, and nothing of how it was decided.
func (s *Store) Events(ctx context.Context, by access.Caller, id int64) (_ []Event, err error) {
	defer fault.Wrap(&err, "warning.Events(%d)", id)
	if _, err := s.warning(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	all, err := sqldb.All[Event](ctx, s.db, `
		SELECT id, warning, act, text, reason, who, who_name, at
		  FROM warning_events
		 WHERE warning = $1
		 ORDER BY id`, id)
	if err != nil {
		return nil, err
	}
	if by.Scope.Enterprise != 0 {
		var public []Event
		for _, e := range all {
			if e.Act == string(Publish) {
				public = append(public, e)
			}
		}
		return public, nil
	}
	files, err := s.files(ctx, s.db, "warning = $1 AND answer = 0", id)
	for i := range all {
		for _, f := range files {
			if f.Of == all[i].ID {
				all[i].Files = append(all[i].Files, f)
			}
		}
	}
	return all, err
}

const fileColumns = `id, warning, answer, of, kind, name, size, media, hash, thumbnail, who, who_name, at`

func (s *Store) files(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]File, error) {
	return sqldb.All[File](ctx, q, `
		SELECT `+fileColumns+`
		  FROM warning_files
		 WHERE `+where+`
		 ORDER BY id`, args...)
}

// File returns a file and its bytes, checked against their hash; small asks for
// the thumbnail of a photograph. An enterprise gets its own files alone.
//
// The error is fault.NotFound when what it belongs to is not in by's scope.
func (s *Store) File(ctx context.Context, by access.Caller, id int64, small bool) (f File, data []byte, err error) {
	defer fault.Wrap(&err, "warning.File(%d)", id)
	if err := by.Must("warning.read"); err != nil {
		return f, nil, err
	}
	missing := fault.New(fault.NotFound, "没有这个文件，或不在您的管辖范围内")
	all, err := s.files(ctx, s.db, "id = $1", id)
	if err != nil {
		return f, nil, err
	}
	if len(all) == 0 {
		return f, nil, missing
	}
	f = all[0]
	if f.Answer != 0 {
		_, err = s.answer(ctx, s.db, by, f.Answer)
	} else if by.Scope.Enterprise != 0 {
		err = missing
	} else {
		_, err = s.warning(ctx, s.db, by, f.Warning)
	}
	if err != nil {
		return f, nil, err
	}
	if small && f.Thumbnail {
		data, err = s.c.Matters.KeptThumbnail(f.Name, f.Hash)
		f.Media = "image/jpeg"
		return f, data, err
	}
	data, err = s.c.Matters.Kept(f.Name, f.Hash)
	return f, data, err
}
