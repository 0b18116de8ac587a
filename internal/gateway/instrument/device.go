package instrument

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"pingzhang/hj212"
)

// Spec is what a simulated device is.
type Spec struct {
	MN, PW        string
	Profile       hj212.Profile
	Plant         Plant
	Key           []byte // SM4; encrypts what 2025 has encrypted; nil sends plain
	Seed          uint64
	RtdEvery      time.Duration // 30 s; negative: no realtime data
	MinuteEvery   time.Duration // 10 min; 1 to 30 min
	RefOxygen     float64       // per cent, of flue gas; 6
	Unasked       bool          // wants no answers
	NoQN          bool          // 2005 without QN
	NoCalibration bool
	Episodes      []Episode
	Faults        Faults
}

func (s *Spec) defaults() {
	if s.RtdEvery == 0 {
		s.RtdEvery = 30 * time.Second
	}
	if s.MinuteEvery == 0 {
		s.MinuteEvery = 10 * time.Minute
	}
	if s.RefOxygen == 0 {
		s.RefOxygen = 6
	}
	if s.Plant == "" {
		s.Plant = FlueGas
	}
	if s.Profile == hj212.Auto {
		s.Profile = hj212.P2017
	}
	if s.PW == "" {
		s.PW = "123456"
	}
}

// sampleEvery is the spacing of the samples that means are made of.
const sampleEvery = 30 * time.Second

// Device is a simulated logger without its line. It is safe for concurrent use.
type Device struct {
	Spec Spec

	mu       sync.Mutex
	in       hj212.Instrument
	factors  []Factor
	now      func() time.Time
	offset   time.Duration // of its clock; 1012 sets it to nothing
	settings map[string]string
	random   *rand.Rand
	done     time.Time // uploads that were due until then have been made
	carried  []hj212.CN
	answers  map[hj212.CN]hj212.ExeRtn // how commands end that are not to succeed
}

// New returns the device of a spec whose clock follows now.
func New(spec Spec, now func() time.Time) *Device {
	spec.defaults()
	d := &Device{
		Spec: spec, factors: spec.Plant.Factors(), now: now, offset: spec.Faults.Drift,
		settings: map[string]string{
			"RtdInterval": strconv.Itoa(max(0, int(spec.RtdEvery/time.Second))),
			"MinInterval": strconv.Itoa(int(spec.MinuteEvery / time.Minute)),
		},
		random:  rand.New(rand.NewPCG(spec.Seed, 0x212)),
		answers: map[hj212.CN]hj212.ExeRtn{},
	}
	d.in = hj212.Instrument{
		Device: hj212.Device{Profile: spec.Profile, ST: spec.Plant.ST(), MN: spec.MN, PW: spec.PW},
		Key:    spec.Key, Site: (*site)(d), NoQN: spec.NoQN,
	}
	if spec.Faults.WrongPW {
		d.in.PW = "000000"
	}
	if spec.Faults.UnknownMN {
		d.in.MN = "X" + spec.MN[1:]
	}
	return d
}

// Now is the device's clock.
func (d *Device) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock()
}

func (d *Device) clock() time.Time { return d.now().Add(d.offset).In(hj212.Zone) }

// Fail makes a command end with rtn instead of success.
func (d *Device) Fail(cn hj212.CN, rtn hj212.ExeRtn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[cn] = rtn
}

// Carried returns the commands that the device has carried out.
func (d *Device) Carried() []hj212.CN {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]hj212.CN(nil), d.carried...)
}

// Setting returns what a command has set: RtdInterval, NewPW …
func (d *Device) Setting(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings[name]
}

// period is the length of what a command reports, 0 for an instant.
func (d *Device) period(cn hj212.CN) time.Duration {
	switch cn {
	case hj212.CNMinute:
		return d.Spec.MinuteEvery
	case hj212.CNHour:
		return time.Hour
	case hj212.CNDay:
		return 24 * time.Hour
	}
	return 0
}

// floor is the start of t's period.
func floor(t time.Time, period time.Duration) time.Time {
	const zone = 8 * time.Hour
	return t.Add(zone).Truncate(period).Add(-zone)
}

// Record returns what the device reports for the period that begins at t, or the
// instant t.
func (d *Device) Record(cn hj212.CN, t time.Time) hj212.Record {
	if p := d.period(cn); p > 0 {
		return hj212.Record{At: t, Items: d.means(t, p)}
	}
	return hj212.Record{At: t, Items: d.realtime(t)}
}

func (d *Device) realtime(t time.Time) []string {
	s := &d.Spec
	oxygen := 0.0
	for i := range d.factors {
		if f := &d.factors[i]; f.Code == "a19001" {
			oxygen = round(s.value(i, f, t), f.Decimals)
		}
	}
	mark := "N"
	if s.calibrating(t) {
		mark = "C"
	}
	items := make([]string, 0, len(d.factors))
	for i := range d.factors {
		f := &d.factors[i]
		v := round(s.value(i, f, t), f.Decimals)
		fields := []string{"Rtd", text(v, f.Decimals)}
		if f.Zs {
			fields = append(fields, "ZsRtd", text(s.converted(v, oxygen), f.Decimals))
		}
		items = append(items, hj212.Item(s.code(f.Code), append(fields, "Flag", mark)...))
	}
	return items
}

// sums are the statistics of a period, factor by factor.
type sums struct {
	v, zs, flow []stat
	bad, all    int
}

func (d *Device) gather(t time.Time, period time.Duration) sums {
	s := &d.Spec
	out := sums{v: make([]stat, len(d.factors)), zs: make([]stat, len(d.factors))}
	now := make([]float64, len(d.factors))
	for at := t; at.Before(t.Add(period)); at = at.Add(sampleEvery) {
		oxygen, flow := 0.0, 0.0
		for i := range d.factors {
			f := &d.factors[i]
			now[i] = round(s.value(i, f, at), f.Decimals)
			switch {
			case f.Code == "a19001":
				oxygen = now[i]
			case f.Flow:
				flow = now[i]
			}
		}
		out.all++
		if s.calibrating(at) {
			out.bad++
		}
		seconds := sampleEvery.Seconds()
		for i := range d.factors {
			f := &d.factors[i]
			out.v[i].add(now[i])
			if f.Zs {
				out.zs[i].add(s.converted(now[i], oxygen))
			}
			litres := 1.0
			if f.PerLitre {
				litres = 1e-3 // L to m3
			}
			switch {
			case f.Flow:
				out.v[i].cou += now[i] * seconds * litres
			case f.Mass && f.PerLitre:
				out.v[i].cou += now[i] * flow * seconds * 1e-6 // mg/L × L/s to kg
			case f.Mass:
				out.v[i].cou += now[i] * flow * seconds * 1e-6 // mg/m3 × m3/s to kg
			}
		}
	}
	return out
}

// means are the items of a period. The mark is N when three quarters of it are
// normal (HJ 212-2017 C.17; for water any abnormal part would do, C.16).
func (d *Device) means(t time.Time, period time.Duration) []string {
	s := &d.Spec
	all := d.gather(t, period)
	mark := "N"
	if s.Plant == WasteWater && all.bad > 0 || 4*all.bad > all.all {
		mark = "C"
		if all.bad < all.all && period > s.MinuteEvery {
			mark = "D"
		}
	}
	items := make([]string, 0, len(d.factors))
	for i := range d.factors {
		f, v := &d.factors[i], &all.v[i]
		var fields []string
		if f.Flow || f.Mass {
			fields = append(fields, "Cou", text(v.cou, 4))
		}
		fields = append(fields, "Min", text(v.min, f.Decimals), "Avg", text(v.mean(), f.Decimals), "Max", text(v.max, f.Decimals))
		if f.Zs {
			z := &all.zs[i]
			fields = append(fields, "ZsMin", text(z.min, f.Decimals), "ZsAvg", text(z.mean(), f.Decimals), "ZsMax", text(z.max, f.Decimals))
		}
		items = append(items, hj212.Item(s.code(f.Code), append(fields, "Flag", mark)...))
	}
	return items
}

// site is the device as hj212.Instrument asks it; Device.mu is held.
type site Device

func (s *site) Now() time.Time { return (*Device)(s).clock() }

// maxRecords bounds the answer to one request.
const maxRecords = 2000

func (s *site) Records(cn hj212.CN, begin, end time.Time, _ *hj212.Message) []hj212.Record {
	d := (*Device)(s)
	now := d.clock()
	if begin.IsZero() {
		switch cn {
		case hj212.CNRealtime:
			return []hj212.Record{d.Record(cn, now.Truncate(time.Second))}
		case 3020:
			return []hj212.Record{{At: now, Items: []string{"i12001-Info=0"}}}
		case 3019:
			return []hj212.Record{{At: now, Items: []string{d.factors[0].Code + "-SN=" + fmt.Sprintf("%024X", d.Spec.Seed)}}}
		case 2021:
			return []hj212.Record{{At: now, Items: []string{"SB1-RS=1"}}}
		}
		return nil
	}
	p := d.period(cn)
	if p == 0 {
		return nil
	}
	var all []hj212.Record
	for t := floor(begin.Add(p-time.Second), p); !t.After(end) && len(all) < maxRecords; t = t.Add(p) {
		if t.Add(p).After(now) {
			break
		}
		all = append(all, d.Record(cn, t))
	}
	return all
}

func (s *site) Setting(cn hj212.CN, _ *hj212.Message) []string {
	switch cn {
	case 1061:
		return []string{"RtdInterval=" + s.settings["RtdInterval"]}
	case 1063:
		return []string{"MinInterval=" + s.settings["MinInterval"]}
	case 3018:
		return []string{"Stime=60"}
	}
	return nil
}

func (s *site) Carry(cn hj212.CN, m *hj212.Message) hj212.ExeRtn {
	if rtn, ok := s.answers[cn]; ok {
		return rtn
	}
	s.carried = append(s.carried, cn)
	for i := range m.Params() {
		name, value := m.ParamAt(i)
		s.settings[string(name)] = string(value)
	}
	switch cn {
	case 1012, 1015:
		v, _ := m.Param("SystemTime")
		if t, ok := hj212.ParseTime(v); ok {
			s.offset = t.Sub(s.now())
		}
	case 1072:
		v, ok := m.Param("NewPW")
		if !ok {
			v, _ = m.Param("PW")
		}
		s.in.PW = string(v)
	}
	return hj212.ExeDone
}
