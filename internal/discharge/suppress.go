package discharge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// Suppression is a pause: what a point exceeds from one time to another becomes
// no finding, for a reason that somebody has given, such as a comparison test
// that was announced. The verdicts are made all the same.
type Suppression struct {
	ID           int64           `db:"id"`
	Point        int64           `db:"point"`
	Enterprise   int64           `db:"enterprise"`
	Division     access.Division `db:"division"`
	Factor       string          `db:"factor"`  // empty for all
	From         int64           `db:"from_at"` // unix seconds
	To           int64           `db:"to_at"`   // not included
	Reason       string          `db:"reason"`
	Who          string          `db:"who"` // login
	WhoName      string          `db:"who_name"`
	EnteredAt    int64           `db:"entered_at"`
	WithdrawnAt  int64           `db:"withdrawn_at"` // 0 while it stands
	WithdrawnBy  string          `db:"withdrawn_by"`
	WithdrawnWhy string          `db:"withdrawn_why"`
}

const suppressionColumns = `id, point, enterprise, division, factor, from_at, to_at, reason, who, who_name, entered_at, withdrawn_at, withdrawn_by, withdrawn_why`

// suppress marks exceeding verdicts that begin inside a pause.
func (s *Store) suppress(ctx context.Context, tx *sqldb.Tx, point, at int64, all []Verdict) error {
	rows, err := sqldb.All[Suppression](ctx, tx, `
		SELECT `+suppressionColumns+`
		  FROM suppressions
		 WHERE point = $1
		   AND to_at > $2
		   AND from_at <= $3
		   AND withdrawn_at = 0
		 ORDER BY id`, point, at, at)
	if err != nil {
		return err
	}
	for i := range all {
		v := &all[i]
		v.Suppressed = 0
		for _, r := range rows {
			if v.Exceeds() && (r.Factor == "" || r.Factor == v.Factor) {
				v.Suppressed = r.ID
			}
		}
	}
	return nil
}

// Suppress pauses findings of a point, of one factor or of all, and lets the
// hours concerned be judged again.
//
// The error is fault.Denied without point.edit, fault.NotFound when the point
// is not in by's scope, and fault.Invalid when reason or times are missing or
// the pause is longer than the bureau allows.
func (s *Store) Suppress(ctx context.Context, by access.Caller, u Suppression) (_ Suppression, err error) {
	defer fault.Wrap(&err, "discharge.Suppress(point %d)", u.Point)

	if err := by.Must("point.edit"); err != nil {
		return u, err
	}
	p, err := s.pointOf(ctx, by, u.Point)
	if err != nil {
		return u, err
	}
	wrong := map[string]string{}
	if u.Reason = strings.TrimSpace(u.Reason); u.Reason == "" || len([]rune(u.Reason)) > 500 {
		wrong["reason"] = "请写明暂停预警的理由，不超过500个字"
	}
	if u.From <= 0 || u.To <= u.From {
		wrong["to"] = "请填写起止时间，结束时间应晚于开始时间"
	} else if u.To-u.From > int64(s.settings.SuppressionMaxDays)*86400 {
		wrong["to"] = fmt.Sprintf("一次暂停预警最长%d天", s.settings.SuppressionMaxDays)
	}
	if err := fault.Fields(wrong); err != nil {
		return u, err
	}
	u.ID, u.Enterprise, u.Division, u.Who, u.WhoName = sqldb.NewID(), p.point.Enterprise, p.point.Division, by.Login, by.Name
	u.WithdrawnAt, u.WithdrawnBy, u.WithdrawnWhy = 0, "", ""
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		u.EnteredAt = tx.Now.Unix()
		if err := lock(ctx, tx, u.Point); err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `
			INSERT INTO suppressions (`+suppressionColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', '')`,
			u.ID, u.Point, u.Enterprise, string(u.Division), u.Factor, u.From, u.To, u.Reason, u.Who, u.WhoName, u.EnteredAt); err != nil {
			return err
		}
		if err := s.again(ctx, tx, u.Point, u.From, u.To); err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(by, "discharge.suppress", u, map[string]any{
			"factor": u.Factor, "from": u.From, "to": u.To, "reason": u.Reason,
		}))
	})
	return u, err
}

// Resume ends a pause as if it had not been; it stays on record.
//
// The error is fault.NotFound when there is none in by's scope, fault.Conflict
// when it has been withdrawn already.
func (s *Store) Resume(ctx context.Context, by access.Caller, id int64, why string) (err error) {
	defer fault.Wrap(&err, "discharge.Resume(%d)", id)

	if err := by.Must("point.edit"); err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return fault.Fields(map[string]string{"why": "请写明恢复预警的理由"})
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		cond, args := by.Scope.Where("division", "enterprise", 2)
		u, err := sqldb.One[Suppression](ctx, tx, "没有这条暂停预警，或不在您的管辖范围内",
			`SELECT `+suppressionColumns+` FROM suppressions WHERE id = $1 AND `+cond, append([]any{id}, args...)...)
		if err != nil {
			return err
		}
		if err := lock(ctx, tx, u.Point); err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `
			UPDATE suppressions
			   SET withdrawn_at  = $1,
			       withdrawn_by  = $2,
			       withdrawn_why = $3
			 WHERE id = $4
			   AND withdrawn_at = 0`, tx.Now.Unix(), by.Login, why, id); err != nil {
			return err
		}
		if err := s.again(ctx, tx, u.Point, u.From, u.To); err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(by, "discharge.resume", u, map[string]any{"reason": why}))
	})
}

// Suppressions returns the pauses in by's scope that end after since, the
// newest first, withdrawn ones too.
func (s *Store) Suppressions(ctx context.Context, by access.Caller, since time.Time) (_ []Suppression, err error) {
	defer fault.Wrap(&err, "discharge.Suppressions")
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "enterprise", 2)
	return sqldb.All[Suppression](ctx, s.db, `
		SELECT `+suppressionColumns+`
		  FROM suppressions
		 WHERE to_at > $1
		   AND `+cond+`
		 ORDER BY id DESC
		 LIMIT 500`, append([]any{since.Unix()}, args...)...)
}

// Rejudge lets a stretch be judged again, as when a limit has been put right or
// a verdict is contested. Every verdict that comes out otherwise becomes a new
// revision beside the old.
//
// The error is fault.Denied without point.edit, fault.NotFound when the point
// is not in by's scope, fault.Invalid without a reason or for more than a year.
func (s *Store) Rejudge(ctx context.Context, by access.Caller, point int64, from, to time.Time, why string) (err error) {
	defer fault.Wrap(&err, "discharge.Rejudge(point %d)", point)

	if err := by.Must("point.edit"); err != nil {
		return err
	}
	p, err := s.pointOf(ctx, by, point)
	if err != nil {
		return err
	}
	wrong := map[string]string{}
	if why = strings.TrimSpace(why); why == "" {
		wrong["why"] = "请写明重新判定的理由"
	}
	if !to.After(from) || to.Sub(from) > 366*24*time.Hour {
		wrong["to"] = "请填写起止时间，一次最长一年"
	}
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	s.Forget()
	u := Suppression{Point: point, Enterprise: p.point.Enterprise, Division: p.point.Division}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := s.again(ctx, tx, point, from.Unix(), to.Unix()); err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(by, "discharge.rejudge", u, map[string]any{"from": from.Unix(), "to": to.Unix(), "reason": why}))
	})
}

func entry(by access.Caller, act string, u Suppression, detail map[string]any) journal.Entry {
	return journal.Entry{By: by.Login, Via: by.Via, Act: act, Object: fmt.Sprintf("point/%d", u.Point), Division: string(u.Division),
		Enterprise: u.Enterprise, Detail: detail}
}

// again puts the hours and days of a stretch down to be judged again.
func (s *Store) again(ctx context.Context, tx *sqldb.Tx, point, from, to int64) error {
	for h := from - ((from%3600)+3600)%3600; h < to; h += 3600 {
		if err := pend(ctx, tx, point, "hour", h, h+3600+int64(s.settings.HourGrace/time.Second)); err != nil {
			return err
		}
	}
	for d := clock.Day(clock.Unix(from)); d.Unix() < to; d = d.AddDate(0, 0, 1) {
		if err := s.pendDay(ctx, tx, point, d.Unix()); err != nil {
			return err
		}
	}
	return nil
}

// pendDay puts a day down to be judged once it is over.
func (s *Store) pendDay(ctx context.Context, tx *sqldb.Tx, point, day int64) error {
	return pend(ctx, tx, point, "day", day, day+86400+int64(s.settings.DayGrace/time.Second))
}

func pend(ctx context.Context, tx *sqldb.Tx, point int64, period string, at, ready int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO judge_pending (point, period, at, ready_at, gen)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (point, period, at) DO UPDATE
		   SET gen = excluded.gen`, point, period, at, ready, sqldb.NewID())
	return err
}

// pointOf returns a monitoring point of a pollution source in by's scope.
func (s *Store) pointOf(ctx context.Context, by access.Caller, id int64) (place, error) {
	all, err := s.load(ctx, s.db.Clock.Now())
	if err != nil {
		return place{}, err
	}
	p, ok := all[id]
	if !ok || !by.Scope.Sees(p.point.Division, p.point.Enterprise) {
		return place{}, fault.New(fault.NotFound, "没有这个污染源监测点位，或不在您的管辖范围内")
	}
	return p, nil
}
