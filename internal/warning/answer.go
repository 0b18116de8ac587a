package warning

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/sqldb"
)

// Verdict is whether a firm did what the list asks of it.
type Verdict string

// The verdicts. A phase whose measures are not due yet is Waiting; what the data
// do not tell is Unknown, and never Met.
const (
	Waiting Verdict = "pending"
	Met     Verdict = "met"     // 落实
	Unmet   Verdict = "unmet"   // 未落实
	Unknown Verdict = "unknown" // 未知
)

// Label returns the Chinese name of v.
func (v Verdict) Label() string {
	switch v {
	case Met:
		return "落实"
	case Unmet:
		return "未落实"
	case Unknown:
		return "未知"
	}
	return "待核查"
}

// notDue is why a firm is Waiting.
const notDue = "措施执行时间还没有满一个小时"

// Answer is what one firm owes in one phase, and what is known of it.
type Answer struct {
	ID           int64           `db:"id"`
	Warning      int64           `db:"warning"`
	Phase        int64           `db:"phase"`
	Enterprise   int64           `db:"enterprise"`
	Division     access.Division `db:"division"`
	FirmText     string          `db:"firm"` // Firm, as the list stood
	NotifiedAt   int64           `db:"notified_at"`
	AnswerDueAt  int64           `db:"answer_due_at"`
	AnsweredAt   int64           `db:"answered_at"` // the first time; 0 while nothing came
	Online       Verdict         `db:"online"`      // by online data
	Site         Verdict         `db:"site"`        // by an officer; empty where none checked
	Verdict      Verdict         `db:"verdict"`
	Why          string          `db:"why"`
	HoursMet     int64           `db:"hours_met"`
	HoursUnmet   int64           `db:"hours_unmet"`
	HoursUnknown int64           `db:"hours_unknown"`
	CheckedFor   int64           `db:"checked_for"` // end of the last hour that was checked; 0 for none
	Finding      int64           `db:"finding"`
	Matter       int64           `db:"matter"`
	Version      int64           `db:"version"`
}

const answerColumns = `id, warning, phase, enterprise, division, firm, notified_at, answer_due_at, answered_at, online, site, verdict, why, hours_met, hours_unmet, hours_unknown, checked_for, finding, matter, version`

// answerColumnsOf returns the columns with an alias before each.
func answerColumnsOf(alias string) string {
	return alias + "." + strings.ReplaceAll(answerColumns, ", ", ", "+alias+".")
}

// Firm is the firm with its measures, as the list stood when the phase began.
func (a Answer) Firm() (f Firm) {
	unpack(a.FirmText, &f)
	return f
}

// Reply is how a firm stands with its answer at now: on time, late, or not yet.
func (a Answer) Reply(now time.Time) string {
	switch {
	case a.AnsweredAt == 0 && now.Unix() > a.AnswerDueAt:
		return "逾期未反馈"
	case a.AnsweredAt == 0:
		return "待反馈"
	case a.AnsweredAt > a.AnswerDueAt:
		return "已反馈（逾期）"
	}
	return "已反馈"
}

// AnswerQuery says which answers of a warning are wanted.
type AnswerQuery struct {
	Phase    int64   // 0 for the last
	Verdict  Verdict // empty for all
	Silent   bool    // only firms that did not answer
	Division access.Division
}

// Answers returns what the firms of a phase owe, in by's scope, by division and
// name as the list has them.
//
// The error is fault.NotFound when the warning is not in by's scope.
func (s *Store) Answers(ctx context.Context, by access.Caller, warning int64, q AnswerQuery) (_ []Answer, err error) {
	defer fault.Wrap(&err, "warning.Answers(%d)", warning)
	if _, err := s.warning(ctx, s.db, by, warning); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("a.division", "a.enterprise", 3)
	all, err := sqldb.All[Answer](ctx, s.db, `
		SELECT `+answerColumnsOf("a")+`
		  FROM warning_answers a
		 WHERE a.warning = $1
		   AND a.phase = (SELECT CASE WHEN CAST($2 AS BIGINT) <> 0 THEN CAST($2 AS BIGINT) ELSE MAX(x.phase) END FROM warning_answers x WHERE x.warning = a.warning)
		   AND `+cond+`
		 ORDER BY a.division, a.id`, append([]any{warning, q.Phase}, args...)...)
	return slices.DeleteFunc(all, func(a Answer) bool {
		return q.Verdict != "" && a.Verdict != q.Verdict || q.Silent && a.AnsweredAt != 0 || q.Division != "" && !q.Division.Contains(a.Division)
	}), err
}

// Answer returns what one firm owes.
//
// The error is fault.NotFound when it is not in by's scope.
func (s *Store) Answer(ctx context.Context, by access.Caller, id int64) (_ Answer, err error) {
	defer fault.Wrap(&err, "warning.Answer(%d)", id)
	return s.answer(ctx, s.db, by, id)
}

func (s *Store) answer(ctx context.Context, q sqldb.Querier, by access.Caller, id int64) (Answer, error) {
	if err := by.Must("warning.read"); err != nil {
		return Answer{}, err
	}
	cond, args := by.Scope.Where("division", "enterprise", 2)
	return sqldb.One[Answer](ctx, q, "没有这家企业的响应记录，或不在您的管辖范围内", `
		SELECT `+answerColumns+`
		  FROM warning_answers
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...)
}

func (s *Store) answersOf(ctx context.Context, q sqldb.Querier, phase int64) ([]Answer, error) {
	return sqldb.All[Answer](ctx, q, `
		SELECT `+answerColumns+`
		  FROM warning_answers
		 WHERE phase = $1
		 ORDER BY division, id`, phase)
}

// Replied is one answer that a firm gave; a later one stands beside it.
type Replied struct {
	ID        int64  `db:"id"`
	Answer    int64  `db:"answer"`
	Confirmed bool   `db:"confirmed"` // it says that all measures are carried out
	Text      string `db:"text"`
	Who       string `db:"who"`
	WhoName   string `db:"who_name"`
	At        int64  `db:"at"`

	Files []File `db:"-"`
}

// Checked is a check of an officer on the site.
type Checked struct {
	ID        int64   `db:"id"`
	Answer    int64   `db:"answer"`
	Verdict   Verdict `db:"verdict"`
	Reason    string  `db:"reason"`
	CheckedAt int64   `db:"checked_at"`
	Who       string  `db:"who"`
	WhoName   string  `db:"who_name"`
	At        int64   `db:"at"`

	Files []File `db:"-"`
}

// Trail returns the answers that a firm gave and the checks made of it, each the
// oldest first.
func (s *Store) Trail(ctx context.Context, by access.Caller, answer int64) (replies []Replied, checks []Checked, err error) {
	defer fault.Wrap(&err, "warning.Trail(%d)", answer)
	if _, err := s.answer(ctx, s.db, by, answer); err != nil {
		return nil, nil, err
	}
	replies, err = sqldb.All[Replied](ctx, s.db, `
		SELECT id, answer, confirmed, text, who, who_name, at
		  FROM warning_replies
		 WHERE answer = $1
		 ORDER BY id`, answer)
	if err != nil {
		return nil, nil, err
	}
	checks, err = sqldb.All[Checked](ctx, s.db, `
		SELECT id, answer, verdict, reason, checked_at, who, who_name, at
		  FROM warning_checks
		 WHERE answer = $1
		 ORDER BY id`, answer)
	if err != nil {
		return nil, nil, err
	}
	files, err := s.files(ctx, s.db, "answer = $1", answer)
	for _, f := range files {
		for i := range replies {
			if replies[i].ID == f.Of {
				replies[i].Files = append(replies[i].Files, f)
			}
		}
		for i := range checks {
			if checks[i].ID == f.Of {
				checks[i].Files = append(checks[i].Files, f)
			}
		}
	}
	return replies, checks, err
}

// Respond stores what a firm answers: whether it has carried out its measures and
// what it did. It may answer again, also late; each answer stays.
//
// The error is fault.Denied without warning.answer, fault.Conflict when the phase
// is no longer the one in force or somebody answered since version.
func (s *Store) Respond(ctx context.Context, by access.Caller, answer, version int64, confirmed bool, text string, files []matter.Evidence) (err error) {
	defer fault.Wrap(&err, "warning.Respond(%d)", answer)
	if err := by.Must("warning.answer"); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	wrong := map[string]string{}
	switch n := len([]rune(text)); {
	case n == 0:
		wrong["text"] = "请写明做了什么，例如几点停了哪条生产线；没有做到的写明原因"
	case n > 2000:
		wrong["text"] = "不超过2000字"
	}
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		a, err := s.answer(ctx, tx, by, answer)
		if err != nil {
			return err
		}
		if by.Scope.Enterprise != a.Enterprise {
			return fault.New(fault.Denied, "只有排污单位自己的账号可以反馈")
		}
		w, err := s.warning(ctx, tx, by, a.Warning)
		if err != nil {
			return err
		}
		if w.Over() {
			return fault.New(fault.Conflict, "这次预警已经评估归档，不能再反馈")
		}
		if err := tx.ExecOne(ctx, `
			UPDATE warning_answers
			   SET answered_at = CASE WHEN answered_at = 0 THEN $1 ELSE answered_at END,
			       version     = version + 1
			 WHERE id = $2
			   AND version = $3`, tx.Now.Unix(), answer, version); err != nil {
			return err
		}
		id := sqldb.NewID()
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_replies (id, answer, confirmed, text, who, who_name, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, answer, confirmed, text, by.Login, by.Name, tx.Now.Unix()); err != nil {
			return err
		}
		names, err := attach(ctx, tx, by, a.Warning, answer, id, files)
		if err != nil {
			return err
		}
		return enter(ctx, tx, by, "warning.respond", fmt.Sprintf("warning_answer/%d", answer), a.Division, a.Enterprise, map[string]any{
			"warning": a.Warning, "confirmed": confirmed, "text": text, "files": names,
		})
	})
}

// CheckOnSite settles what online data leave unknown, by a check of an officer
// with at least one photograph. What online data show to be unmet is not settled
// so, but in the matter that was opened for it.
//
// The error is fault.Denied without warning.check, fault.Invalid with the fields
// that are wrong, fault.Conflict when the firm is not unknown or was changed since
// version.
func (s *Store) CheckOnSite(ctx context.Context, by access.Caller, answer, version int64, c Checked, files []matter.Evidence) (err error) {
	defer fault.Wrap(&err, "warning.CheckOnSite(%d, %s)", answer, c.Verdict)
	if err := by.Must("warning.check"); err != nil {
		return err
	}
	wrong := map[string]string{}
	if c.Verdict != Met && c.Verdict != Unmet {
		wrong["verdict"] = "请选择核查结论"
	}
	if c.Reason = strings.TrimSpace(c.Reason); c.Reason == "" {
		wrong["reason"] = "请写明核查情况：看到什么、几点、哪些人在场"
	}
	if !slices.ContainsFunc(files, func(f matter.Evidence) bool { return f.Kind == matter.Photo }) {
		wrong["files"] = "至少上传一张现场照片"
	}
	if now := s.db.Clock.Now().Unix(); c.CheckedAt == 0 || c.CheckedAt > now {
		wrong["checked"] = "请填写核查时间，不能晚于现在"
	}
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		a, err := s.answer(ctx, tx, by, answer)
		if err != nil {
			return err
		}
		w, err := s.warning(ctx, tx, by, a.Warning)
		if err != nil {
			return err
		}
		switch {
		case by.Scope.Enterprise != 0:
			return fault.New(fault.Denied, "排污单位不能核查")
		case w.Over():
			return fault.New(fault.Conflict, "这次预警已经评估归档，不能再核查")
		case a.Online != Unknown:
			return fault.New(fault.Conflict, "在线数据的核查结果是“%s”，只有未知的才由现场核查确定", a.Online.Label())
		}
		id := sqldb.NewID()
		if err := tx.ExecOne(ctx, `
			INSERT INTO warning_checks (id, answer, verdict, reason, checked_at, who, who_name, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, answer, string(c.Verdict), c.Reason, c.CheckedAt, by.Login, by.Name, tx.Now.Unix()); err != nil {
			return err
		}
		names, err := attach(ctx, tx, by, a.Warning, answer, id, files)
		if err != nil {
			return err
		}
		a.Site = c.Verdict
		a.conclude()
		if a.Version = version; a.Verdict == Unmet {
			phase, err := s.phase(ctx, tx, a.Phase)
			if err != nil {
				return err
			}
			facts := Facts{Rule: rule, Warning: a.Warning, Level: phase.Level, At: c.CheckedAt, Site: c.Reason, Checker: by.Name, Legal: s.legal(c.CheckedAt)}
			if err := s.tell(ctx, tx, &a, phase, facts); err != nil {
				return err
			}
		}
		if err := s.saveAnswer(ctx, tx, a); err != nil {
			return err
		}
		return enter(ctx, tx, by, "warning.check", fmt.Sprintf("warning_answer/%d", answer), a.Division, a.Enterprise, map[string]any{
			"warning": a.Warning, "verdict": c.Verdict, "reason": c.Reason, "checked_at": c.CheckedAt, "files": names,
		})
	})
}

// conclude draws the verdict from the online data and the check on the site: what
// the data show to be unmet stands; what they leave unknown, the officer settles.
func (a *Answer) conclude() {
	a.Verdict = a.Online
	if a.Online == Unknown && a.Site != "" {
		a.Verdict = a.Site
	}
}

// saveAnswer stores the verdict of an answer as it was read with its version.
func (s *Store) saveAnswer(ctx context.Context, tx *sqldb.Tx, a Answer) error {
	return tx.ExecOne(ctx, `
		UPDATE warning_answers
		   SET online        = $1,
		       site          = $2,
		       verdict       = $3,
		       why           = $4,
		       hours_met     = $5,
		       hours_unmet   = $6,
		       hours_unknown = $7,
		       checked_for   = $8,
		       finding       = $9,
		       matter        = $10,
		       version       = version + 1
		 WHERE id = $11
		   AND version = $12`, string(a.Online), string(a.Site), string(a.Verdict), a.Why, a.HoursMet, a.HoursUnmet, a.HoursUnknown,
		a.CheckedFor, a.Finding, a.Matter, a.ID, a.Version)
}

func (s *Store) phase(ctx context.Context, q sqldb.Querier, id int64) (Phase, error) {
	return sqldb.One[Phase](ctx, q, "没有这个预警时段", `SELECT `+phaseColumns+` FROM warning_phases WHERE id = $1`, id)
}
