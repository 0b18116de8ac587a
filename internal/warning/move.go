package warning

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
	aqi "pingzhang/standard/air"
)

// Draft puts a warning on record as 建议, by a person's own decision; it is then
// put forward with Submit.
//
// The error is fault.Denied without warning.draft or outside by's scope,
// fault.Invalid with the fields that are wrong, fault.Conflict when a warning is
// being prepared or in force in one of the areas.
func (s *Store) Draft(ctx context.Context, by access.Caller, areas []access.Division, level aqi.WarningLevel, reason string) (id int64, err error) {
	defer fault.Wrap(&err, "warning.Draft(%v, %s)", areas, level)
	if err := by.Must("warning.draft"); err != nil {
		return 0, err
	}
	wrong := map[string]string{}
	if len(areas) == 0 {
		wrong["areas"] = "请选择预警区域"
	}
	for _, d := range areas {
		if s.c.Divisions.NameOf(d) == string(d) || !by.Scope.Sees(d, 0) {
			wrong["areas"] = "预警区域不在您的管辖范围内"
		}
	}
	if level == aqi.NoWarning || level.Name() == aqi.NoWarning.Name() {
		wrong["level"] = "请选择预警级别"
	}
	if strings.TrimSpace(reason) == "" {
		wrong["reason"] = "请填写理由（会商意见、研判依据）"
	}
	if err := fault.Fields(wrong); err != nil {
		return 0, err
	}
	id = sqldb.NewID()
	return id, s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := lock(ctx, tx, "propose"); err != nil {
			return err
		}
		for _, d := range s.spread(areas) {
			other, err := s.draftFor(ctx, tx, d)
			if err != nil {
				return err
			}
			if other != nil {
				return fault.New(fault.Conflict, "%s已有正在准备的预警（%s），请在其中办理", s.c.Divisions.NameOf(d), other.Title)
			}
			level, live, err := s.inForce(ctx, tx, d)
			if err != nil {
				return err
			}
			if live != 0 {
				return fault.New(fault.Conflict, "%s的%s正在执行，请在其中调整或解除", s.c.Divisions.NameOf(d), level.Name())
			}
		}
		return s.draftTx(ctx, tx, by, id, areas, level, strings.TrimSpace(reason))
	})
}

// spread returns areas and every division inside them.
func (s *Store) spread(areas []access.Division) []access.Division {
	var all []access.Division
	for _, p := range s.c.Divisions.Within(access.System) {
		if slices.ContainsFunc(areas, func(d access.Division) bool { return d.Contains(p.Code) }) {
			all = append(all, p.Code)
		}
	}
	for _, d := range areas {
		if !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	return all
}

// draftTx writes a warning as 建议.
func (s *Store) draftTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, id int64, areas []access.Division, level aqi.WarningLevel, reason string) error {
	var names []string
	for _, d := range areas {
		names = append(names, s.c.Divisions.NameOf(d))
	}
	title := strings.Join(names, "、") + tx.Now.Format("2006年1月2日") + "重污染天气预警"
	if err := tx.ExecOne(ctx, `
		INSERT INTO warnings (id, title, division, state, level, step, target, starts_at, due_at, measures, drafted_by, version, created_at, moved_at)
		VALUES ($1, $2, $3, 'open', '', 'proposed', $4, 0, 0, '', $5, 1, $6, $7)`,
		id, title, string(areas[0]), string(level), by.Login, tx.Now.Unix(), tx.Now.Unix()); err != nil {
		return err
	}
	for _, d := range s.spread(areas) {
		if err := tx.ExecOne(ctx, `INSERT INTO warning_areas (warning, division) VALUES ($1, $2)`, id, string(d)); err != nil {
			return err
		}
	}
	w := Warning{ID: id, Title: title, Division: areas[0]}
	return s.happened(ctx, tx, by, w, "propose", "建议"+level.Name(), reason, nil)
}

// retarget changes the level of a draft of the platform's own that nobody has
// taken up.
func (s *Store) retarget(ctx context.Context, tx *sqldb.Tx, by access.Caller, w *Warning, p Proposal) error {
	if err := tx.ExecOne(ctx, `
		UPDATE warnings
		   SET target   = $1,
		       version  = version + 1,
		       moved_at = $2
		 WHERE id = $3
		   AND version = $4`, string(p.Level), tx.Now.Unix(), w.ID, w.Version); err != nil {
		return err
	}
	return s.happened(ctx, tx, by, *w, "propose", fmt.Sprintf("建议由%s改为%s", w.Target.Name(), p.Level.Name()), "系统按新的预报研判："+p.Why, nil)
}

// draftFor returns the warning that is being prepared over a division; nil for
// none.
func (s *Store) draftFor(ctx context.Context, q sqldb.Querier, d access.Division) (*Warning, error) {
	all, err := sqldb.All[Warning](ctx, q, `
		SELECT `+warningColumns+`
		  FROM warnings w
		  JOIN warning_areas a ON a.warning = w.id
		 WHERE a.division = $1
		   AND w.state = 'open'
		 ORDER BY w.id DESC
		 LIMIT 1`, string(d))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Move does act with the warning id in by's scope. version is that of the warning
// as by last saw it; plan is for Submit alone; files are evidence for the step.
//
// The error is fault.NotFound when there is no such warning in by's scope,
// fault.Denied without the permission of the act, or when by approves what he put
// forward himself, fault.Conflict when the warning has moved since version or does
// not lead there, and fault.Invalid with the fields that are wrong. In each of
// these nothing is written.
func (s *Store) Move(ctx context.Context, by access.Caller, id, version int64, act Act, plan Plan, files []matter.Evidence) (err error) {
	defer fault.Wrap(&err, "warning.Move(%d, version %d, %s)", id, version, act)
	if err := by.Must(act.Needs()); err != nil {
		return err
	}
	plan.Reason = strings.TrimSpace(plan.Reason)
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		w, err := s.at(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		if !w.Leads(act) {
			return w.refused(act)
		}
		switch act {
		case Submit:
			return s.submit(ctx, tx, by, w, plan, files)
		case Approve:
			if by.Login == w.DraftedBy {
				return fault.New(fault.Denied, "报请人不能批准自己报请的预警，请由其他负责人批准")
			}
			return s.step(ctx, tx, by, w, Approved, w.State, "批准"+w.Change(), plan.Reason, files)
		case Return:
			if plan.Reason == "" {
				return fault.Fields(map[string]string{"reason": "请填写退回的理由"})
			}
			return s.step(ctx, tx, by, w, Returned, w.State, "退回"+w.Change(), plan.Reason, files)
		case Publish:
			return s.publish(ctx, tx, by, w, plan.Reason, files)
		case Drop:
			return s.drop(ctx, tx, by, w, plan.Reason, files)
		}
		return fault.New(fault.Invalid, "没有“%s”这一步", act)
	})
}

// at reads a warning in by's scope for a change, and takes hold of it.
func (s *Store) at(ctx context.Context, tx *sqldb.Tx, by access.Caller, id, version int64) (Warning, error) {
	if !by.Scope.Everything && by.Scope.Enterprise != 0 {
		return Warning{}, fault.New(fault.Denied, "排污单位不能办理预警")
	}
	w, err := s.warning(ctx, tx, by, id)
	if err != nil {
		return w, err
	}
	// Who reads a warning because it covers his county does not decide on the city.
	for _, d := range w.Areas {
		if !by.Scope.Sees(d, 0) {
			return w, fault.New(fault.Denied, "这条预警的区域超出您的管辖范围，不能办理")
		}
	}
	return w, tx.ExecOne(ctx, `
		UPDATE warnings
		   SET version = version + 1
		 WHERE id = $1
		   AND version = $2`, id, version)
}

func (s *Store) submit(ctx context.Context, tx *sqldb.Tx, by access.Caller, w Warning, p Plan, files []matter.Evidence) error {
	if p.DueAt.IsZero() {
		p.DueAt = p.StartsAt
	}
	if err := fault.Fields(p.wrong(w, tx.Now)); err != nil {
		return err
	}
	before := w
	w.Target, w.Step = p.Level, Pending
	if _, err := tx.Exec(ctx, `
		UPDATE warnings
		   SET step       = 'pending',
		       target     = $1,
		       starts_at  = $2,
		       due_at     = $3,
		       measures   = $4,
		       drafted_by = $5,
		       moved_at   = $6
		 WHERE id = $7`, string(p.Level), p.StartsAt.Unix(), p.DueAt.Unix(), strings.TrimSpace(p.Measures), by.Login, tx.Now.Unix(), w.ID); err != nil {
		return err
	}
	text := fmt.Sprintf("报请%s，自 %s 起", w.Change(), p.StartsAt.Format("2006-01-02 15:04"))
	if before.State == Open && before.Target != p.Level {
		text += fmt.Sprintf("（原建议%s）", before.Target.Name())
	}
	if err := s.happened(ctx, tx, by, w, string(Submit), text, p.Reason, files); err != nil {
		return err
	}
	return s.c.Notices.Post(ctx, tx, notify.Notice{Role: "city_leader", Division: w.Division, Link: warningPath(w.ID), Text: fmt.Sprintf("%s：请审批%s", w.Title, w.Change())})
}

// step moves a change on without carrying it out.
func (s *Store) step(ctx context.Context, tx *sqldb.Tx, by access.Caller, w Warning, to Step, state State, text, reason string, files []matter.Evidence) error {
	if _, err := tx.Exec(ctx, `
		UPDATE warnings
		   SET step     = $1,
		       state    = $2,
		       moved_at = $3
		 WHERE id = $4`, string(to), string(state), tx.Now.Unix(), w.ID); err != nil {
		return err
	}
	act := map[Step]string{Approved: "approve", Returned: "return", NoStep: "drop"}[to]
	if err := s.happened(ctx, tx, by, w, act, text, reason, files); err != nil {
		return err
	}
	if to == NoStep {
		return nil
	}
	return s.c.Notices.Post(ctx, tx, notify.Notice{Role: "city_section", Division: w.Division, Link: warningPath(w.ID), Text: fmt.Sprintf("%s：%s", w.Title, text)})
}

// drop gives the change up. A warning that was never published is over with it.
func (s *Store) drop(ctx context.Context, tx *sqldb.Tx, by access.Caller, w Warning, reason string, files []matter.Evidence) error {
	if reason == "" {
		return fault.Fields(map[string]string{"reason": "请填写不采纳的理由"})
	}
	state := w.State
	if state == Open {
		state = Dropped
	}
	return s.step(ctx, tx, by, w, NoStep, state, "不采纳："+w.Change(), reason, files)
}

// happened writes a line of the history with its evidence, and the entry of the
// journal.
func (s *Store) happened(ctx context.Context, tx *sqldb.Tx, by access.Caller, w Warning, act, text, reason string, files []matter.Evidence) error {
	id := sqldb.NewID()
	if err := tx.ExecOne(ctx, `
		INSERT INTO warning_events (id, warning, act, text, reason, who, who_name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, w.ID, act, text, reason, by.Login, by.Name, tx.Now.Unix()); err != nil {
		return err
	}
	names, err := attach(ctx, tx, by, w.ID, 0, id, files)
	if err != nil {
		return err
	}
	return enter(ctx, tx, by, "warning."+act, fmt.Sprintf("warning/%d", w.ID), w.Division, 0, map[string]any{"title": w.Title, "text": text, "reason": reason, "files": names})
}

// attach binds files to what they are evidence of, and returns their names with
// their hashes.
func attach(ctx context.Context, tx *sqldb.Tx, by access.Caller, warning, answer, of int64, files []matter.Evidence) (names []string, err error) {
	for _, f := range files {
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_files (id, warning, answer, of, kind, name, size, media, hash, thumbnail, who, who_name, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			sqldb.NewID(), warning, answer, of, string(f.Kind), f.Name, f.Size, f.Media, f.Hash, f.Thumbnail, by.Login, by.Name, tx.Now.Unix()); err != nil {
			return nil, err
		}
		names = append(names, f.Name+" SM3 "+f.Hash)
	}
	return names, nil
}

// moment is a time of seconds, for pages that know no clock.
func moment(at int64) time.Time { return clock.Unix(at) }
