package warning

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/yamlfile"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Settings are the figures by which the duty works: none is statute, and each
// says where it comes from.
type Settings struct {
	AnswerWithin time.Duration // for a firm to answer a notice
	HourGrace    time.Duration // wait for an hour that has ended
	Recheck      time.Duration // how long an hour is checked again, for late data and marks
	LookBack     int           // measured days before today that a proposal takes in
	Lead         time.Duration // between publication and start, in principle
	HighEnd      bool          // a forecast range counts with its upper end, else its lower
	Grades       []string      // of performance (绩效等级)
	Share        map[aqi.WarningLevel]standard.Exact

	rows []Setting
}

// Setting is one figure as pages show it.
type Setting struct {
	Key   string `yaml:"key"`
	Label string `yaml:"label"`
	Value string `yaml:"value"`
	Unit  string `yaml:"unit"`
	// Confidence is agreed for what the bureau has agreed on (内部约定), memory or
	// source-secondary for what is said to stand in a document (待核实).
	Confidence string `yaml:"confidence"`
	Note       string `yaml:"note"`
}

// Mark is what stands beside the figure: 内部约定，可修改 or 待核实.
func (r Setting) Mark() string {
	if r.Confidence == "agreed" {
		return "内部约定，可修改"
	}
	return "待核实"
}

const settingsFile = "warning/settings.yaml"

// All returns the settings in the order of the file.
func (s *Settings) All() []Setting { return s.rows }

// Row returns the setting of a key.
func (s *Settings) Row(key string) Setting {
	for _, r := range s.rows {
		if r.Key == key {
			return r
		}
	}
	return Setting{Key: key}
}

// LoadSettings reads warning/settings.yaml of the catalog.
//
// The error is fault.Invalid and names file, line and what is allowed.
func LoadSettings(catalog fs.FS) (Settings, error) {
	s := Settings{Share: map[aqi.WarningLevel]standard.Exact{}}
	var file struct {
		Settings []Setting `yaml:"settings"`
	}
	at, err := yamlfile.Read(catalog, settingsFile, &file)
	if err != nil {
		return s, err
	}
	seen := map[string]bool{}
	for i, row := range file.Settings {
		path := fmt.Sprintf("settings.%d", i)
		if err := at.OneOf(path+".key", row.Key, settingKeys...); err != nil {
			return s, err
		}
		if err := at.OneOf(path+".confidence", row.Confidence, "agreed", "memory", "source-secondary", "source"); err != nil {
			return s, err
		}
		if seen[row.Key] {
			return s, at.Errorf(path, "%s 写了两次", row.Key)
		}
		seen[row.Key] = true
		if wrong := s.set(row.Key, row.Value); wrong != "" {
			return s, at.Errorf(path+".value", "%s 的 value %s，不能是“%s”", row.Key, wrong, row.Value)
		}
	}
	for _, key := range settingKeys {
		if !seen[key] {
			return s, at.Errorf("settings", "缺少 %s", key)
		}
	}
	s.rows = file.Settings
	return s, nil
}

var settingKeys = []string{
	"answer_hours", "hour_grace_minutes", "recheck_hours", "look_back_days", "lead_hours", "forecast_range", "grades",
	"reduction_yellow_percent", "reduction_orange_percent", "reduction_red_percent",
}

// set takes over one figure, or says what is allowed.
func (s *Settings) set(key, value string) (wrong string) {
	whole := func(low, high int, set func(n int)) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < low || n > high {
			return fmt.Sprintf("应为%d到%d的整数", low, high)
		}
		set(n)
		return ""
	}
	share := func(level aqi.WarningLevel) string {
		x, issue := standard.Read(value)
		if issue != "" || x.Sign() <= 0 || x.Cmp(standard.Int(100)) > 0 {
			return "应为大于0、不大于100的数"
		}
		s.Share[level] = x
		return ""
	}
	switch key {
	case "answer_hours":
		return whole(1, 72, func(n int) { s.AnswerWithin = time.Duration(n) * time.Hour })
	case "hour_grace_minutes":
		return whole(0, 1440, func(n int) { s.HourGrace = time.Duration(n) * time.Minute })
	case "recheck_hours":
		return whole(1, 168, func(n int) { s.Recheck = time.Duration(n) * time.Hour })
	case "look_back_days":
		return whole(0, 10, func(n int) { s.LookBack = n })
	case "lead_hours":
		return whole(0, 72, func(n int) { s.Lead = time.Duration(n) * time.Hour })
	case "forecast_range":
		if value != "high" && value != "low" {
			return "应为 high 或 low"
		}
		s.HighEnd = value == "high"
	case "grades":
		s.Grades = strings.Fields(value)
		if len(s.Grades) == 0 || slices.Contains(s.Grades, "") {
			return "应为以空格分隔的等级"
		}
	case "reduction_yellow_percent":
		return share(aqi.Yellow)
	case "reduction_orange_percent":
		return share(aqi.Orange)
	case "reduction_red_percent":
		return share(aqi.Red)
	}
	return ""
}
