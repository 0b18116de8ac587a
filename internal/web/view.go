package web

import (
	"fmt"
	"time"
)

// stateView is a state with its colour and word: meets, exceeds, warn, unknown
// or offline. Colour never speaks alone.
type stateView struct{ Class, Text string }

// matterRow is a matter in a list.
type matterRow struct {
	ID       int64
	Title    string
	Stage    string
	Owner    string
	Division string
	Clock    timerView
}

// timerView is what is left of a time limit. Class is warn, late, paused or "".
type timerView struct{ Class, Text string }

// ago says how long ago t was, as people speak.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "—"
	case d < -time.Minute:
		return "时钟超前 " + t.Format("01-02 15:04")
	case d < time.Minute:
		return "刚刚"
	case d < time.Hour:
		return fmt.Sprintf("%d 分钟前", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d 小时前", int(d.Hours()))
	}
	return t.Format("2006-01-02 15:04")
}
