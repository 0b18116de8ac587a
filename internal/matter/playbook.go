package matter

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/law"
)

// Stage names a stage of a playbook, as in "explain".
type Stage string

// Owned is where the owner of a stage is found.
type Owned string

// The places of an owner: the enterprise of the finding, the county branch of
// its division, the section of its city.
const (
	AtEnterprise Owned = "enterprise"
	AtCounty     Owned = "county"
	AtCity       Owned = "city"
)

// Playbook is a procedure: its stages, who owns them, and the moves between.
type Playbook struct {
	ID       string     `yaml:"id" json:"id"`
	Label    string     `yaml:"label" json:"label"`
	Version  int64      `yaml:"version" json:"version"`
	Kinds    []string   `yaml:"kinds" json:"kinds"` // kinds of findings it is for
	Bases    []law.Code `yaml:"bases" json:"bases"`
	Outcomes []Option   `yaml:"outcomes" json:"outcomes"`
	Clocks   []ClockDef `yaml:"clocks" json:"clocks"` // run from opening to closing
	Stages   []StageDef `yaml:"stages" json:"stages"` // the first is where a matter begins
}

// StageDef is one stage.
type StageDef struct {
	ID     Stage      `yaml:"id" json:"id"`
	Label  string     `yaml:"label" json:"label"`
	Help   string     `yaml:"help" json:"help,omitempty"`
	Owner  OwnerDef   `yaml:"owner" json:"owner"`
	Final  bool       `yaml:"final" json:"final,omitempty"`
	Clocks []ClockDef `yaml:"clocks" json:"clocks,omitempty"`
	Moves  []MoveDef  `yaml:"moves" json:"moves,omitempty"`
}

// OwnerDef says who owes the next step in a stage.
type OwnerDef struct {
	Roles []string `yaml:"roles" json:"roles,omitempty"`
	Scope Owned    `yaml:"scope" json:"scope,omitempty"`
}

// MoveDef is one arrow from a stage, and what it asks for.
type MoveDef struct {
	ID        string        `yaml:"id" json:"id"`
	Label     string        `yaml:"label" json:"label"` // on the button
	To        Stage         `yaml:"to" json:"to"`
	Roles     []string      `yaml:"roles" json:"roles,omitempty"` // who may; the stage's owner when empty
	Back      bool          `yaml:"back" json:"back,omitempty"`   // returns the matter to an earlier stage
	Note      bool          `yaml:"note" json:"note,omitempty"`   // a note (reason) is required
	Evidence  []EvidenceDef `yaml:"evidence" json:"evidence,omitempty"`
	Fields    []FieldDef    `yaml:"fields" json:"fields,omitempty"`
	Confirm   string        `yaml:"confirm" json:"confirm,omitempty"` // asked before it is done
	Outcome   string        `yaml:"outcome" json:"outcome,omitempty"`
	Publishes bool          `yaml:"publishes" json:"publishes,omitempty"` // its public fields are published
}

// EvidenceDef asks for files with a move.
type EvidenceDef struct {
	Kind  EvidenceKind `yaml:"kind" json:"kind"`
	Min   int          `yaml:"min" json:"min"`
	Label string       `yaml:"label" json:"label"`
}

// FieldDef is a field of a move's form.
type FieldDef struct {
	Key       string   `yaml:"key" json:"key"`
	Label     string   `yaml:"label" json:"label"`
	Type      string   `yaml:"type" json:"type"` // one of FieldTypes
	Help      string   `yaml:"help" json:"help,omitempty"`
	Required  bool     `yaml:"required" json:"required,omitempty"`
	MaxLength int      `yaml:"max_length" json:"max_length,omitempty"` // characters
	Choices   []Option `yaml:"choices" json:"choices,omitempty"`
	Public    bool     `yaml:"public" json:"public,omitempty"`
}

// FieldTypes are the types of a move's fields.
var FieldTypes = []string{"text", "multiline", "choice", "date"}

// Option is one choice.
type Option struct {
	Value string `yaml:"value" json:"value"`
	Label string `yaml:"label" json:"label"`
}

// Stage returns the stage of that id.
func (p *Playbook) Stage(id Stage) (*StageDef, bool) {
	for i := range p.Stages {
		if p.Stages[i].ID == id {
			return &p.Stages[i], true
		}
	}
	return nil, false
}

// First returns the stage in which a matter begins.
func (p *Playbook) First() *StageDef { return &p.Stages[0] }

// Leads reports whether some move leads from one stage to another.
func (p *Playbook) Leads(from, to Stage) bool {
	s, ok := p.Stage(from)
	return ok && slices.ContainsFunc(s.Moves, func(m MoveDef) bool { return m.To == to })
}

// Move returns the move of that id from a stage.
func (p *Playbook) Move(from Stage, id string) (*MoveDef, bool) {
	s, ok := p.Stage(from)
	if !ok {
		return nil, false
	}
	for i := range s.Moves {
		if s.Moves[i].ID == id {
			return &s.Moves[i], true
		}
	}
	return nil, false
}

// OutcomeLabel returns the Chinese name of an outcome.
func (p *Playbook) OutcomeLabel(value string) string { return optionLabel(p.Outcomes, value) }

func optionLabel(all []Option, value string) string {
	for _, o := range all {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// Show returns a value of f as people read it.
func (f FieldDef) Show(value string) string { return optionLabel(f.Choices, value) }

// Owner says who owes the next step of a matter.
type Owner struct {
	Roles      []string
	Division   access.Division
	Enterprise int64 // 0 unless the enterprise owes it
}

// OwnerOf returns the owner of a stage for a matter that belongs to division
// and enterprise. A final stage has none.
func OwnerOf(s *StageDef, division access.Division, enterprise int64) Owner {
	o := Owner{Roles: s.Owner.Roles, Division: division}
	switch s.Owner.Scope {
	case AtEnterprise:
		o.Enterprise = enterprise
	case AtCounty:
		o.Division = cut(division, 6)
	case AtCity:
		o.Division = cut(division, 4)
	}
	return o
}

// cut returns the division of n digits that d lies in; a city is written with
// its two zeros.
func cut(d access.Division, n int) access.Division {
	s := string(d)
	if len(s) > n {
		s = s[:n]
	}
	if len(s) == 4 {
		s += "00"
	}
	return access.Division(s)
}

// Owes reports whether by is one of those who owe the next step.
func (o Owner) Owes(by access.Caller) bool {
	if !by.Scope.Sees(o.Division, o.Enterprise) {
		return false
	}
	return slices.ContainsFunc(o.Roles, by.HasRole)
}

// MayMove reports whether by may do m from stage s on a matter of owner o: the
// owner may, or whoever has one of the roles that the move names. That the
// matter lies in by's scope is for the store to see to.
func MayMove(s *StageDef, m *MoveDef, o Owner, by access.Caller) bool {
	if s.Final || !by.May("matter.move") {
		return false
	}
	if len(m.Roles) == 0 {
		return o.Owes(by)
	}
	return slices.ContainsFunc(m.Roles, by.HasRole)
}

// MoveInput is what a person gives with a move.
type MoveInput struct {
	Note     string
	Fields   map[string]string
	Evidence []int64 // ids of files uploaded to the matter and not yet bound
}

// Check returns fault.Invalid, naming each wrong field, when in does not give
// what m asks for. files counts the given evidence by kind. The fields it
// returns are trimmed and hold only what was filled in.
func (m *MoveDef) Check(in MoveInput, files map[EvidenceKind]int) (map[string]string, error) {
	wrong := map[string]string{}
	clean := map[string]string{}
	if m.Note && strings.TrimSpace(in.Note) == "" {
		wrong["note"] = "请填写意见或原因"
	}
	if utf8.RuneCountInString(in.Note) > 2000 {
		wrong["note"] = "意见不能超过2000个字"
	}
	known := map[string]bool{}
	for _, f := range m.Fields {
		known[f.Key] = true
		value := strings.TrimSpace(in.Fields[f.Key])
		if sentence := f.check(value); sentence != "" {
			wrong[f.Key] = sentence
		} else if value != "" {
			clean[f.Key] = value
		}
	}
	for key := range in.Fields {
		if !known[key] {
			wrong[key] = fmt.Sprintf("“%s”没有“%s”这一项", m.Label, key)
		}
	}
	for _, e := range m.Evidence {
		if n := files[e.Kind]; n < e.Min {
			wrong["evidence"] = fmt.Sprintf("请上传%s至少%d份，现有%d份", e.Label, e.Min, n)
		}
	}
	return clean, fault.Fields(wrong)
}

func (f FieldDef) check(value string) string {
	switch {
	case value == "" && f.Required:
		return "请填写" + f.Label
	case value == "":
		return ""
	case f.Type == "choice" && !slices.ContainsFunc(f.Choices, func(o Option) bool { return o.Value == value }):
		return "请从列表中选择" + f.Label
	case f.Type == "text" && strings.ContainsAny(value, "\r\n"):
		return f.Label + "不能换行"
	case f.MaxLength > 0 && utf8.RuneCountInString(value) > f.MaxLength:
		return fmt.Sprintf("%s不能超过%d个字", f.Label, f.MaxLength)
	case f.Type == "date":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return f.Label + "应为日期，如 2026-09-01"
		}
	}
	return ""
}
