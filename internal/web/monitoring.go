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
	Quality  Quality
	Marking  Marking
	Raw      Raw
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
}

// Quality says how complete the readings of a point are.
type Quality interface {
	// Rates returns the shares of a span; to is not included.
	Rates(ctx context.Context, p measure.Point, from, to time.Time) ([]Rate, error)
	// Gaps returns the stretches in which periods of kind are missing.
	Gaps(ctx context.Context, p measure.Point, k measure.Kind, from, to time.Time) ([]Gap, error)
}

// Rate is a share with its name and what it was counted from.
type Rate struct {
	Name  string // 数据传输率, 数据有效率, 传输有效率
	Value string // in percent, rounded for showing; empty when it cannot be said
	Note  string // 应收 168 实收 165
}

// Gap is a stretch in which readings are missing; To is not included.
type Gap struct {
	From, To time.Time
	Missing  int // how many periods
}

// Marking keeps the marks that people put on stretches of readings.
type Marking interface {
	Mark(ctx context.Context, by access.Caller, m DataMark) error
	Marks(ctx context.Context, by access.Caller, point int64, from, to time.Time) ([]DataMark, error)
}

// The marks that people may put on readings.
const (
	MarkInvalid  = "invalid"
	MarkAbnormal = "abnormal_condition"
)

// DataMark is one such mark; To is not included.
type DataMark struct {
	Point    int64
	Factor   string // a code; empty for every factor
	From, To time.Time
	Mark     string // MarkInvalid or MarkAbnormal
	Reason   string
	By       string    // name or login of who entered it
	At       time.Time // when
	Late     bool      // after the time that the rules leave for it
}

// Raw finds the messages that a reading came from, the one that counts first.
type Raw interface {
	RawOf(ctx context.Context, p measure.Point, k measure.Kind, at int64) ([]RawFrame, error)
}

// RawFrame is a message as it arrived.
type RawFrame struct {
	Received time.Time
	Bytes    []byte
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
}

// Frames keeps what was not taken in: refused frames, and frames of devices
// that are not registered.
type Frames interface {
	Refused(ctx context.Context, by access.Caller, q FrameQuery) ([]RefusedFrame, error)
	RefusedFrame(ctx context.Context, by access.Caller, id int64) (RefusedFrame, error)
	// Waiting counts refused frames that nobody replayed and devices in quarantine.
	Waiting(ctx context.Context, by access.Caller) (refused, devices int, err error)
	// Replay takes a refused frame in once more and says in Chinese what came of it.
	Replay(ctx context.Context, by access.Caller, id int64) (string, error)
	Quarantine(ctx context.Context, by access.Caller) ([]UnknownDevice, error)
	// QuarantineFrames returns up to n frames of a device, the newest first.
	QuarantineFrames(ctx context.Context, by access.Caller, mn string, n int) ([]RawFrame, error)
	// ReplayQuarantine takes in the frames of a device that is registered by now
	// and returns how many there were.
	ReplayQuarantine(ctx context.Context, by access.Caller, mn string) (int, error)
}

// FrameQuery says which refused frames are wanted. Zero values ask for all.
type FrameQuery struct {
	MN     string
	Reason string // a hj212.Reason, or one of the gateway's own
	Before int64  // ids below this
	N      int
}

// RefusedFrame is a frame that was refused, with others that were the same.
type RefusedFrame struct {
	ID          int64
	Reason      string // as in FrameQuery
	Text        string // one Chinese sentence: what, where, what to do
	ByteAt      int    // byte of Raw at which the check failed; -1 when none in particular
	Raw         []byte
	MN          string // empty when it could not be read
	Remote      string // address it came from
	Times       int64
	First, Last time.Time
	ReplayedAt  time.Time // zero while nobody replayed it
	ReplayedBy  string
	Outcome     string // of the last replay, in Chinese
}

// UnknownDevice is a device that reports and is not registered.
type UnknownDevice struct {
	MN          string
	Profile     hj212.Profile
	ST          string
	Frames      int64
	First, Last time.Time
	Remote      string
}

// Devices is the connections to devices and the commands to them.
type Devices interface {
	// Statuses returns what is known of the connections of points.
	Statuses(ctx context.Context, by access.Caller, points ...int64) (map[int64]DeviceStatus, error)
	// Recent returns the last messages of a point, the newest first.
	Recent(ctx context.Context, by access.Caller, point int64) ([]RawFrame, error)
	Commands(ctx context.Context, by access.Caller, point int64, n int) ([]Command, error)
	// Send queues an order. A clock order without SystemTime carries the time of
	// sending.
	Send(ctx context.Context, by access.Caller, point int64, o hj212.Order) error
	// Backfill queues the orders that fetch the readings of a span, and returns
	// how many they are.
	Backfill(ctx context.Context, by access.Caller, point int64, k measure.Kind, from, to time.Time) (int, error)
}

// DeviceStatus is the connection of one device.
type DeviceStatus struct {
	Connected bool
	Remote    string
	Since     time.Time     // of the connection
	Last      time.Time     // last message, zero when none since the start
	Skew      time.Duration // clock of the device less ours
	SkewKnown bool
	Frames    int64 // taken in since the start
	Refused   int64 // refused since the start
	Queued    int   // commands that wait or run
}

// Command is an order to a device and what became of it.
type Command struct {
	ID     int64
	Order  hj212.Order
	State  string // queued, sent, done, failed, no_data, refused, silent
	Note   string // the outcome in Chinese
	By     string
	At     time.Time
	EndsAt time.Time // zero while it goes on
}

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
