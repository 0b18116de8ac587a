package warning

import (
	"fmt"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	aqi "pingzhang/standard/air"
)

// State is where a warning stands as a whole.
type State string

// The states of a warning.
const (
	Open      State = "open"      // being prepared, nothing is published
	Published State = "published" // a level is in force
	Lifted    State = "lifted"    // 已解除
	Evaluated State = "evaluated" // 已评估, frozen
	Dropped   State = "dropped"   // 不采纳, it was never published
)

// Step is where the next change of a warning stands: its issue, a change of its
// level, or its lifting. Each goes the same way.
type Step string

// The steps of a change.
const (
	NoStep   Step = ""
	Proposed Step = "proposed" // 建议
	Pending  Step = "pending"  // 待批准
	Approved Step = "approved" // 已批准, not yet published
	Returned Step = "returned" // 退回
)

// Warning is a warning for heavy pollution over some divisions, from its first
// proposal to its evaluation.
type Warning struct {
	ID        int64            `db:"id"`
	Title     string           `db:"title"`
	Division  access.Division  `db:"division"` // the first of the area
	State     State            `db:"state"`
	Level     aqi.WarningLevel `db:"level"` // in force; empty for none
	Step      Step             `db:"step"`
	Target    aqi.WarningLevel `db:"target"` // of the change; empty with a Step on a published warning: to lift it
	StartsAt  int64            `db:"starts_at"`
	DueAt     int64            `db:"due_at"` // from when the measures are due
	Measures  string           `db:"measures"`
	DraftedBy string           `db:"drafted_by"` // login of who put the change forward
	Version   int64            `db:"version"`
	CreatedAt int64            `db:"created_at"`
	MovedAt   int64            `db:"moved_at"`

	Areas []access.Division `db:"-"`
}

const warningColumns = `w.id, w.title, w.division, w.state, w.level, w.step, w.target, w.starts_at, w.due_at, w.measures, w.drafted_by, w.version, w.created_at, w.moved_at`

// Change names the change that is under way; empty for none.
func (w Warning) Change() string {
	switch {
	case w.Step == NoStep:
		return ""
	case w.State == Open:
		return "发布" + w.Target.Name()
	case w.Target == aqi.NoWarning:
		return "解除"
	case w.Target == w.Level:
		return "调整措施"
	case w.Target.Above(w.Level):
		return "升级为" + w.Target.Name()
	}
	return "降级为" + w.Target.Name()
}

// Status is where w stands, in words of the trade.
func (w Warning) Status() string {
	steps := map[Step]string{Proposed: "建议", Pending: "待批准", Approved: "已批准，待发布", Returned: "退回"}
	switch w.State {
	case Open:
		return steps[w.Step]
	case Published:
		if w.Step != NoStep {
			return "已发布；" + w.Change() + steps[w.Step]
		}
		return "已发布"
	case Lifted:
		return "已解除，待评估"
	case Evaluated:
		return "已评估"
	}
	return "不采纳"
}

// InForce reports whether a level holds.
func (w Warning) InForce() bool { return w.State == Published }

// Over reports whether nothing more will happen.
func (w Warning) Over() bool { return w.State == Evaluated || w.State == Dropped }

// Act is something that a person does with a warning.
type Act string

// The acts, in the order in which pages offer them.
const (
	Submit   Act = "submit"   // 报请批准: issue, change of level, lifting
	Approve  Act = "approve"  // 批准
	Return   Act = "return"   // 退回
	Publish  Act = "publish"  // 发布, carries the change out
	Drop     Act = "drop"     // 不采纳, gives the change up
	Evaluate Act = "evaluate" // 评估
)

// Label returns the Chinese name of a.
func (a Act) Label() string {
	return map[Act]string{Submit: "报请批准", Approve: "批准", Return: "退回", Publish: "发布", Drop: "不采纳", Evaluate: "评估"}[a]
}

// Needs is the permission for a.
func (a Act) Needs() access.Permission {
	switch a {
	case Approve, Return:
		return "warning.approve"
	case Publish:
		return "warning.publish"
	}
	return "warning.draft"
}

// Leads reports whether w can do a as it stands.
func (w Warning) Leads(a Act) bool {
	switch a {
	case Submit:
		return w.State == Open && (w.Step == Proposed || w.Step == Returned) || w.State == Published && (w.Step == NoStep || w.Step == Returned)
	case Approve, Return:
		return w.Step == Pending
	case Publish:
		return w.Step == Approved
	case Drop:
		return w.Step != NoStep
	case Evaluate:
		return w.State == Lifted
	}
	return false
}

// Acts returns what by may do with w as it stands. Who put a change forward does
// not approve it.
func (w Warning) Acts(by access.Caller) (all []Act) {
	for _, a := range []Act{Submit, Approve, Return, Publish, Drop, Evaluate} {
		if w.Leads(a) && by.May(a.Needs()) && !(a == Approve && by.Login == w.DraftedBy) {
			all = append(all, a)
		}
	}
	return all
}

// Plan is the change that is put forward for approval.
type Plan struct {
	Level    aqi.WarningLevel // empty to lift a warning in force
	StartsAt time.Time        // of the level; of a lifting, when it ends
	DueAt    time.Time        // from when the measures are due; zero for StartsAt
	Measures string
	Reason   string
}

// wrong says which fields of p do not do for w at now.
func (p Plan) wrong(w Warning, now time.Time) map[string]string {
	wrong := map[string]string{}
	if w.State == Open && p.Level == aqi.NoWarning {
		wrong["level"] = "请选择预警级别"
	}
	if p.StartsAt.IsZero() {
		wrong["starts"] = "请填写起始（或解除）时间"
	}
	if !p.StartsAt.IsZero() && p.StartsAt.After(now.AddDate(0, 0, farthestDays)) {
		wrong["starts"] = fmt.Sprintf("时间距现在超过 %d 天，请检查", farthestDays)
	}
	if p.Level != aqi.NoWarning {
		if !p.DueAt.IsZero() && p.DueAt.Before(p.StartsAt) {
			wrong["due"] = "措施执行时间不能早于预警起始时间"
		}
		if strings.TrimSpace(p.Measures) == "" {
			wrong["measures"] = "请填写响应措施的要求"
		}
	}
	if strings.TrimSpace(p.Reason) == "" {
		wrong["reason"] = "请填写理由（会商意见、研判依据）"
	}
	if len([]rune(p.Measures)) > 4000 || len([]rune(p.Reason)) > 2000 {
		wrong["reason"] = "措施不超过4000字，理由不超过2000字"
	}
	return wrong
}

// refused says why w cannot do a.
func (w Warning) refused(a Act) error {
	return fault.New(fault.Conflict, "预警现在是“%s”，不能%s；请刷新后再操作", w.Status(), a.Label())
}

// Phase is a time in which one level was in force.
type Phase struct {
	ID       int64            `db:"id" json:"id"`
	Warning  int64            `db:"warning" json:"-"`
	N        int64            `db:"n" json:"n"`
	Level    aqi.WarningLevel `db:"level" json:"level"`
	StartsAt int64            `db:"starts_at" json:"starts_at"`
	DueAt    int64            `db:"due_at" json:"due_at"`
	EndedAt  int64            `db:"ended_at" json:"ended_at"` // 0 while it goes on
	Measures string           `db:"measures" json:"measures"`
	Edition  int64            `db:"edition" json:"edition"` // of the list; 0 where none was in force
}

const phaseColumns = `id, warning, n, level, starts_at, due_at, ended_at, measures, edition`

// Event is one line of the history of a warning.
type Event struct {
	ID      int64  `db:"id"`
	Warning int64  `db:"warning"`
	Act     string `db:"act"`
	Text    string `db:"text"`
	Reason  string `db:"reason"`
	Who     string `db:"who"`
	WhoName string `db:"who_name"`
	At      int64  `db:"at"`

	Files []File `db:"-"`
}

// File is evidence of a step, of a firm's answer or of a site check.
type File struct {
	ID        int64  `db:"id"`
	Warning   int64  `db:"warning"`
	Answer    int64  `db:"answer"`
	Of        int64  `db:"of"` // event, reply or check that it belongs to
	Kind      string `db:"kind"`
	Name      string `db:"name"`
	Size      int64  `db:"size"`
	Media     string `db:"media"`
	Hash      string `db:"hash"`
	Thumbnail bool   `db:"thumbnail"`
	Who       string `db:"who"`
	WhoName   string `db:"who_name"`
	At        int64  `db:"at"`
}

// warningPath is the page of a warning.
func warningPath(id int64) string { return fmt.Sprintf("/warnings/%d", id) }

// minute writes a moment for a person.
func minute(at int64) string {
	if at == 0 {
		return "—"
	}
	return clock.Unix(at).Format("2006-01-02 15:04")
}
