package web

import (
	"context"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/measure"
	"pingzhang/standard"
)

// Monitoring is what the pages of monitoring stand on. A part may be nil; what
// it would say is then unknown, and the pages show it so.
type Monitoring struct {
	Readings Readings
	Judged   Judged
	Frames   Frames
	Devices  Devices
	Forward  Forward
	Layers   *Layers // see LoadLayers
}

// Readings is what the pages ask of the readings; measure.Store is one.
type Readings interface {
	Latest(ctx context.Context, points ...measure.Point) ([]measure.Reading, error)
	Range(ctx context.Context, q measure.RangeQuery, fn func(*measure.Block) error) error
	Rows(ctx context.Context, q measure.RowQuery, fn func(measure.Row) error) error
	RawOf(ctx context.Context, p measure.Point, k measure.Kind, at int64) ([]measure.RawFrame, error)
	Rates(ctx context.Context, q measure.SlotQuery) ([]measure.Rate, error)
	Gaps(ctx context.Context, q measure.SlotQuery) ([]measure.Gap, error)
	Marks(ctx context.Context, p measure.Point, from, to int64) ([]measure.Mark, error)
	AddMark(ctx context.Context, m measure.Mark, hook measure.Hook) ([]measure.Mark, error)
	WithdrawMark(ctx context.Context, id int64, by, why string, hook measure.Hook) error
}

// Judged says how points stand to their limits.
type Judged interface {
	// States returns the state of each point at now. A point that is not in it
	// is unknown.
	States(ctx context.Context, by access.Caller, now time.Time, points ...int64) (map[int64]PointState, error)
	// Verdicts returns what was judged of a point's hours and days that begin in
	// the span, the oldest first; to is not included.
	Verdicts(ctx context.Context, by access.Caller, point int64, from, to time.Time) ([]PointVerdict, error)
}

// PointState is how a point stands.
type PointState struct {
	Class   string // meets, exceeds, warn, unknown or offline
	Why     string // in a few words, where Class does not say it
	Factors []PointVerdict
}

// PointVerdict is the verdict on one mean.
type PointVerdict struct {
	Factor    string
	Period    measure.Kind // Hour or Day
	At        time.Time    // beginning of the period
	LimitID   int64        // entry of the register of limits; 0 for none
	Judgement standard.Judgement
	// Arithmetic is the line of the judgement, where it is kept apart from it;
	// empty: that of Judgement.
	Arithmetic string
}

// Frames keeps what was not taken in: refused frames, and frames of devices
// that are not registered.
type Frames interface {
	// RefusedFrames returns refused frames in by's scope, the newest first.
	RefusedFrames(ctx context.Context, by access.Caller, q FrameQuery) ([]RefusedFrame, error)
	RefusedFrame(ctx context.Context, by access.Caller, id int64) (RefusedFrame, error)
	// Replay takes a refused frame in once more and returns it with the outcome.
	Replay(ctx context.Context, by access.Caller, id int64) (RefusedFrame, error)
	// Strangers returns up to n devices in quarantine, those heard last first.
	Strangers(ctx context.Context, by access.Caller, n int) ([]Stranger, error)
	// Claim takes in the kept frames of a device for the point registered for it.
	Claim(ctx context.Context, by access.Caller, mn string, point measure.Point) (Claimed, error)
}

// FrameQuery says which refused frames are wanted. Zero values ask for all.
type FrameQuery struct {
	MN     string
	Reason hj212.Reason
	Before int64 // ids below this
	N      int
}

// RefusedFrame is a frame that was refused.
type RefusedFrame struct {
	ID          int64
	First, Last time.Time
	Times       int64 // how often exactly this frame came
	Omitted     int64 // others of the same device and reason that were not kept
	Remote      string
	MN          string // empty when it could not be read
	Point       measure.Point
	Reason      hj212.Reason // or one of the gateway's own
	At          int          // byte of Raw at which the check failed
	Text        string       // one Chinese sentence: what, where, what to do
	Raw         []byte
	State       string // open, accepted (a replay stored it) or failed (a replay was refused)
	Outcome     string // of the last replay, in Chinese
	TriedAt     time.Time
	TriedBy     string
}

// Stranger is a device that reports and is not registered.
type Stranger struct {
	MN          string
	First, Last time.Time
	Frames      int64 // that came
	Kept        int64 // of these, kept for a claim
	Remote      string
	ST          string
	Profile     string   // as hj212.Profile writes it
	Factors     []string // codes it has sent
	Sample      []byte   // one of its frames
}

// Claimed is what came of a claim.
type Claimed struct {
	Stored  int
	Refused int
}

// Devices is the connections to devices and the commands to them.
type Devices interface {
	// Presences returns how the devices in by's scope were last heard. A point
	// without an entry was never heard.
	Presences(ctx context.Context, by access.Caller) (map[measure.Point]Presence, error)
	// Recent returns the last messages of a point since the start, the newest first.
	Recent(ctx context.Context, by access.Caller, point measure.Point) ([]Seen, error)
	// Commands returns the last n orders to a point, the newest first.
	Commands(ctx context.Context, by access.Caller, point measure.Point, n int) ([]Command, error)
	// Send queues an order. A clock order without SystemTime carries the time of
	// sending.
	Send(ctx context.Context, by access.Caller, point measure.Point, o hj212.Order) error
	// Backfill queues the orders that fetch the readings of the periods that begin
	// from from to to, both included, and returns how many orders they are.
	Backfill(ctx context.Context, by access.Caller, point measure.Point, k measure.Kind, from, to time.Time) (int, error)
}

// Presence is how a device was last heard.
type Presence struct {
	Connected bool
	LastAt    time.Time // of its last message
	Remote    string
	Skew      time.Duration // clock of the device less ours
	SkewKnown bool
	Drifting  bool  // off by more than is tolerated
	Frames    int64 // taken in since the start
}

// Seen is a message as it arrived.
type Seen struct {
	At  time.Time
	Raw []byte
}

// Command is an order to a device and what became of it.
type Command struct {
	ID    int64
	Order hj212.Order
	State CommandState
	Note  string // the outcome in Chinese
	By    string
	At    time.Time
}

// CommandState says how far an order has come.
type CommandState string

// The states of an order.
const (
	CommandQueued CommandState = "queued"  // waits for its turn, or for the device
	CommandSent   CommandState = "sent"    // on its way, unanswered
	CommandDone   CommandState = "done"    // carried out
	CommandNoData CommandState = "no_data" // the device has no such data
	CommandSilent CommandState = "silent"  // no answer after all repeats
	CommandFailed CommandState = "failed"  // refused, or failed on the device
)

// Forward is the passing on of original frames to other hosts.
type Forward interface {
	Targets(ctx context.Context, by access.Caller) ([]ForwardTarget, error)
	AddTarget(ctx context.Context, by access.Caller, name, address string) error
	EnableTarget(ctx context.Context, by access.Caller, id int64, on bool) error
}

// ForwardTarget is one such host with its queue.
type ForwardTarget struct {
	ID            int64
	Name, Address string
	Enabled       bool
	Connected     bool
	Backlog, Sent int64
	Error         string // the last one, in Chinese; empty when all is well
}
