package discharge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/sqldb"
)

// Silence is a time in which a point sent nothing, for longer than the bureau
// lets pass (传输异常).
type Silence struct {
	Point   int64 `db:"point"`
	Since   int64 `db:"since_at"` // when the last message came, unix seconds
	Found   int64 `db:"found_at"`
	Ended   int64 `db:"ended_at"` // when the next one came; 0 while it goes on
	Finding int64 `db:"finding"`
}

// missingFacts is what a finding of missing data says.
type missingFacts struct {
	Rule    string `json:"rule"` // data_missing
	SinceAt int64  `json:"since_at"`
	EndedAt int64  `json:"ended_at,omitempty"`
	Hours   int    `json:"hours"` // of the setting, not law
	Text    string `json:"text"`
	Legal   *Legal `json:"legal,omitempty"`
}

// Silences makes a finding of each point that has been silent for as long as
// the setting says at now, once for each silence, and notes when it has ended.
// A point that never sent anything is offline and no finding: nothing says that
// it has been put to work. It returns how many are new.
//
// The clause is that of 生态环境监测条例 art. 23: abnormal transmission is to be
// reported and repaired. How many hours make it abnormal is the bureau's figure.
func (s *Store) Silences(ctx context.Context, now time.Time) (found int, err error) {
	defer fault.Wrap(&err, "discharge.Silences")
	if s.settings.Missing == 0 {
		return 0, nil
	}
	states, err := s.States(ctx, access.Platform("monitor.read"), now)
	if err != nil {
		return 0, err
	}
	places, err := s.load(ctx, now)
	if err != nil {
		return 0, err
	}
	rows, err := sqldb.All[Silence](ctx, s.db, `SELECT point, since_at, found_at, ended_at, finding FROM silences WHERE ended_at = 0`)
	if err != nil {
		return 0, err
	}
	running := map[int64]Silence{}
	for _, r := range rows {
		running[r.Point] = r
	}
	var errs []error
	for _, st := range states {
		if st.Received.IsZero() {
			continue
		}
		p, r, goesOn := places[st.Point], running[st.Point], false
		if r, ok := running[st.Point]; ok {
			goesOn = r.Since >= st.Received.Unix()
		}
		if r.Point != 0 && !goesOn {
			if err := s.ended(ctx, p, r, st.Received); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		if !goesOn && now.Sub(st.Received) >= s.settings.Missing {
			is, err := s.silent(ctx, p, st.Received, now)
			if err != nil {
				errs = append(errs, err)
			} else if is {
				found++
			}
		}
	}
	return found, errors.Join(errs...)
}

func (s *Store) silent(ctx context.Context, p place, since, now time.Time) (won bool, err error) {
	f, err := s.missing(ctx, p, since, time.Time{})
	if err != nil {
		return false, err
	}
	return won, s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			INSERT INTO silences (point, since_at, found_at, ended_at, finding)
			VALUES ($1, $2, $3, 0, 0)
			ON CONFLICT (point, since_at) DO NOTHING`, p.point.ID, since.Unix(), now.Unix())
		if won = n == 1; err != nil || !won {
			return err
		}
		var got matter.Finding
		if s.settings.MissingPlaybook != "" {
			got, _, err = s.matters.ReportTx(ctx, tx, platform, f, s.settings.MissingPlaybook)
		} else {
			got, _, err = s.matters.FindTx(ctx, tx, platform, f)
		}
		if err != nil {
			return err
		}
		return tx.ExecOne(ctx, `UPDATE silences SET finding = $1 WHERE point = $2 AND since_at = $3`, got.ID, p.point.ID, since.Unix())
	})
}

// ended notes that data have come again, on the finding too.
func (s *Store) ended(ctx context.Context, p place, r Silence, at time.Time) error {
	f, err := s.missing(ctx, p, clock.Unix(r.Since), at)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE silences SET ended_at = $1 WHERE point = $2 AND since_at = $3 AND ended_at = 0`,
			at.Unix(), r.Point, r.Since)
		if err != nil || n == 0 {
			return err
		}
		_, _, err = s.matters.FindTx(ctx, tx, platform, f)
		return err
	})
}

// missing returns the finding of a silence. ended is zero while it goes on.
func (s *Store) missing(ctx context.Context, p place, since, ended time.Time) (f matter.Finding, err error) {
	names, err := s.register.Names(ctx, platform, p.point.Enterprise, p.point.Outlet)
	if err != nil {
		return f, err
	}
	hours := int(s.settings.Missing / time.Hour)
	facts := missingFacts{Rule: KindDataMissing, SinceAt: since.Unix(), Hours: hours, Legal: s.legal("abnormal_report", since.Unix()),
		Text: fmt.Sprintf("自 %s 起连续 %d 小时以上没有收到数据", since.Format("2006-01-02 15:04"), hours)}
	if !ended.IsZero() {
		facts.EndedAt = ended.Unix()
		facts.Text += "，" + ended.Format("2006-01-02 15:04") + " 恢复传输"
	}
	text, err := json.Marshal(facts)
	return matter.Finding{
		Key: fmt.Sprintf("%d|%s|%d", p.point.ID, KindDataMissing, since.Unix()), Kind: KindDataMissing, Division: p.point.Division,
		Enterprise: p.point.Enterprise, Outlet: p.point.Outlet, Point: p.point.ID, Facts: text, At: since, LastAt: since,
		Title: where(names, p.point.Enterprise, p.point.Outlet) + " 自动监测数据传输异常",
	}, err
}

// Missing returns the silences of points in by's scope that go on, the longest
// first.
func (s *Store) Missing(ctx context.Context, by access.Caller) (all []Silence, err error) {
	defer fault.Wrap(&err, "discharge.Missing")
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	places, err := s.load(ctx, s.db.Clock.Now())
	if err != nil {
		return nil, err
	}
	rows, err := sqldb.All[Silence](ctx, s.db, `
		SELECT point, since_at, found_at, ended_at, finding
		  FROM silences
		 WHERE ended_at = 0
		 ORDER BY since_at, point`)
	for _, r := range rows {
		if p, ok := places[r.Point]; ok && by.Scope.Sees(p.point.Division, p.point.Enterprise) {
			all = append(all, r)
		}
	}
	return all, err
}
