package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airPetal is a direction of the wind as the picture and the table show it.
type airPetal struct {
	Name, Mean, Share string
	Hours, Wind       int
	Class             string // step of colour
	Path              string // of the petal, in the picture
	LabelX, LabelY    string
	Labelled          bool
}

type airRing struct{ R, Y, Text string }

type airRoseView struct {
	shell
	Stations        []option
	Station         int64
	StationName     string
	Items           []option
	ItemName, Unit  string
	From, To        string
	Measured        bool
	Hours, Missing  int
	Petals          []airPetal
	Calm, NoWind    airPetal
	Rings           []airRing
	Steps           []airHeatCell
	CalmBelow, Says string
	Problem         string
}

// Geometry of the picture, in its own units.
const (
	roseCentre = 170.0
	roseRadius = 125.0
)

// airRose shows a pollutant by the direction of the wind.
func (s *Server) airRose(w http.ResponseWriter, r *request) error {
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	v := airRoseView{shell: s.shell(r, "污染玫瑰图", "/air/rose", link{"今日空气", "/air"}), CalmBelow: s.cfg.Air.Settings().Calm.String()}
	id := r.int("station")
	if id == 0 && len(stations) > 0 {
		id = stations[0].ID
	}
	for _, st := range stations {
		v.Stations = append(v.Stations, option{strconv.FormatInt(st.ID, 10), st.Name, st.ID == id})
		if st.ID == id {
			v.Station, v.StationName = id, st.Name
		}
	}
	p, items := airItems(r.text("item"))
	v.Items, v.ItemName, v.Unit = items, p.String(), string(p.Unit())
	today := clock.Day(r.Now.In(clock.Shanghai))
	from, to := r.date("from"), r.date("to")
	if to.IsZero() {
		to = today.AddDate(0, 0, -1)
	}
	if from.IsZero() {
		from = to.AddDate(-1, 0, 1)
	}
	v.From, v.To = string(dayOn(from)), string(dayOn(to))
	if id == 0 {
		return s.render(w, r, "air_rose", v)
	}
	rose, err := s.cfg.Air.Rose(r.Context(), r.Caller, id, p, dayOn(from), dayOn(to))
	if v.Problem, err = invalidText(err); err != nil {
		return err
	}
	v.draw(&rose)
	return s.render(w, r, "air_rose", v)
}

// airItems returns the pollutant that a form names, by default PM2.5, and the
// list.
func airItems(name string) (p aqi.Pollutant, all []option) {
	p, ok := aqi.ParsePollutant(name)
	if !ok || !p.Indexed() {
		p = aqi.PM25
	}
	for q := range aqi.Pollutant(aqi.Six) {
		all = append(all, option{q.String(), q.String() + " " + q.Name(), p == q})
	}
	return p, all
}

// draw lays the rose out. Lengths are for the eye alone; the table has the
// figures.
func (v *airRoseView) draw(rose *air.Rose) {
	v.Measured, v.Hours, v.Missing = rose.Measured, rose.Hours, rose.Missing
	var means []standard.Exact
	blown := rose.Calm.Wind
	for i := range rose.Petals {
		means = append(means, rose.Petals[i].Mean)
		blown += rose.Petals[i].Wind
	}
	scale := heatScale(means)
	_, top := scale.low, scale.high
	v.Steps = scale.steps(rose.Pollutant)
	for i := range rose.Petals {
		petal := petalOf(air.SectorName(i), &rose.Petals[i], blown, rose.Pollutant, scale)
		if share := ratioOf(rose.Petals[i].Mean, top); share > 0 {
			petal.Path = petalPath(float64(i)*22.5, share*roseRadius)
		}
		x, y := onCircle(float64(i)*22.5, roseRadius+20)
		petal.LabelX, petal.LabelY, petal.Labelled = svgNumber(x), svgNumber(y+5), i%2 == 0
		v.Petals = append(v.Petals, petal)
	}
	v.Calm = petalOf("静风", &rose.Calm, blown, rose.Pollutant, scale)
	v.NoWind = petalOf("风未测得", &rose.NoWind, 0, rose.Pollutant, scale)
	v.NoWind.Share = "—"
	if top.IsSet() {
		for n := 1; n <= 4; n++ {
			r := roseRadius * float64(n) / 4
			v.Rings = append(v.Rings, airRing{svgNumber(r), svgNumber(roseCentre - r + 4), concentration(rose.Pollutant, top.Mul(standard.Int(int64(n))).Quo(standard.Int(4)))})
		}
	}
	v.Says = fmt.Sprintf("%s %s 随风向的平均浓度，数值见表", v.StationName, v.ItemName)
}

func petalOf(name string, p *air.Petal, blown int, of aqi.Pollutant, scale heatRange) airPetal {
	out := airPetal{Name: name, Mean: concentration(of, p.Mean), Hours: p.Hours, Wind: p.Wind, Share: "—", Class: scale.class(p.Mean)}
	if blown > 0 {
		out.Share = percentText(standard.Int(int64(p.Wind)).Quo(standard.Int(int64(blown)))) + "%"
	}
	return out
}

// ratioOf is a part of a whole for drawing; 0 where either is not known.
func ratioOf(x, top standard.Exact) float64 {
	if !x.IsSet() || !top.IsSet() || top.Sign() <= 0 {
		return 0
	}
	f, _ := x.Quo(top).Rat().Float64()
	return f
}

// onCircle is a point of the picture in a direction from north, clockwise.
func onCircle(degrees, r float64) (x, y float64) {
	a := degrees * math.Pi / 180
	return roseCentre + r*math.Sin(a), roseCentre - r*math.Cos(a)
}

func petalPath(degrees, r float64) string {
	x1, y1 := onCircle(degrees-9.5, r)
	x2, y2 := onCircle(degrees+9.5, r)
	return fmt.Sprintf("M%s %s L%s %s A%s %s 0 0 1 %s %s Z", svgNumber(roseCentre), svgNumber(roseCentre), svgNumber(x1), svgNumber(y1), svgNumber(r), svgNumber(r), svgNumber(x2), svgNumber(y2))
}

func svgNumber(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
