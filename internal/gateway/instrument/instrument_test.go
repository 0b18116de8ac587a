package instrument_test

import (
	"bytes"
	"math"
	"strconv"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/gateway/instrument"
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, hj212.Zone)

func fixed(t time.Time) func() time.Time { return func() time.Time { return t } }

// message is the first frame of packets, parsed.
func message(t *testing.T, p instrument.Packet) *hj212.Message {
	t.Helper()
	var f hj212.Framer
	f.Push(p.Bytes)
	frame, ok := f.Next()
	if !ok || frame.Err != nil {
		t.Fatalf("no good frame in %q", p.Bytes)
	}
	m := new(hj212.Message)
	if err := m.Parse(frame.Data); err != nil {
		t.Fatal(err)
	}
	return m
}

func number(t *testing.T, m *hj212.Message, code, field string) float64 {
	t.Helper()
	f, ok := m.Find(code)
	if !ok {
		t.Fatalf("no factor %s", code)
	}
	v, ok := f.Value(field)
	if !ok {
		t.Fatalf("%s has no %s", code, field)
	}
	n, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryPlantAndProfile(t *testing.T) {
	for _, spec := range instrument.Mixed(12, "SHILI", 1) {
		t.Run(string(spec.Plant)+" "+spec.Profile.String(), func(t *testing.T) {
			d := instrument.New(spec, fixed(noon))
			all := d.History(noon.Add(-25*time.Hour), noon, hj212.CNRealtime, hj212.CNMinute, hj212.CNHour, hj212.CNDay)
			kinds := map[hj212.CN]int{}
			for _, p := range all {
				m := message(t, p)
				if m.CN != p.CN || string(m.MN) != spec.MN || m.Profile() != spec.Profile && spec.Profile != hj212.P2005 {
					t.Fatalf("%s is not of %s", p.Bytes, spec.MN)
				}
				if len(p.Bytes) > 1024+14 {
					t.Errorf("a packet of %d bytes", len(p.Bytes))
				}
				if at, ok := m.DataTime(); !ok || at != p.At.UnixMilli() {
					t.Errorf("DataTime of %s", p.Bytes)
				}
				if spec.Profile == hj212.P2025 != m.BackFill {
					t.Errorf("RF of %s", p.Bytes)
				}
				if m.PNO <= 1 {
					kinds[p.CN]++
				}
			}
			if kinds[hj212.CNRealtime] != 25*120 || kinds[hj212.CNMinute] != 25*6 || kinds[hj212.CNHour] != 25 || kinds[hj212.CNDay] != 1 {
				t.Errorf("packets of 25 hours: %v", kinds)
			}
		})
	}
}

func TestDeterministic(t *testing.T) {
	spec := instrument.Spec{MN: "SHILI000000001", Seed: 7}
	a := instrument.New(spec, fixed(noon)).History(noon.Add(-time.Hour), noon)
	b := instrument.New(spec, fixed(noon.Add(time.Hour))).History(noon.Add(-time.Hour), noon)
	for i := range a {
		if !bytes.Equal(a[i].Bytes[23:], b[i].Bytes[23:]) && string(message(t, a[i]).CP) != string(message(t, b[i]).CP) {
			t.Errorf("the same period twice:\n%s\n%s", a[i].Bytes, b[i].Bytes)
		}
	}
	spec.Seed = 8
	c := instrument.New(spec, fixed(noon)).History(noon.Add(-time.Hour), noon)
	if string(message(t, a[0]).CP) == string(message(t, c[0]).CP) {
		t.Error("two seeds give one value")
	}
}

func TestMeansAgree(t *testing.T) {
	d := instrument.New(instrument.Spec{MN: "SHILI000000001", Seed: 3, NoCalibration: true}, fixed(noon))
	hour := noon.Add(-time.Hour)
	var sum, zs, cou float64
	n := 0
	for at := hour; at.Before(noon); at = at.Add(30 * time.Second) {
		p := d.History(at.Add(-time.Second), at, hj212.CNRealtime)
		m := message(t, p[0])
		v := number(t, m, "a21026", "Rtd")
		sum += v
		z := number(t, m, "a21026", "ZsRtd")
		zs += z
		// Conversion to 6 % oxygen: ρ × (21 − 6) / (21 − O2) (GB 13223-2011 5.2 form).
		if want := v * 15 / (21 - number(t, m, "a19001", "Rtd")); math.Abs(z-want) > .006 {
			t.Fatalf("ZsRtd = %v, want %v", z, want)
		}
		cou += v * number(t, m, "a00000", "Rtd") * 30 / 1e6
		n++
	}
	m := message(t, d.History(noon.Add(-time.Minute), noon, hj212.CNHour)[0])
	if got := number(t, m, "a21026", "Avg"); math.Abs(got-sum/float64(n)) > .006 {
		t.Errorf("hour mean %v of samples whose mean is %v", got, sum/float64(n))
	}
	if got := number(t, m, "a21026", "ZsAvg"); math.Abs(got-zs/float64(n)) > .01 {
		t.Errorf("converted hour mean %v of samples whose mean is %v", got, zs/float64(n))
	}
	if got := number(t, m, "a21026", "Cou"); math.Abs(got-cou) > .001 {
		t.Errorf("emission %v kg; the samples give %v", got, cou)
	}
}

func TestEpisode(t *testing.T) {
	calm := instrument.Spec{MN: "SHILI000000001", Plant: instrument.WasteWater, Seed: 3, NoCalibration: true}
	wild := calm
	wild.Episodes = []instrument.Episode{{Factor: "w01018", From: noon.Add(-3 * time.Hour), Hours: 2, Multiple: 3}}
	hours := func(s instrument.Spec) (all []float64) {
		for _, p := range instrument.New(s, fixed(noon)).History(noon.Add(-5*time.Hour), noon, hj212.CNHour) {
			all = append(all, number(t, message(t, p), "w01018", "Avg"))
		}
		return all
	}
	a, b := hours(calm), hours(wild)
	for i := range a {
		ratio := b[i] / a[i]
		inside := i == 2 || i == 3 // 09:00 and 10:00
		if inside && (ratio < 2.7 || ratio > 3.05) || !inside && ratio != 1 {
			t.Errorf("hour %d: %v times the calm value", i, ratio)
		}
	}
}

func TestDue(t *testing.T) {
	now := noon
	d := instrument.New(instrument.Spec{MN: "SHILI000000001", Seed: 3}, func() time.Time { return now })
	d.Due()
	now = now.Add(59 * time.Minute)
	count := func(cn hj212.CN) (n int) {
		for _, p := range d.Due() {
			if p.CN == cn {
				n++
			}
		}
		return n
	}
	if n := count(hj212.CNRealtime); n != 118 {
		t.Errorf("%d realtime packets in 59 minutes", n)
	}
	now = now.Add(time.Minute)
	if n := count(hj212.CNHour); n != 1 {
		t.Errorf("%d hour packets at the hour", n)
	}
	now = now.Add(-time.Minute)
	if all := d.Due(); len(all) != 0 {
		t.Errorf("a clock that was set back sends %d packets again", len(all))
	}
}
