package matter

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/calendar"
	"pingzhang/internal/law"
)

// ClockDef is a time limit of a stage, or of a whole matter.
type ClockDef struct {
	ID         string         `yaml:"id" json:"id"`
	Label      string         `yaml:"label" json:"label"`
	Family     string         `yaml:"family" json:"family"` // of calendar.Families
	Amount     int            `yaml:"amount" json:"amount"`
	Unit       calendar.Unit  `yaml:"unit" json:"unit"`
	Basis      law.Code       `yaml:"basis" json:"basis"` // code of package law, or "agreed"
	Confidence law.Confidence `yaml:"confidence" json:"confidence"`
	Rungs      []RungDef      `yaml:"rungs" json:"rungs"`
}

// Agreed is the basis of a limit that no law sets.
const Agreed law.Code = "agreed"

// RungDef is something that happens at some distance from the due moment.
type RungDef struct {
	At   Offset   `yaml:"at" json:"at"`
	To   []string `yaml:"to" json:"to"`     // roles, or "owner" for the owner of the stage
	Text string   `yaml:"text" json:"text"` // {title} {stage} {clock} {due} are filled in
}

// Offset is a distance from the due moment: -1d, +0d, +12h. A day is 24 hours.
type Offset string

var offsetForm = regexp.MustCompile(`^[+-]\d{1,3}[dh]$`)

// Duration returns the distance; a malformed Offset, which Load refuses, is 0.
func (o Offset) Duration() time.Duration {
	if !offsetForm.MatchString(string(o)) {
		return 0
	}
	n, err := strconv.Atoi(string(o[:len(o)-1]))
	if err != nil {
		return 0
	}
	if o[len(o)-1] == 'h' {
		return time.Duration(n) * time.Hour
	}
	return time.Duration(n) * 24 * time.Hour
}

// Clock is a limit running on a matter, with its ledger.
type Clock struct {
	ID        int64
	Matter    ID
	Stage     Stage // empty for a clock of the whole matter
	Def       ClockDef
	Rule      calendar.Rule
	Start     time.Time
	StoppedAt time.Time // when the step was done; zero while running
	Ledger    []ClockEvent
	Fired     []Offset // rungs that have fired
}

// ClockEvent is an entry in the ledger of a clock.
type ClockEvent struct {
	ID         int64
	Kind       string // "suspend", "resume" or "extend"
	At         time.Time
	Amount     int // of an extension
	Unit       calendar.Unit
	Reason     string
	ByLogin    string
	ByName     string
	ApprovedBy string // who approved an extension
	Evidence   int64  // 0 for none
}

// Suspended reports whether a suspension is open.
func (c Clock) Suspended() bool {
	open := false
	for _, e := range c.Ledger {
		switch e.Kind {
		case "suspend":
			open = true
		case "resume":
			open = false
		}
	}
	return open
}

// Count returns c as the calendar counts it.
func (c Clock) Count() calendar.Clock {
	k := calendar.Clock{Start: c.Start, Rule: c.Rule}
	for _, e := range c.Ledger {
		day := calendar.DayOf(e.At)
		switch e.Kind {
		case "suspend":
			k.Suspensions = append(k.Suspensions, calendar.Pause(day, 0, e.Reason))
		case "resume":
			if n := len(k.Suspensions) - 1; n >= 0 {
				open := k.Suspensions[n]
				k.Suspensions[n] = calendar.Pause(open.From, day, open.Reason)
			}
		case "extend":
			k.Extensions = append(k.Extensions, calendar.Extension{Amount: e.Amount, Unit: e.Unit, On: day, Reason: e.Reason})
		}
	}
	return k
}

// Due returns when c runs out by table. Its Explain says how it was counted.
func (c Clock) Due(table *calendar.Table) calendar.Deadline { return c.Count().Due(table) }

// Marks returns the words that stand beside the limit: why it is not law, not
// verified or not certain.
func (c Clock) Marks(d calendar.Deadline) []string {
	var marks []string
	if m := c.Def.Confidence.Mark(); m != "" {
		marks = append(marks, m)
	}
	return append(marks, d.Unsure...)
}

// Ripe returns the rungs of c that are due at now and have not fired, given its
// due moment. Of a clock that is stopped or suspended none is.
func (c Clock) Ripe(d calendar.Deadline, now time.Time) []RungDef {
	if !c.StoppedAt.IsZero() || d.Stopped {
		return nil
	}
	var ripe []RungDef
	for _, r := range c.Def.Rungs {
		if !c.hasFired(r.At) && !now.Before(d.End.Add(r.At.Duration())) {
			ripe = append(ripe, r)
		}
	}
	return ripe
}

func (c Clock) hasFired(at Offset) bool {
	for _, f := range c.Fired {
		if f == at {
			return true
		}
	}
	return false
}

// say fills in the text of a rung.
func (r RungDef) say(title, stage, clock string, d calendar.Deadline) string {
	due := d.Last.Text()
	if d.Rule.Unit == calendar.Hours {
		due = d.End.Format("2006-01-02 15:04")
	}
	return strings.NewReplacer("{title}", title, "{stage}", stage, "{clock}", clock, "{due}", due).Replace(r.Text)
}

// rule returns how the limit of d is counted.
func (d ClockDef) rule(families *calendar.Families) (calendar.Rule, error) {
	r, err := families.Rule(d.Family, d.Amount, d.Unit)
	if err != nil {
		return r, fmt.Errorf("clock %s: %w", d.ID, err)
	}
	return r, nil
}
