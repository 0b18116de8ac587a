package discharge

import (
	"time"

	"pingzhang/internal/clock"
	"pingzhang/standard"
)

// State is what a point is at now, for maps and lists.
type State string

// The states. Unknown and Offline are grey: neither is ever shown as meeting
// anything.
const (
	StateExceeds State = "exceeds"
	StateWarn    State = "warn" // meets, but near a limit
	StateMeets   State = "meets"
	StateUnknown State = "unknown"
	StateOffline State = "offline" // nothing has come for longer than the setting
)

// States lists all, the worst first.
var States = []State{StateExceeds, StateWarn, StateMeets, StateUnknown, StateOffline}

// Label returns the Chinese name of s.
func (s State) Label() string {
	switch s {
	case StateExceeds:
		return "超标"
	case StateWarn:
		return "接近限值"
	case StateMeets:
		return "达标"
	case StateOffline:
		return "离线"
	}
	return "未知"
}

// stateOf tells the state of a point: offline by its silence, else by the
// verdicts on its last complete hour. Of several the worst counts; one unknown
// among verdicts that meet makes the point unknown. reason says why it is
// unknown or offline.
func stateOf(received int64, lastHour int64, verdicts []Verdict, hasLimits bool, now time.Time, s Settings) (state State, reason string) {
	switch {
	case received == 0:
		return StateOffline, "从未收到数据"
	case now.Unix()-received > int64(s.Offline/time.Second):
		return StateOffline, "自 " + clock.Unix(received).Format("2006-01-02 15:04") + " 起没有收到数据"
	case !hasLimits:
		return StateUnknown, "排放口没有在有效期内的限值"
	case len(verdicts) == 0:
		return StateUnknown, clock.Unix(lastHour).Format("15:04") + " 时段尚未判定"
	}
	state = StateMeets
	for _, v := range verdicts {
		one := StateMeets
		switch {
		case v.Verdict == standard.Exceeds:
			one = StateExceeds
		case v.Verdict == standard.Unknown:
			one = StateUnknown
		case v.Near:
			one = StateWarn
		}
		if rank(one) < rank(state) {
			state, reason = one, ""
			if one == StateUnknown {
				reason = v.Issue.Text()
			}
		}
	}
	return state, reason
}

// rank orders what decides a state: an exceedance before an unknown, and that
// before what meets.
func rank(s State) int {
	switch s {
	case StateExceeds:
		return 0
	case StateUnknown:
		return 1
	case StateWarn:
		return 2
	}
	return 3
}

// judgingTakes is how long after the grace an hour may wait for its turn before
// a point counts as not judged.
const judgingTakes = 5 * time.Minute

// lastComplete returns the start of the last hour that must have been judged at
// now: it is over, with the grace and with the time that judging takes.
func lastComplete(now time.Time, s Settings) int64 {
	end := now.Add(-s.HourGrace - judgingTakes).Unix()
	return end - end%3600 - 3600
}
