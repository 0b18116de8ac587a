package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/land"
	"pingzhang/internal/register"
	"pingzhang/internal/sheet"
	"pingzhang/internal/yamlfile"
)

// demoLand is catalog/CITY/demo/land.yaml.
type demoLand struct {
	Sets  map[string]map[string]string `yaml:"sets"` // results by item
	Sites []demoSite                   `yaml:"sites"`
}

type demoSite struct {
	Register string            `yaml:"register"`
	Code     string            `yaml:"code"`
	Name     string            `yaml:"name"`
	Division string            `yaml:"division"`
	Lon      float64           `yaml:"lon"`
	Lat      float64           `yaml:"lat"`
	Data     map[string]string `yaml:"data"`
	Rounds   []demoRound       `yaml:"rounds"`
}

type demoRound struct {
	Batch   string       `yaml:"batch"`
	Stage   string       `yaml:"stage"`
	DaysAgo int          `yaml:"days_ago"`
	Samples []demoSample `yaml:"samples"`
}

type demoSample struct {
	Code   string            `yaml:"code"`
	Spot   string            `yaml:"spot"`
	Depth  string            `yaml:"depth"`
	PH     string            `yaml:"ph"`
	Unit   string            `yaml:"unit"` // mg/kg unless set
	Like   string            `yaml:"like"` // name of a set
	Values map[string]string `yaml:"values"`
}

// landSeeder is who imports the results of the demonstration.
var landSeeder = seeder.Grant("monitor.read", "register.read", "register.edit", "point.edit")

// seedLand enters plots, farmland and wells of the demonstration, and imports
// their results as a laboratory's files would bring them, one file a kind.
func (p *Platform) seedLand(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "platform.seedLand")
	var d demoLand
	if _, err := yamlfile.Read(p.Catalog, p.Options.City+"/demo/land.yaml", &d); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a city may have none
		}
		return err
	}
	rows := map[land.Kind][][]string{}
	for _, site := range d.Sites {
		e := register.Entry{Register: register.Register(site.Register), Code: site.Code, Name: site.Name, Division: access.Division(site.Division), Lon: &site.Lon, Lat: &site.Lat, Data: map[string]any{}}
		for key, text := range site.Data {
			e.Data[key] = text
		}
		if _, err := p.save(ctx, e); err != nil {
			return err
		}
		kind := land.Kind(site.Register)
		rows[kind] = append(rows[kind], d.rows(site, p.clock.Now())...)
	}
	for _, kind := range land.Kinds {
		if len(rows[kind]) == 0 {
			continue
		}
		var file bytes.Buffer
		if err := sheet.WriteXLSX(&file, demoLandTable(kind), sheet.RowsOf(rows[kind])); err != nil {
			return err
		}
		in, err := p.Land.Import(ctx, landSeeder, kind, "示例检测结果（"+kind.Name()+"）.xlsx", &file)
		if err != nil {
			return err
		}
		if in.Wrong > 0 || len(in.Unknown) > 0 {
			return fmt.Errorf("demo results of %s: %d problems, unknown sites %v; the first: %v", kind, in.Wrong, in.Unknown, in.Problems[0])
		}
	}
	return nil
}

// demoLandTable is the long form of a file of results.
func demoLandTable(k land.Kind) sheet.Table {
	site := map[land.Kind]string{land.Plot: "地块编码", land.Farmland: "点位编码", land.Well: "监测井编码"}[k]
	t := sheet.Table{Name: "检测结果"}
	for _, zh := range []string{site, "样品编号", "采样点位", "采样深度", "采样日期", "采样批次", "调查阶段", "pH", "检测项目", "检测结果", "单位", "检测单位", "报告编号"} {
		t.Columns = append(t.Columns, sheet.Column{Zh: zh})
	}
	return t
}

// rows are the rows of a site in the file of its kind.
func (d *demoLand) rows(site demoSite, now time.Time) (rows [][]string) {
	for i, round := range site.Rounds {
		on := now.In(clock.Shanghai).AddDate(0, 0, -round.DaysAgo).Format(time.DateOnly)
		for _, s := range round.Samples {
			values := maps.Clone(d.Sets[s.Like])
			if values == nil {
				values = map[string]string{}
			}
			maps.Copy(values, s.Values)
			unit := s.Unit
			if unit == "" {
				unit = "mg/kg"
			}
			for _, item := range slices.Sorted(maps.Keys(values)) {
				rows = append(rows, []string{site.Code, s.Code, s.Spot, s.Depth, on, round.Batch, round.Stage, s.PH, item, values[item], unit, "示例检测有限公司", fmt.Sprintf("示例-%s-%d", site.Code, i+1)})
			}
		}
	}
	return rows
}
