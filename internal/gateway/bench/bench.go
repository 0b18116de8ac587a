// Package bench measures the gateway end to end: clients on loopback, TCP,
// parsing, the durable commit and the answer, in one process.
//
// A reading is one factor at one time, with its sum, minimum, mean, maximum and
// mark. The clients share the processors with the server, as they would not in
// service. Numbers of two machines cannot be compared; ratios on one can.
package bench

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
)

// Options say what is measured. What is zero gets the default that is named.
type Options struct {
	Dir       string                  // an empty folder for the databases
	Devices   int                     // with a connection each; 163, the outlets of a city
	For       time.Duration           // of each phase; 5 s
	Window    int                     // frames of a device that may wait for their answer; 64
	Paced     float64                 // readings a second of the paced phase; 200,000, half of what is aimed at
	NoSeal    bool                    // seals at the end only
	Committed func([]gateway.PointID) // told of commits, such as what judges; may be nil
	Progress  func(phase string)      // may be nil
}

func (o *Options) defaults() {
	if o.Devices == 0 {
		o.Devices = 163
	}
	if o.For == 0 {
		o.For = 5 * time.Second
	}
	if o.Window == 0 {
		o.Window = 64
	}
	if o.Paced == 0 {
		o.Paced = 200_000
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
}

// Latency are percentiles, in milliseconds.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
	N   int     `json:"n"`
}

// Report is what was measured.
type Report struct {
	CPUs            int     `json:"cpus"`
	Devices         int     `json:"devices"`
	ReadingsPerSec  float64 `json:"readings_per_second"` // as fast as it goes, answers included
	FramesPerSec    float64 `json:"frames_per_second"`
	CPUPerReading   float64 `json:"cpu_us_per_reading"` // server, clients and store
	AckFull         Latency `json:"ack_full"`           // at that rate, with the window full
	AckHalf         Latency `json:"ack_half"`           // at half of it
	HalfPerSec      float64 `json:"half_readings_per_second"`
	AckPaced        Latency `json:"ack_paced"` // at Options.Paced
	PacedPerSec     float64 `json:"paced_readings_per_second"`
	ReadIdle        Latency `json:"read_idle"` // today's curve of a device, nobody writing
	ReadHalf        Latency `json:"read_half"` // the same during half the rate
	ReadPaced       Latency `json:"read_paced"`
	CommitFull      Latency `json:"commit_full"` // of the store alone
	CommitPaced     Latency `json:"commit_paced"`
	ReadFull        Latency `json:"read_full"`
	Readings        int64   `json:"readings"`
	BytesPerReading float64 `json:"bytes_per_reading"` // of sealed readings
	RawPerReading   float64 `json:"raw_bytes_per_reading"`

	Judged *JudgedReport `json:"judged,omitempty"` // of RunJudged
}

// points is a register of n points.
type points int

func (n points) Points(context.Context, access.Caller) ([]register.Point, error) {
	all := make([]register.Point, n)
	for i := range all {
		all[i] = register.Point{
			ID: int64(i + 1), MN: deviceMN(i), Name: deviceMN(i), Profile: "2017", ST: "31", Password: "123456",
			Division: "231102", State: register.Active, Rev: 1,
		}
	}
	return all, nil
}

func (n points) Changes(_ context.Context, _ access.Caller, since int64, _ int) ([]register.Entry, int64, error) {
	return nil, since, nil
}

var errNone = fault.New(fault.NotFound, "性能测试没有点位登记")

func (n points) Entry(context.Context, access.Caller, int64) (register.Entry, error) {
	return register.Entry{}, errNone
}

func (n points) SaveTx(context.Context, *sqldb.Tx, access.Caller, register.Entry, string) (register.Entry, error) {
	return register.Entry{}, errNone
}

// timed measures how long the store takes.
type timed struct {
	*measure.Store
	samples
}

func (t *timed) Append(ctx context.Context, frames []measure.Frame) (measure.Result, error) {
	start := time.Now()
	r, err := t.Store.Append(ctx, frames)
	t.add(time.Since(start))
	return r, err
}

// since returns the percentiles since the last call.
func (t *timed) since() Latency {
	l := t.latency()
	t.mu.Lock()
	t.all = nil
	t.mu.Unlock()
	return l
}

// site is a gateway with its databases and its clients.
type site struct {
	o      Options
	db     *sqldb.DB
	store  *timed
	server *gateway.Server
	lines  []*line
}

func open(ctx context.Context, o Options) (_ *site, err error) {
	s := &site{o: o}
	defer func() {
		if err != nil {
			s.close(ctx)
		}
	}()
	if s.db, err = sqldb.OpenSQLite(ctx, filepath.Join(o.Dir, "app.db"), 16); err != nil {
		return nil, err
	}
	if _, err := s.db.Migrate(ctx, journal.Migrations, gateway.Migrations); err != nil {
		return nil, err
	}
	store, err := measure.Open(ctx, measure.Config{Dir: o.Dir})
	if err != nil {
		return nil, err
	}
	s.store = &timed{Store: store}
	s.server, err = gateway.Open(ctx, gateway.Config{DB: s.db, Store: s.store, Registry: points(o.Devices), Committed: o.Committed})
	if err != nil {
		return nil, err
	}
	addr, err := s.server.Listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	for i := range o.Devices {
		l, err := dial(addr.String(), i, o.Window)
		if err != nil {
			return nil, err
		}
		s.lines = append(s.lines, l)
	}
	return s, nil
}

func (s *site) close(ctx context.Context) {
	for _, l := range s.lines {
		l.conn.Close()
	}
	if s.server != nil {
		s.server.Shutdown(ctx)
	}
	if s.store != nil {
		s.store.Close()
	}
	if s.db != nil {
		s.db.Close()
	}
}

// Run measures.
func Run(ctx context.Context, o Options) (_ Report, err error) {
	defer fault.Wrap(&err, "bench.Run")
	o.defaults()
	s, err := open(ctx, o)
	if err != nil {
		return Report{}, err
	}
	defer s.close(context.WithoutCancel(ctx))
	r := Report{CPUs: runtime.GOMAXPROCS(0), Devices: o.Devices}

	sealed := func() {}
	if !o.NoSeal {
		sealed = s.sealing(ctx)
		defer sealed()
	}
	o.Progress("预热")
	if _, err := s.load(ctx, o.For/4, 0); err != nil {
		return r, err
	}
	o.Progress("空闲时查询")
	idle, stop := s.readers(ctx)
	sleep(ctx, o.For/2)
	stop()
	r.ReadIdle = idle.latency()

	o.Progress("全速接收")
	s.store.since()
	cpu := cpuTime()
	full, err := s.load(ctx, o.For, 0)
	if err != nil {
		return r, err
	}
	r.CPUPerReading = (cpuTime() - cpu).Seconds() * 1e6 / float64(full.readings())
	r.ReadingsPerSec, r.FramesPerSec, r.AckFull = full.perSecond()*factors, full.perSecond(), full.latency()

	r.CommitFull = s.store.since()

	o.Progress("全速接收，同时查询")
	reads, stop := s.readers(ctx)
	if _, err := s.load(ctx, o.For/2, 0); err != nil {
		return r, err
	}
	stop()
	r.ReadFull = reads.latency()

	o.Progress("半速接收，同时查询")
	reads, stop = s.readers(ctx)
	half, err := s.load(ctx, o.For, full.perSecond()/2)
	if err != nil {
		return r, err
	}
	stop()
	r.ReadHalf, r.AckHalf, r.HalfPerSec = reads.latency(), half.latency(), half.perSecond()*factors

	s.store.since()
	o.Progress("按设定速率接收，同时查询")
	reads, stop = s.readers(ctx)
	paced, err := s.load(ctx, o.For, o.Paced/factors)
	if err != nil {
		return r, err
	}
	stop()
	r.CommitPaced = s.store.since()
	r.ReadPaced, r.AckPaced, r.PacedPerSec = reads.latency(), paced.latency(), paced.perSecond()*factors

	o.Progress("封存")
	sealed()
	return r, s.seal(ctx, &r)
}

// sealing seals whole hours while the lines send, as a server does; here days
// pass in seconds. The function that it returns ends that.
func (s *site) sealing(ctx context.Context) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if oldest := s.oldest().Unix(); oldest > 0 {
				if err := s.store.Seal(ctx, oldest-3600); err != nil && ctx.Err() == nil {
					slog.Error("sealing failed", "err", err)
				}
			}
			sleep(ctx, 500*time.Millisecond)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// seal seals what is left and weighs everything.
func (s *site) seal(ctx context.Context, r *Report) error {
	for _, l := range s.lines {
		r.Readings += l.sent * factors
	}
	last := slices.MaxFunc(s.lines, func(a, b *line) int { return a.at.Compare(b.at) }).at
	if err := s.store.Seal(ctx, last.Add(48*time.Hour).Unix()); err != nil {
		return err
	}
	archive := func(context.Context, measure.RawSeal) error { return nil }
	if err := s.store.SealRaw(ctx, time.Now().Add(2*time.Hour).Unix(), archive); err != nil {
		return err
	}
	if err := s.server.Shutdown(ctx); err != nil {
		return err
	}
	if err := s.store.Close(); err != nil { // brings the write-ahead logs into the files
		return err
	}
	s.server, s.store = nil, nil
	r.BytesPerReading = float64(size(s.o.Dir, "ts-*.db")) / float64(r.Readings)
	r.RawPerReading = float64(size(s.o.Dir, "raw-*.db")) / float64(r.Readings)
	return nil
}

func size(dir, pattern string) (n int64) {
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			n += info.Size()
		}
	}
	return n
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// samples are durations of one phase.
type samples struct {
	mu  sync.Mutex
	all []time.Duration
}

func (s *samples) add(all ...time.Duration) {
	s.mu.Lock()
	s.all = append(s.all, all...)
	s.mu.Unlock()
}

func (s *samples) latency() Latency {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		return Latency{}
	}
	slices.Sort(s.all)
	at := func(p float64) float64 {
		return float64(s.all[min(len(s.all)-1, int(p*float64(len(s.all))))].Microseconds()) / 1000
	}
	return Latency{at(.5), at(.95), at(.99), len(s.all)}
}

// readers asks for the newest day of one device after another, every 50 ms, until
// stop.
func (s *site) readers(ctx context.Context) (*samples, func()) {
	out := &samples{}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i := 0; ctx.Err() == nil; i++ {
			l := s.lines[i*31%len(s.lines)]
			to := l.now.Load()
			start := time.Now()
			err := s.store.Range(ctx, measure.RangeQuery{Point: measure.Point(l.id + 1), Kind: measure.Minute, From: to - 86400, To: to},
				func(*measure.Block) error { return nil })
			if err == nil {
				out.add(time.Since(start))
			}
			sleep(ctx, 50*time.Millisecond)
		}
	}()
	return out, func() {
		cancel()
		wg.Wait()
	}
}

// phase is what one load came to.
type phase struct {
	samples
	frames atomic.Int64
	took   time.Duration
}

func (p *phase) readings() int64    { return p.frames.Load() * factors }
func (p *phase) perSecond() float64 { return float64(p.frames.Load()) / p.took.Seconds() }

// load makes all lines send for d, at rate frames a second in all, 0: as fast as
// the answers come.
func (s *site) load(ctx context.Context, d time.Duration, rate float64) (*phase, error) {
	p := &phase{}
	start := time.Now()
	var wg sync.WaitGroup
	errs := make(chan error, len(s.lines))
	for _, l := range s.lines {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := l.run(ctx, p, start.Add(d), rate/float64(len(s.lines))); err != nil {
				errs <- fmt.Errorf("device %d: %w", l.id, err)
			}
		}()
	}
	wg.Wait()
	p.took = time.Since(start)
	select {
	case err := <-errs:
		return p, err
	default:
		return p, ctx.Err()
	}
}
