package gateway

import (
	"context"
	"encoding/hex"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

// PointID is the id of a point's entry in the register.
type PointID = measure.Point

// A Device is what the gateway must know of the logger of a point. It does not
// change: a change of the register makes a new one.
type Device struct {
	Point        PointID
	MN           string
	Name         string
	Profile      hj212.Profile // Auto: what each message shows
	ST           string        // of what it monitors; "" when not registered
	PW           string        // "" takes any password
	Key          []byte        // SM4, 16 bytes; nil when there is none
	ToleratedCRC string        // name of a foreign CRC that is let pass, as hj212.ForeignCRC gives it
	Division     access.Division
	Enterprise   int64
	Policy       Policy

	live    *live
	targets []int64 // forward targets that want its frames
}

// Sees reports whether scope holds the device.
func (d *Device) in(s access.Scope) bool { return s.Sees(d.Division, d.Enterprise) }

// Registry is what the directory reads devices from; *register.Store is one.
type Registry interface {
	Points(ctx context.Context, by access.Caller) ([]register.Point, error)
	Changes(ctx context.Context, by access.Caller, since int64, n int) ([]register.Entry, int64, error)
	registrar
}

// directory finds the device of an MN without a lock or an allocation.
type directory struct {
	now atomic.Pointer[map[string]*Device]

	mu     sync.Mutex // of rebuilding
	points map[PointID]register.Point
	lives  map[PointID]*live
	rev    int64
	loaded bool
}

var reader = access.Platform("register.read", "frame.operate")

func (d *directory) find(mn []byte) *Device {
	m := d.now.Load()
	if m == nil {
		return nil
	}
	return (*m)[string(mn)]
}

// all ranges over the devices of this moment.
func (d *directory) all(f func(*Device)) {
	if m := d.now.Load(); m != nil {
		for _, dev := range *m {
			f(dev)
		}
	}
}

// byPoint returns the device of a point, nil when there is none.
func (d *directory) byPoint(p PointID) *Device {
	d.mu.Lock()
	l := d.lives[p]
	d.mu.Unlock()
	if l == nil {
		return nil
	}
	return l.device.Load()
}

// refresh reads what has changed in the register. It reports whether anything
// has.
func (d *directory) refresh(ctx context.Context, r Registry, settings settings) (changed bool, err error) {
	defer fault.Wrap(&err, "gateway: directory")
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.loaded {
		points, err := r.Points(ctx, reader)
		if err != nil {
			return false, err
		}
		d.points, d.lives = map[PointID]register.Point{}, map[PointID]*live{}
		for _, p := range points {
			d.points[PointID(p.ID)] = p
			d.rev = max(d.rev, p.Rev)
		}
		d.loaded, changed = true, true
	}
	for {
		entries, next, err := r.Changes(ctx, reader, d.rev, 500)
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			if e.Register != register.PointEntry {
				continue
			}
			changed = true
			if p := register.PointOf(e); p.State == register.Active {
				d.points[PointID(p.ID)] = p
			} else {
				delete(d.points, PointID(p.ID))
			}
		}
		d.rev = next
		if len(entries) < 500 {
			break
		}
	}
	if changed || settings.changed {
		d.publish(settings)
		return true, nil
	}
	return false, nil
}

// publish makes the map that find reads; d.mu is held.
func (d *directory) publish(s settings) {
	m := make(map[string]*Device, len(d.points))
	for id, p := range d.points {
		l := d.lives[id]
		if l == nil {
			l = &live{}
			d.lives[id] = l
		}
		dev := deviceOf(p)
		dev.Policy = s.policies[id]
		dev.live = l
		for _, t := range s.targets {
			if t.Enabled && t.wants(dev) {
				dev.targets = append(dev.targets, t.ID)
			}
		}
		l.device.Store(dev)
		m[dev.MN] = dev
	}
	for id, l := range d.lives {
		if _, ok := d.points[id]; !ok {
			l.device.Store(nil)
		}
	}
	d.now.Store(&m)
}

func deviceOf(p register.Point) *Device {
	dev := &Device{
		Point: PointID(p.ID), MN: p.MN, Name: p.Name, Profile: ProfileOf(p.Profile), ST: p.ST, PW: p.Password,
		ToleratedCRC: p.ToleratedCRC, Division: p.Division, Enterprise: p.Enterprise,
	}
	if dev.ST == "" {
		dev.ST = stOfKind[p.Kind]
	}
	if key, err := hex.DecodeString(p.SM4Key); err == nil && len(key) == hj212.KeySize {
		dev.Key = key
	}
	return dev
}

// stOfKind is the ST of a kind of point (HJ 212-2017 table 5).
var stOfKind = map[string]string{
	"source_air": "31", "source_water": "32", "air": "22", "surface": "21", "noise": "23", "dust": "39",
}

// ProfileOf is the protocol profile by its name in the register.
func ProfileOf(name string) hj212.Profile {
	if name == "surface" {
		return hj212.SurfaceWater
	}
	p, _ := hj212.ParseProfile(name)
	return p
}

// live is what is known of a device from its frames. It outlives the Device.
type live struct {
	device atomic.Pointer[Device]
	flight atomic.Pointer[flight] // the exchange under way

	mu       sync.Mutex
	conn     *conn // the last connection it was heard on; nil when that is closed
	lastAt   time.Time
	remote   netip.AddrPort
	profile  hj212.Profile
	st       [2]byte
	frames   int64
	skews    [skewSamples]int64 // ms, a ring
	skewN    int
	written  time.Time // when seen.go last wrote it down
	ring     []Seen
	ringNext int

	commit uint64 // number of the last commit it was in; the committer's alone
}

// skewSamples is how many packets the median clock skew is taken of.
const skewSamples = 31

// A Seen is a frame as it came.
type Seen struct {
	At  time.Time
	Raw []byte
}

// heard notes an accepted frame.
func (l *live) heard(c *conn, w *worker, at time.Time, raw []byte, ring int, isLive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastAt = at
	l.frames++
	if c != nil {
		if l.conn != c {
			l.conn = c
			c.carries(l)
		}
		l.remote = c.remote
	}
	l.profile = w.m.Profile()
	if len(w.m.ST) == 2 && string(w.m.ST) != "91" {
		copy(l.st[:], w.m.ST)
	}
	if ms, ok := w.m.Sent(); ok && isLive {
		l.skews[l.skewN%skewSamples] = ms - at.UnixMilli()
		l.skewN++
	}
	if ring == 0 {
		return
	}
	if len(l.ring) < ring {
		l.ring = append(l.ring, Seen{at, append([]byte(nil), raw...)})
		return
	}
	slot := &l.ring[l.ringNext%ring]
	slot.At, slot.Raw = at, append(slot.Raw[:0], raw...)
	l.ringNext++
}

// left forgets c as the way to the device.
func (l *live) left(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == c {
		l.conn = nil
		l.written = time.Time{}
	}
}

// reach returns the connection of the device, nil when it is not connected here.
func (l *live) reach() *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// skew returns the median of QN against arrival; ok is false before the third
// live packet. Positive: the device is ahead.
func (l *live) skew() (_ time.Duration, ok bool) {
	l.mu.Lock()
	n := min(l.skewN, skewSamples)
	all := l.skews
	l.mu.Unlock()
	if n < 3 {
		return 0, false
	}
	return time.Duration(median(all[:n])) * time.Millisecond, true
}
