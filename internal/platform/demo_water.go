package platform

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/register"
	"pingzhang/internal/sheet"
	"pingzhang/internal/water"
	"pingzhang/standard"
)

// demoWater is a section or source of the demonstration, which does not exist.
type demoWater struct {
	Code       string     `yaml:"code"`
	Name       string     `yaml:"name"`
	Register   string     `yaml:"register"`
	Division   string     `yaml:"division"`
	Lon        float64    `yaml:"lon"`
	Lat        float64    `yaml:"lat"`
	Water      string     `yaml:"water"`
	River      string     `yaml:"river"`
	Basin      string     `yaml:"basin"`
	Level      string     `yaml:"level"`
	Assessed   string     `yaml:"assessed"`
	Border     string     `yaml:"border"`
	Target     string     `yaml:"target"`
	Use        string     `yaml:"use"`
	Zone       string     `yaml:"zone"`
	Population string     `yaml:"population"`
	Supply     string     `yaml:"supply"`
	Values     string     `yaml:"values"` // key of water_values
	Ice        []int      `yaml:"ice"`    // months under ice
	Dry        []int      `yaml:"dry"`    // months without flow
	Skip       []int      `yaml:"skip"`   // months in which nobody went there
	Peaks      []demoPeak `yaml:"peaks"`
}

type demoPeak struct {
	Item  string `yaml:"item"`
	Month int    `yaml:"month"`
	Times string `yaml:"times"`
}

// demoMonths is how many months of invented results the demonstration has.
const demoMonths = 26

// swing is by what the usual value is multiplied from month to month, so that a
// curve is not a line.
var swing = []string{"0.92", "0.96", "1.04", "1.12", "1.05", "0.98", "1.08", "1.1", "0.97", "0.9", "0.94", "1"}

// seedWater enters sections and sources, and imports a file of invented results of
// the months that are over.
func (p *Platform) seedWater(ctx context.Context, c *demoCity) error {
	for _, w := range c.Waters {
		id, err := p.save(ctx, register.Entry{
			Register: register.Register(w.Register), Code: w.Code, Name: w.Name, Division: access.Division(w.Division), Lon: &w.Lon, Lat: &w.Lat, Data: w.data(),
		})
		if err != nil {
			return err
		}
		if w.Target == "" {
			continue
		}
		if _, err := p.save(ctx, register.Entry{Register: water.TargetRegister, Data: map[string]any{
			"section": id, "class": w.Target, "valid_from": "2021-01-01", "document": "演示数据，虚构的目标",
		}}); err != nil {
			return err
		}
	}
	if len(c.Waters) == 0 {
		return nil
	}
	table, rows := c.waterTable(p.clock.Now())
	var file bytes.Buffer
	if err := sheet.WriteXLSX(&file, table, sheet.RowsOf(rows)); err != nil {
		return err
	}
	in, err := p.Water.Import(ctx, seeder, "示例监测结果（虚构）.xlsx", "", &file)
	if err == nil && in.Wrong > 0 {
		err = fmt.Errorf("demo water: %v", in.Problems)
	}
	return err
}

// data are the fields of the register.
func (w demoWater) data() map[string]any {
	if w.Register == string(water.SourceRegister) {
		return map[string]any{"water": w.Water, "level": w.Level, "use": w.Use, "zone": w.Zone, "population": w.Population, "supply_m3d": w.Supply, "note": "演示数据，水源地为虚构"}
	}
	return map[string]any{
		"level": w.Level, "water": w.Water, "river": w.River, "basin": w.Basin, "assessed": w.Assessed, "border": w.Border, "note": "演示数据，断面为虚构",
	}
}

// waterTable is the file of a laboratory that is not there: a row a sample, a column
// an item.
func (c *demoCity) waterTable(now time.Time) (sheet.Table, [][]string) {
	names := map[string]bool{}
	for _, values := range c.WaterValues {
		for name := range values {
			names[name] = true
		}
	}
	items := slices.Sorted(maps.Keys(names))
	t := sheet.Table{Name: "示例结果", Columns: []sheet.Column{{Zh: "断面编码"}, {Zh: "断面名称"}, {Zh: "采样日期", Kind: sheet.Date}, {Zh: "断面状态"}, {Zh: "备注"}}}
	for _, name := range items {
		t.Columns = append(t.Columns, sheet.Column{Zh: name, Kind: sheet.Number})
	}
	first := clock.Day(now.In(clock.Shanghai))
	first = first.AddDate(0, -demoMonths, 1-first.Day())
	var rows [][]string
	for i := range demoMonths {
		month := first.AddDate(0, i, 0)
		for _, w := range c.Waters {
			rows = append(rows, w.row(month, items, c.WaterValues[w.Values]))
		}
	}
	return t, rows
}

// row is one sample.
func (w demoWater) row(month time.Time, items []string, values map[string]string) []string {
	m := int(month.Month())
	row := []string{w.Code, w.Name, month.AddDate(0, 0, 4).Format(time.DateOnly), "", ""}
	for _, state := range []struct {
		months []int
		text   string
	}{{w.Ice, "冰封期"}, {w.Dry, "断流"}, {w.Skip, "未监测"}} {
		if slices.Contains(state.months, m) {
			row[2], row[3] = month.Format("2006-01"), state.text
			return row
		}
	}
	for _, item := range items {
		row = append(row, w.value(item, values[item], m))
	}
	return row
}

// value is the usual value as the month has it. What lies below the detection limit
// stays there, and pH moves little.
func (w demoWater) value(item, usual string, month int) string {
	x, issue := standard.Read(usual)
	if issue != "" || strings.HasPrefix(item, "pH") {
		return usual
	}
	_, decimals, _ := strings.Cut(usual, ".")
	x = x.Mul(standard.Must(swing[month-1]))
	for _, p := range w.Peaks {
		if p.Month == month && strings.HasPrefix(item, p.Item) {
			x = x.Mul(standard.Must(p.Times))
		}
	}
	return x.Round(len(decimals))
}
