package warning

import (
	"context"
	"fmt"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
	aqi "pingzhang/standard/air"
)

// publish carries an approved change out: the phase before ends, a new one
// begins with an answer that each listed firm owes, or the warning is lifted.
// Everybody whom it concerns is told in the same transaction.
func (s *Store) publish(ctx context.Context, tx *sqldb.Tx, by access.Caller, w Warning, reason string, files []matter.Evidence) error {
	starts := max(w.StartsAt, tx.Now.Unix())
	due := max(w.DueAt, starts)
	last, err := s.phases(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	if n := len(last); n > 0 && last[n-1].EndedAt == 0 {
		if err := tx.ExecOne(ctx, `
			UPDATE warning_phases
			   SET ended_at = $1
			 WHERE id = $2
			   AND ended_at = 0`, starts, last[n-1].ID); err != nil {
			return err
		}
	}
	state, text := Published, ""
	if w.State == Open {
		text = fmt.Sprintf("发布%s，自 %s 起", w.Target.Name(), minute(starts))
	} else {
		text = fmt.Sprintf("%s，自 %s 起", w.Change(), minute(starts))
	}
	if w.Target == aqi.NoWarning {
		state, text = Lifted, fmt.Sprintf("解除%s，自 %s 起", w.Level.Name(), minute(starts))
	}
	if _, err := tx.Exec(ctx, `
		UPDATE warnings
		   SET state     = $1,
		       level     = $2,
		       step      = '',
		       starts_at = $3,
		       due_at    = $4,
		       moved_at  = $5
		 WHERE id = $6`, string(state), string(w.Target), starts, due, tx.Now.Unix(), w.ID); err != nil {
		return err
	}
	told := 0
	if state == Lifted {
		told, err = s.tellLifted(ctx, tx, w, last, starts)
	} else {
		told, err = s.begin(ctx, tx, w, Phase{ID: sqldb.NewID(), Warning: w.ID, N: int64(len(last) + 1), Level: w.Target, StartsAt: starts, DueAt: due, Measures: w.Measures})
	}
	if err != nil {
		return err
	}
	if err := s.tellOffices(ctx, tx, w, text); err != nil {
		return err
	}
	return s.happened(ctx, tx, by, w, string(Publish), fmt.Sprintf("%s；通知清单企业 %d 家", text, told), reason, files)
}

// begin writes a phase, and the answers that the firms of the list in force owe.
func (s *Store) begin(ctx context.Context, tx *sqldb.Tx, w Warning, p Phase) (told int, err error) {
	list, err := s.listInForce(ctx, tx, w.Division, dateOf(moment(p.StartsAt)))
	if err != nil {
		return 0, err
	}
	var firms []Firm
	if list != nil {
		p.Edition = list.ID
		if firms, err = s.firmsOf(ctx, tx, list.ID, p.Level, w.Areas); err != nil {
			return 0, err
		}
	}
	if err := tx.ExecOne(ctx, `
		INSERT INTO warning_phases (`+phaseColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)`, p.ID, p.Warning, p.N, string(p.Level), p.StartsAt, p.DueAt, p.Measures, p.Edition); err != nil {
		return 0, err
	}
	deadline := tx.Now.Add(s.c.Settings.AnswerWithin).Unix()
	for _, f := range firms {
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_answers (`+answerColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 'pending', '', 'pending', $9, 0, 0, 0, 0, 0, 0, 1)`,
			sqldb.NewID(), w.ID, p.ID, f.Enterprise, string(f.Division), pack(f), tx.Now.Unix(), deadline, notDue); err != nil {
			return 0, err
		}
		if err := s.c.Notices.Post(ctx, tx, notify.Notice{
			Role: "enterprise", Division: f.Division, Enterprise: f.Enterprise, Link: warningPath(w.ID) + "/mine",
			Text: fmt.Sprintf("%s自 %s 起执行，请按应急减排清单落实措施，并在 %s 前确认反馈", p.Level.Name(), minute(p.DueAt), minute(deadline)),
		}); err != nil {
			return 0, err
		}
	}
	return len(firms), nil
}

// tellLifted tells the firms of the last phase that it is over. They owe no
// answer: there is nothing that they would have to do.
func (s *Store) tellLifted(ctx context.Context, tx *sqldb.Tx, w Warning, phases []Phase, at int64) (int, error) {
	if len(phases) == 0 {
		return 0, fault.New(fault.Internal, "预警 %d 没有执行时段，不能解除", w.ID)
	}
	rows, err := s.answersOf(ctx, tx, phases[len(phases)-1].ID)
	if err != nil {
		return 0, err
	}
	for _, a := range rows {
		if err := s.c.Notices.Post(ctx, tx, notify.Notice{
			Role: "enterprise", Division: a.Division, Enterprise: a.Enterprise, Link: warningPath(w.ID) + "/mine",
			Text: fmt.Sprintf("%s自 %s 起解除，应急减排措施随之终止", w.Level.Name(), minute(at)),
		}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// tellOffices tells the branches of the area, the leaders and the section.
func (s *Store) tellOffices(ctx context.Context, tx *sqldb.Tx, w Warning, text string) error {
	post := func(role string, d access.Division) error {
		return s.c.Notices.Post(ctx, tx, notify.Notice{Role: role, Division: d, Link: warningPath(w.ID), Text: w.Title + "：" + text})
	}
	for _, d := range w.Areas {
		if d.Prefix() != string(d) {
			continue // the city itself: it has no branch
		}
		if err := post("county_branch", d); err != nil {
			return err
		}
	}
	return post("city_leader", w.Division)
}
