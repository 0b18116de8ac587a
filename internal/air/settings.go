package air

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/yamlfile"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

//go:embed settings.yaml
var defaults embed.FS

// settingsFile is where a bureau's catalog has the settings.
const settingsFile = "air/settings.yaml"

// Settings are the figures of the bureau by which the duty works.
type Settings struct {
	HourGrace time.Duration // wait for an hour of a device that has ended
	DayGrace  time.Duration // wait for a day that has ended
	// FeedNamesEnd says that the national feed names an hour by its end: 16:00
	// is the mean from 15:00 to 16:00. Nothing at hand says it in writing.
	FeedNamesEnd bool
	Offline      time.Duration // age of the latest hour from which on a station is offline
	// Ceilings are the concentrations above which an imported cell is not
	// believed: µg/m³, and mg/m³ for CO; none checks nothing.
	Ceiling, CeilingCO standard.Exact
	Calm               standard.Exact // m/s: a wind below it has no direction
	Targets            []Target

	rows []Setting
}

// Setting is one figure as the page of settings shows it.
type Setting struct {
	Key   string `yaml:"key"`
	Label string `yaml:"label"`
	Value string `yaml:"value"`
	Unit  string `yaml:"unit"`
	Note  string `yaml:"note"`
}

// Target is how many good days a division is to reach in a year, by a document.
type Target struct {
	Year     int             `yaml:"year"`
	Division access.Division `yaml:"division"`
	Days     string          `yaml:"days"`    // good days, or
	Percent  string          `yaml:"percent"` // of the valid days
	Source   string          `yaml:"source"`  // the document
	Verified bool            `yaml:"verified"`
}

// All returns the settings in the order of the file. None is law: 内部约定，可修改
// belongs beside each.
func (s *Settings) All() []Setting { return s.rows }

// Target returns the target of a division in a year, and whether there is one.
func (s *Settings) Target(year int, d access.Division) (Target, bool) {
	for _, t := range s.Targets {
		if t.Year == year && t.Division.Prefix() == d.Prefix() {
			return t, true
		}
	}
	return Target{}, false
}

// ceiling returns the concentration above which a cell is not believed.
func (s *Settings) ceiling(p aqi.Pollutant) standard.Exact {
	if p == aqi.CO {
		return s.CeilingCO
	}
	return s.Ceiling
}

// LoadSettings reads air/settings.yaml of the catalog; where the catalog has
// none, or leaves out a key, that of this package holds.
//
// The error is fault.Invalid and names file, line and what is allowed.
func LoadSettings(catalog fs.FS) (Settings, error) {
	s := Settings{}
	if err := s.load(defaults, "settings.yaml"); err != nil {
		return s, err
	}
	if _, err := fs.Stat(catalog, settingsFile); errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	return s, s.load(catalog, settingsFile)
}

// load takes over the figures of one file.
func (s *Settings) load(catalog fs.FS, name string) error {
	var file struct {
		Settings []Setting `yaml:"settings"`
		Targets  []Target  `yaml:"targets"`
	}
	at, err := yamlfile.Read(catalog, name, &file)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, row := range file.Settings {
		path := fmt.Sprintf("settings.%d", i)
		if err := at.OneOf(path+".key", row.Key, settingKeys...); err != nil {
			return err
		}
		if seen[row.Key] {
			return at.Errorf(path, "%s 写了两次", row.Key)
		}
		seen[row.Key] = true
		if wrong := s.set(row.Key, row.Value); wrong != "" {
			return at.Errorf(path+".value", "%s 的 value %s，不能是“%s”", row.Key, wrong, row.Value)
		}
		s.put(row)
	}
	for i, t := range file.Targets {
		if wrong := t.wrong(); wrong != "" {
			return at.Errorf(fmt.Sprintf("targets.%d", i), "优良天数目标%s", wrong)
		}
	}
	s.Targets = file.Targets
	return nil
}

// put replaces the row of a key, or adds it.
func (s *Settings) put(row Setting) {
	for i := range s.rows {
		if s.rows[i].Key == row.Key {
			s.rows[i] = row
			return
		}
	}
	s.rows = append(s.rows, row)
}

// wrong says what is wrong with a target.
func (t Target) wrong() string {
	days, percent := t.number()
	switch {
	case t.Year < 2013 || t.Year > 2100:
		return "的 year 应为年份"
	case t.Division == "":
		return "须有 division"
	case t.Source == "":
		return "须有 source，写明出自哪个文件"
	case (t.Days == "") == (t.Percent == ""):
		return "须有 days 或 percent 之一"
	case t.Days != "" && (days < 1 || days > 366):
		return "的 days 应为1到366的整数"
	case t.Percent != "" && (!percent.IsSet() || percent.Sign() <= 0 || percent.Cmp(standard.Int(100)) > 0):
		return "的 percent 应为大于0、不大于100的数"
	}
	return ""
}

// number returns the days, or the percent, that t asks for.
func (t Target) number() (days int, percent standard.Exact) {
	days, _ = strconv.Atoi(t.Days)
	percent, _ = standard.Read(t.Percent)
	return days, percent
}

var settingKeys = []string{"hour_grace_minutes", "day_grace_minutes", "feed_hour", "offline_minutes", "ceiling_ugm3", "ceiling_co_mgm3", "calm_ms"}

// set takes over one figure, or says what is allowed.
func (s *Settings) set(key, value string) (wrong string) {
	minutes := func(low, high int, to *time.Duration) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < low || n > high {
			return fmt.Sprintf("应为%d到%d的整数", low, high)
		}
		*to = time.Duration(n) * time.Minute
		return ""
	}
	positive := func(to *standard.Exact) string {
		x, issue := standard.Read(value)
		if value != "" && (issue != "" || x.Sign() <= 0) {
			return "应为大于0的数，或不填"
		}
		*to = x
		return ""
	}
	switch key {
	case "hour_grace_minutes":
		return minutes(0, 1440, &s.HourGrace)
	case "day_grace_minutes":
		return minutes(0, 1440, &s.DayGrace)
	case "offline_minutes":
		return minutes(60, 10080, &s.Offline)
	case "feed_hour":
		if value != "end" && value != "start" {
			return "应为 end 或 start"
		}
		s.FeedNamesEnd = value == "end"
	case "ceiling_ugm3":
		return positive(&s.Ceiling)
	case "ceiling_co_mgm3":
		return positive(&s.CeilingCO)
	case "calm_ms":
		if value == "" {
			return "应为大于0的数"
		}
		return positive(&s.Calm)
	}
	return ""
}
