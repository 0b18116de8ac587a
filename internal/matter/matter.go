package matter

import (
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

// ID is the id of a matter.
type ID int64

// Matter is a thing to be done, with its owner. Whether it is late follows from
// its clocks; see Store.Clocks.
type Matter struct {
	ID         ID
	Finding    int64
	Playbook   *Playbook // in the version the matter was opened with
	Division   access.Division
	Enterprise int64
	Title      string
	Stage      Stage
	Owner      Owner // of the next step; without roles when the matter is closed
	Outcome    string
	Version    int64
	Suspended  bool
	OpenedAt   time.Time
	MovedAt    time.Time
	ClosedAt   time.Time // zero while open
}

// Closed reports whether the matter has reached a final stage.
func (m *Matter) Closed() bool { return !m.ClosedAt.IsZero() }

// StageDef returns the definition of the stage the matter is in.
func (m *Matter) StageDef() *StageDef {
	if s, ok := m.Playbook.Stage(m.Stage); ok {
		return s
	}
	return &StageDef{ID: m.Stage, Label: string(m.Stage)}
}

// Moves returns the moves that by may do now.
func (m *Matter) Moves(by access.Caller) []*MoveDef {
	s := m.StageDef()
	if m.Suspended {
		return nil
	}
	var all []*MoveDef
	for i := range s.Moves {
		if MayMove(s, &s.Moves[i], m.Owner, by) {
			all = append(all, &s.Moves[i])
		}
	}
	return all
}

// allowed returns the move id, or why by cannot do it.
func (m *Matter) allowed(by access.Caller, id string) (*MoveDef, error) {
	if m.Closed() {
		return nil, fault.New(fault.Invalid, "事项已办结（%s），不能再办理", m.StageDef().Label)
	}
	move, ok := m.Playbook.Move(m.Stage, id)
	if !ok {
		return nil, fault.New(fault.Invalid, "“%s”环节不能这样办理，请刷新后按页面上的按钮操作", m.StageDef().Label)
	}
	if !MayMove(m.StageDef(), move, m.Owner, by) {
		return nil, fault.New(fault.Denied, "“%s”环节由其他单位办理，您不能操作“%s”", m.StageDef().Label, move.Label)
	}
	if m.Suspended {
		return nil, fault.New(fault.Invalid, "事项的时限已中止，请先恢复再办理")
	}
	return move, nil
}
