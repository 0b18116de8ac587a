package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
)

// DefaultAddr is where instruments connect unless configured otherwise.
const DefaultAddr = ":9212"

// Config is what a server works with and how much it takes. What is zero gets
// the default that is named.
type Config struct {
	DB       *sqldb.DB // application database, which holds Migrations
	Store    Appender
	Registry Registry
	Node     string // name of this process among others on the database; "1"

	// Committed is told, after a commit and from the committer's goroutine, which
	// points have news, each once. It must not wait.
	Committed func([]PointID)
	Now       func() time.Time // the machine's clock

	MaxFrame    int           // longest data segment, hj212.DefaultMaxLen
	Idle        time.Duration // a silent connection is closed after it; 15 min
	HalfFrame   time.Duration // an incomplete frame is given up after it; 30 s
	WriteWait   time.Duration // how long the peer may take to read; 10 s
	MaxOut      int           // bytes of answers that wait for the peer; 256 KiB
	MaxConns    int           // 20,000
	MaxPerAddr  int           // connections from one address, 2,000
	MaxRubbish  int64         // bytes without a good frame after which a connection is closed; 1 MiB
	RefuseRate  float64       // refused frames a second that a connection may have kept; 10
	RefuseBurst float64       // and at once; 200

	Gather       time.Duration // how long a small batch waits for company; 3 ms
	EnoughFrames int           // a batch of so many does not wait; 2,000
	MaxBatch     int           // frames of one commit, 25,000
	StageFrames  int           // frames of one stage, 64
	AfterFailure time.Duration // pause after a commit that failed; 200 ms

	Ring           int           // accepted frames kept in memory a device, 8
	KeepAlike      int64         // refused frames kept of one MN and reason in an hour, 200
	KeepRefused    int64         // refused frames kept in all, 500,000
	KeepPerMN      int64         // frames kept of one unknown MN, 2,000
	KeepQuarantine int64         // frames kept of all unknown MNs, 200,000
	KeepStrangers  int64         // unknown MNs kept, 10,000
	NoteEvery      time.Duration // how often refusals and presence are written down; 500 ms
	RefreshEvery   time.Duration // how often the register is looked at; 2 s

	CommandTTL time.Duration // a command whose device does not connect is given up after it; 24 h
}

func (c *Config) defaults() {
	set(&c.Node, "1")
	if c.Now == nil {
		c.Now = clock.System{}.Now
	}
	set(&c.MaxFrame, hj212.DefaultMaxLen)
	set(&c.Idle, 15*time.Minute)
	set(&c.HalfFrame, 30*time.Second)
	set(&c.WriteWait, 10*time.Second)
	set(&c.MaxOut, 256<<10)
	set(&c.MaxConns, 20_000)
	set(&c.MaxPerAddr, 2_000)
	set(&c.MaxRubbish, 1<<20)
	set(&c.RefuseRate, 10)
	set(&c.RefuseBurst, 200)
	set(&c.Gather, 3*time.Millisecond)
	set(&c.EnoughFrames, 2000)
	set(&c.MaxBatch, 25_000)
	set(&c.StageFrames, 64)
	set(&c.AfterFailure, 200*time.Millisecond)
	set(&c.Ring, 8)
	set(&c.KeepAlike, 200)
	set(&c.KeepRefused, 500_000)
	set(&c.KeepPerMN, 2000)
	set(&c.KeepQuarantine, 200_000)
	set(&c.KeepStrangers, 10_000)
	set(&c.NoteEvery, 500*time.Millisecond)
	set(&c.RefreshEvery, 2*time.Second)
	set(&c.CommandTTL, 24*time.Hour)
}

func set[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Server is the gateway of one process. It is safe for concurrent use.
type Server struct {
	cfg     Config
	devices directory
	meter   *meter
	trouble trouble
	notes   *recorder

	commands *commands
	forward  *forwarder

	stages  sync.Pool
	workers sync.Pool

	queue     chan *stage
	committed chan struct{}   // closed when the committer has ended
	frames    []measure.Frame // the committer's
	commitNo  uint64          // the committer's

	mu        sync.Mutex
	conns     map[*conn]struct{}
	perAddr   map[netip.Addr]int
	listeners map[net.Listener]struct{}
	down      bool

	stopping atomic.Bool
	missing  sync.Mutex     // held while an unknown MN makes the register be read
	missed   time.Time      // when that was last done; under missing
	readers  sync.WaitGroup // goroutines that may enqueue
	writers  sync.WaitGroup
	jobs     sync.WaitGroup
	stopJobs context.CancelFunc
}

// Open reads the register and starts what works in the background. Serve takes
// connections; Shutdown ends everything.
func Open(ctx context.Context, cfg Config) (_ *Server, err error) {
	defer fault.Wrap(&err, "gateway.Open")
	cfg.defaults()
	if cfg.DB == nil || cfg.Store == nil || cfg.Registry == nil {
		return nil, errors.New("a gateway needs DB, Store and Registry")
	}
	s := &Server{
		cfg: cfg, meter: newMeter(),
		queue: make(chan *stage, 1024), committed: make(chan struct{}),
		conns: map[*conn]struct{}{}, perAddr: map[netip.Addr]int{}, listeners: map[net.Listener]struct{}{},
	}
	s.stages.New = func() any { return new(stage) }
	s.workers.New = func() any { return new(worker) }
	s.notes = &recorder{s: s, refused: map[string]*refusedRow{}, strange: map[string]*stranger{}}
	s.commands = newCommands(s)
	s.forward = newForwarder(s)
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	if err := s.commands.recover(ctx); err != nil {
		return nil, err
	}
	bg, stop := context.WithCancel(context.Background())
	s.stopJobs = stop
	go s.commits()
	s.job(func() { s.notes.run(bg, cfg.NoteEvery) })
	s.job(func() { s.refreshes(bg) })
	s.job(func() { s.commands.run(bg) })
	s.job(func() { s.forward.run(bg) })
	return s, nil
}

func (s *Server) job(f func()) {
	s.jobs.Add(1)
	go func() {
		defer s.jobs.Done()
		f()
	}()
}

// Refresh reads what has changed in the register, the policies and the targets,
// so that a point that was saved just now is known.
func (s *Server) Refresh(ctx context.Context) error {
	settings, err := s.readSettings(ctx)
	if err == nil {
		_, err = s.devices.refresh(ctx, s.cfg.Registry, settings)
	}
	s.trouble.points(err)
	if err == nil {
		s.forward.use(settings.targets)
	}
	return err
}

func (s *Server) refreshes(ctx context.Context) {
	tick := time.NewTicker(s.cfg.RefreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				slog.Error("the register of points was not read", "err", err)
			}
		}
	}
}

// Listen opens the port and serves it in the background. It returns the address.
func (s *Server) Listen(addr string) (net.Addr, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "设备接入端口 %s 打不开，可能已被其他程序占用；请检查 --gateway 设置", addr)
	}
	s.job(func() {
		if err := s.Serve(l); err != nil {
			slog.Error("the gateway stopped taking connections", "err", err)
		}
	})
	return l.Addr(), nil
}

// Serve takes connections until Shutdown; then it returns nil.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.down {
		s.mu.Unlock()
		return l.Close()
	}
	s.listeners[l] = struct{}{}
	s.mu.Unlock()
	for {
		tcp, err := l.Accept()
		if err != nil {
			if s.stopping.Load() {
				return nil
			}
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			// Out of file descriptors, most likely: old connections end by and by.
			slog.Error("a connection was not taken", "err", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if c := s.adopt(tcp); c != nil {
			go func() {
				defer s.readers.Done()
				c.serve()
			}()
		}
	}
}

// adopt makes a connection of ours of tcp, or closes it when there are too many.
func (s *Server) adopt(tcp net.Conn) *conn {
	remote, _ := netip.ParseAddrPort(tcp.RemoteAddr().String())
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down || len(s.conns) >= s.cfg.MaxConns || s.perAddr[remote.Addr()] >= s.cfg.MaxPerAddr {
		s.meter.turned.Inc()
		tcp.Close()
		return nil
	}
	c := &conn{
		s: s, tcp: tcp, remote: remote, since: s.cfg.Now(),
		framer:  hj212.Framer{MaxLen: s.cfg.MaxFrame},
		rubbish: bucket{rate: s.cfg.RefuseRate, size: s.cfg.RefuseBurst},
	}
	s.conns[c] = struct{}{}
	s.perAddr[remote.Addr()]++
	s.meter.conns.Add(1)
	s.readers.Add(1)
	return c
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.conns[c]; !ok {
		return
	}
	delete(s.conns, c)
	s.meter.conns.Add(-1)
	if s.perAddr[c.remote.Addr()]--; s.perAddr[c.remote.Addr()] <= 0 {
		delete(s.perAddr, c.remote.Addr())
	}
}

// enter reports whether something may still be enqueued, and holds the queue
// open until s.readers.Done.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return false
	}
	s.readers.Add(1)
	return true
}

// Shutdown stops taking connections and bytes, commits what has come, sends its
// answers, and writes everything down. When ctx ends first the answers that are
// not sent are given up; what is committed stays.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.down {
		s.mu.Unlock()
		return nil
	}
	s.down = true
	s.stopping.Store(true)
	for l := range s.listeners {
		l.Close()
	}
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
		c.tcp.SetReadDeadline(time.Unix(1, 0))
	}
	s.mu.Unlock()

	s.readers.Wait()
	close(s.queue)
	<-s.committed
	err := wait(ctx, &s.writers)
	for _, c := range conns {
		c.shut()
		s.forget(c)
	}
	s.stopJobs()
	s.jobs.Wait()
	last := context.WithoutCancel(ctx)
	return errors.Join(err, s.commands.release(last), s.forward.release(last), s.notes.flush(last))
}

func wait(ctx context.Context, g *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() {
		g.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// byMN returns the device of an MN, nil when there is none.
func (d *directory) byMN(mn string) *Device { return d.find([]byte(mn)) }
