// Package clock is where the time comes from. What decides something takes the
// time as an argument; only the edges ask a Clock.
//
// Days and periods are those of Asia/Shanghai (UTC+8, no summer time).
package clock

import "time"

// Shanghai is the zone of every day and period in the product. It is a fixed
// zone, so that it needs no zone files on the machine.
var Shanghai = time.FixedZone("CST", 8*60*60)

// Clock tells the time.
type Clock interface{ Now() time.Time }

// System is the clock of the machine, in Shanghai time.
type System struct{}

// Now returns the time of the machine.
func (System) Now() time.Time { return time.Now().In(Shanghai) }

// Fixed is a clock for tests that always tells the same time.
type Fixed time.Time

// Now returns the time f stands at.
func (f Fixed) Now() time.Time { return time.Time(f).In(Shanghai) }

// Day returns the first moment of t's day.
func Day(t time.Time) time.Time {
	t = t.In(Shanghai)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, Shanghai)
}

// Unix returns the time of a stored number of seconds.
func Unix(s int64) time.Time { return time.Unix(s, 0).In(Shanghai) }
