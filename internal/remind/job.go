package remind

import (
	"context"
	"time"

	"pingzhang/internal/clock"
)

// Job is one thing that is done again and again.
type Job struct {
	Name  string // as in the table jobs and in /healthz: "judge"
	Label string // in Chinese, for people
	// Every is the time from the end of one run to the beginning of the next.
	// When Daily is set it does not count.
	Every time.Duration
	// Daily is the time of day in Shanghai, as a duration since midnight, of a
	// job that runs once a day. Zero for others; midnight is 24 hours.
	Daily time.Duration
	// Lease is how long a run may take before another node may begin one; 10
	// minutes when zero.
	Lease time.Duration
	// Run does it. note says in a few words what was done; empty for nothing.
	Run func(ctx context.Context, now time.Time) (note string, err error)
}

const defaultLease = 10 * time.Minute

func (j *Job) lease() time.Duration {
	if j.Lease == 0 {
		return defaultLease
	}
	return j.Lease
}

// next returns when the job is due after a run that ended at end.
func (j *Job) next(end time.Time) time.Time {
	if j.Daily == 0 {
		return end.Add(j.Every)
	}
	at := clock.Day(end).Add(j.Daily % (24 * time.Hour))
	if !at.After(end) {
		at = at.Add(24 * time.Hour) // no summer time in Shanghai
	}
	return at
}

// Status is how a job stands.
type Status struct {
	Name     string
	Label    string
	Node     string    // that ran it last, or runs it
	Started  time.Time // last run; zero for never
	Finished time.Time // end of the last run that ended; zero for never
	Took     time.Duration
	Next     time.Time
	Running  bool
	Runs     int64
	Failures int64  // on end, up to the last run
	Note     string // what the last run did
	Error    string // of the last run; empty when it went well
	// Late says that it should have run by now and has not: no node works, or
	// they all have too much to do.
	Late bool
}

// OK reports whether there is nothing to look into.
func (s *Status) OK() bool { return s.Error == "" && !s.Late }

// lateAfter is how long after its time a job counts as late, on top of its
// lease.
const lateAfter = time.Minute
