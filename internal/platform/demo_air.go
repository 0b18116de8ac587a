package platform

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/gateway/instrument"
	"pingzhang/internal/register"
)

// demoAirDays is how many days of hours the air stations of the demonstration
// have behind them: the calendar of this year and the same day of the last.
const demoAirDays = 372

type demoAirStation struct {
	Code     string  `yaml:"code"`
	Name     string  `yaml:"name"`
	Division string  `yaml:"division"`
	Level    string  `yaml:"level"`
	Purpose  string  `yaml:"purpose"`
	Assessed string  `yaml:"assessed"`
	Area     string  `yaml:"area_class"`
	Lon      float64 `yaml:"lon"`
	Lat      float64 `yaml:"lat"`
	MN       string  `yaml:"mn"`
	Dirt     string  `yaml:"dirt"`
	EndsHAgo int     `yaml:"ends_h_ago"`
}

// seedAir enters the air stations of the city, each with its logger.
func (p *Platform) seedAir(ctx context.Context, c *demoCity) error {
	for _, st := range c.AirStations {
		data := map[string]any{"level": st.Level, "area_class": "2", "purpose": st.Purpose, "assessed": st.Assessed, "note": "演示数据，站点和编码均为虚构"}
		if st.Area != "" {
			data["area_class"] = st.Area
		}
		if st.MN != "" {
			var factors []register.FactorUnit
			for _, f := range c.Factors["air"] {
				factors = append(factors, register.FactorUnit{Code: f.Code, Unit: f.Unit})
			}
			point, err := p.save(ctx, register.Entry{
				Register: register.PointEntry, Name: st.Name + "数采仪", Division: access.Division(st.Division), Lon: &st.Lon, Lat: &st.Lat,
				Data: map[string]any{
					"kind": "air", "mn": st.MN, "profile": "2017", "st": instrument.Air.ST(), "password": "123456", "factors": factors,
					"rtd_interval_s": "30", "minute_interval_min": "10", "vendor": "示例运维有限公司",
				},
			})
			if err != nil {
				return err
			}
			data["point"] = point
		}
		if _, err := p.save(ctx, register.Entry{
			Register: air.StationRegister, Code: st.Code, Name: st.Name, Division: access.Division(st.Division), Lon: &st.Lon, Lat: &st.Lat, Data: data,
		}); err != nil {
			return err
		}
	}
	p.Air.Forget()
	return nil
}

// airSpecs are the loggers of the air stations.
func airSpecs(c *demoCity) (all []instrument.Spec) {
	for _, st := range c.AirStations {
		if st.MN != "" {
			all = append(all, instrument.Spec{MN: st.MN, PW: "123456", Profile: hj212.P2017, Plant: instrument.Air, Seed: seedOf(st.MN)})
		}
	}
	return all
}

// demoAirPause is how often it is looked whether what was imported is reckoned.
const demoAirPause = 500 * time.Millisecond

// DemoAirHistory imports invented hours of the demonstration's stations over the
// last days, the way in which people import files of the feed: first the days
// that pages show at once, then month by month backwards. Each file waits until
// the one before is reckoned, so that no day is told from half of it. What was
// imported by an earlier run is passed over.
func (p *Platform) DemoAirHistory(ctx context.Context, days int) error {
	c, err := p.demoCity()
	if err != nil || len(c.AirStations) == 0 {
		return err
	}
	by := seeder
	by.Scope = access.Scope{Divisions: []access.Division{p.Places.Code}}
	done, err := p.Air.Imports(ctx, by, 200)
	if err != nil {
		return err
	}
	before := map[string]bool{}
	for _, d := range done {
		before[d.Result.Name] = true
	}
	now := p.clock.Now().In(clock.Shanghai)
	began := time.Now()
	for _, part := range demoAirParts(now, days) {
		if before[part.name] {
			continue
		}
		if _, err := p.Air.Import(ctx, by, part.name, bytes.NewReader(demoAirFile(c.AirStations, part.from, part.to, now))); err != nil {
			return err
		}
		if err := p.airReckoned(ctx); err != nil {
			return err
		}
	}
	slog.Info("the history of the demonstration's air is complete", "took", time.Since(began).Round(time.Second))
	return nil
}

// airReckoned returns when nothing of what was imported waits to be reckoned.
func (p *Platform) airReckoned(ctx context.Context) error {
	for {
		n, err := p.Air.Waiting(ctx, p.clock.Now())
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(demoAirPause):
		}
	}
}

// demoAirPart is one file: hours from from before to.
type demoAirPart struct {
	name     string
	from, to time.Time
}

// demoAirParts cuts the last days into files, in the order in which they are
// wanted.
func demoAirParts(now time.Time, days int) (all []demoAirPart) {
	add := func(from, to time.Time) {
		if from.Before(to) {
			all = append(all, demoAirPart{fmt.Sprintf("示例空气历史（虚构）%s 至 %s.csv", from.Format("2006-01-02"), to.Format("2006-01-02")), from, to})
		}
	}
	today := clock.Day(now)
	first, recent := today.AddDate(0, 0, -days), today.AddDate(0, 0, -2)
	then := today.AddDate(-1, 0, -2)
	add(recent, now.Truncate(time.Hour))
	if then.Before(first) {
		then = first
	}
	later := then.AddDate(0, 0, 4)
	add(then, later)
	for end := recent; end.After(later); {
		start := time.Date(end.Year(), end.Month(), 1, 0, 0, 0, 0, clock.Shanghai)
		if !start.Before(end) {
			start = start.AddDate(0, -1, 0)
		}
		if start.Before(later) {
			start = later
		}
		add(start, end)
		end = start
	}
	add(first, then)
	return all
}

// demoAirFile is a file of the feed with invented hours of stations.
func demoAirFile(stations []demoAirStation, from, to, now time.Time) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"time", "station_code", "station", "so2_1h", "no2_1h", "pm10_1h", "pm25_1h", "co_1h", "o3_1h", "风向（°）", "风速（m/s）"})
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		for _, st := range stations {
			if st.EndsHAgo > 0 && now.Sub(at) < time.Duration(st.EndsHAgo)*time.Hour {
				continue
			}
			if h, ok := inventHour(st, at); ok {
				// The feed names an hour by its end.
				w.Write(append([]string{at.Add(time.Hour).Format("2006-01-02 15:04"), st.Code, st.Name}, h[:]...))
			}
		}
	}
	w.Flush()
	return b.Bytes()
}

// inventHour invents an hour of a station: heating in winter, ozone in summer,
// weather of some days' length, dust in spring, smoke in late autumn, and now and
// then nothing. It depends on the station and the hour alone. ok is false where
// the station was silent.
func inventHour(st demoAirStation, at time.Time) (cells [8]string, ok bool) {
	seed := seedOf(st.Code)
	hour := float64(at.Unix()) / 3600
	if wave(seed^0x51, hour/40) > .93 { // half a day of silence, some times a year
		return cells, false
	}
	dirt, err := strconv.ParseFloat(st.Dirt, 64)
	if err != nil {
		dirt = 1
	}
	day := float64(at.YearDay())
	winter := (1 + math.Cos(2*math.Pi*(day-15)/365)) / 2
	clockHour := float64(at.Hour())
	peak := bump(clockHour, 8, 2) + bump(clockHour, 20, 3)
	noon := bump(clockHour, 15, 4)
	weather := wave(0xA1, hour/70) + .4*wave(seed^0xA2, hour/9) // stagnant above zero
	speed := math.Max(0, 2.6-1.5*weather+1.2*wave(seed^0xB1, hour/6)+.8*noon)
	direction := math.Mod(720+300*winter+150*(1-winter)+110*wave(0xB2, hour/30)+35*wave(seed^0xB3, hour/4), 360)
	stagnant := math.Exp(.75 * weather)
	pm25 := dirt * stagnant * (7 + 17*winter) * (1 + .45*peak*winter)
	coarse := dirt * (9 + 7*wave(seed^0xC1, hour/20)) * (1 + .25*speed/3)
	if d := at.Format("01-02"); d == "04-11" || d == "04-12" || d == "05-06" { // dust
		coarse += 260 * math.Abs(math.Sin(math.Pi*clockHour/24)) * (.7 + .3*wave(0xC2, hour/12))
	}
	if d := at.Format("01-02"); d >= "11-02" && d <= "11-04" { // smoke of stubble
		pm25 += 95 * dirt * (.6 + .4*peak)
	}
	o3 := math.Max(4, (34+30*(1-winter)+78*(1-winter)*noon-14*peak)*(1+.12*wave(seed^0xD1, hour/30)))
	so2 := dirt * stagnant * (4 + 13*winter) * (1 + .5*bump(direction, 225, 40))
	no2 := dirt * stagnant * (9 + 13*winter) * (1 + .5*peak)
	co := dirt * stagnant * (.25 + .4*winter)
	for i, v := range []float64{so2, no2, pm25 + math.Max(2, coarse), pm25, co, o3} {
		decimals := 0
		if i == 4 {
			decimals = 1
		}
		cells[i] = strconv.FormatFloat(v, 'f', decimals, 64)
		if wave(seed^uint64(0xE0+i), hour*.37) > .985 { // an analyser that is being calibrated
			cells[i] = "—"
		}
	}
	cells[6], cells[7] = strconv.FormatFloat(direction, 'f', 0, 64), strconv.FormatFloat(speed, 'f', 1, 64)
	return cells, true
}

// bump is a hill of height 1 about at, of some width.
func bump(x, at, width float64) float64 { return math.Exp(-(x - at) * (x - at) / (2 * width * width)) }

// wave is smooth noise between −1 and 1, with a new value at each whole x.
func wave(seed uint64, x float64) float64 {
	n := math.Floor(x)
	t := x - n
	t = t * t * (3 - 2*t)
	value := func(n float64) float64 {
		h := seed ^ uint64(int64(n))*0x9E3779B97F4A7C15
		h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
		h = (h ^ h>>27) * 0x94D049BB133111EB
		return float64(int64(h^h>>31)) / (1 << 63)
	}
	a, b := value(n), value(n+1)
	return a + (b-a)*t
}
