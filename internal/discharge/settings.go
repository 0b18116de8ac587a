package discharge

import (
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"pingzhang/internal/yamlfile"
	"pingzhang/standard"
)

// Settings are the figures of the bureau by which it judges.
type Settings struct {
	HourGrace   time.Duration  // wait for an hour that has ended
	DayGrace    time.Duration  // wait for a day that has ended
	RejoinHours int            // hours between two exceeding hours of one episode, at most
	ClearHours  int            // hours on end that meet the limit, to clear an episode
	RejoinDays  int            // as RejoinHours, for day means
	ClearDays   int            // as ClearHours, for day means
	WarnPercent standard.Exact // share of the limit from which on a value is near it
	DiffersBy   standard.Exact // share in percent by which a reported converted value may differ
	// OxygenCeiling is the oxygen content in percent above which nothing is
	// converted; none where only 21 stops it.
	OxygenCeiling      standard.Exact
	Offline            time.Duration // silence after which a point is offline
	Missing            time.Duration // silence after which it is a finding; 0 for never
	MissingPlaybook    string        // by which such a finding opens a matter; empty for none
	SuppressionMaxDays int

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

// All returns the settings in the order of the file. None is law: 内部约定，可修改
// belongs beside each.
func (s *Settings) All() []Setting { return s.rows }

// DefaultSettings are those of a file that says nothing.
func DefaultSettings() Settings {
	return Settings{
		HourGrace: 10 * time.Minute, DayGrace: 30 * time.Minute,
		RejoinHours: 3, ClearHours: 2, RejoinDays: 1, ClearDays: 1,
		WarnPercent: standard.Int(90), DiffersBy: standard.Int(5),
		Offline: 2 * time.Hour, Missing: 24 * time.Hour, SuppressionMaxDays: 30,
	}
}

// LoadSettings reads discharge/settings.yaml of the catalog.
//
// The error is fault.Invalid and names file, line and what is allowed.
func LoadSettings(catalog fs.FS) (Settings, error) {
	const name = "discharge/settings.yaml"
	s := DefaultSettings()
	var file struct {
		Settings []Setting `yaml:"settings"`
	}
	at, err := yamlfile.Read(catalog, name, &file)
	if err != nil {
		return s, err
	}
	seen := map[string]bool{}
	for i, row := range file.Settings {
		path := fmt.Sprintf("settings.%d", i)
		if err := at.OneOf(path+".key", row.Key, settingKeys...); err != nil {
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
	s.rows = file.Settings
	return s, nil
}

var settingKeys = []string{
	"hour_grace_minutes", "day_grace_minutes", "rejoin_hours", "clear_hours", "rejoin_days", "clear_days", "warn_percent",
	"converted_differs_percent", "oxygen_ceiling_percent", "offline_minutes", "missing_hours", "missing_playbook", "suppression_max_days",
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
	percent := func(low, high int64, to *standard.Exact) string {
		x, issue := standard.Read(value)
		if issue != "" || x.Cmp(standard.Int(low)) < 0 || x.Cmp(standard.Int(high)) > 0 {
			return fmt.Sprintf("应为%d到%d的数", low, high)
		}
		*to = x
		return ""
	}
	switch key {
	case "hour_grace_minutes":
		return whole(0, 1440, func(n int) { s.HourGrace = time.Duration(n) * time.Minute })
	case "day_grace_minutes":
		return whole(0, 1440, func(n int) { s.DayGrace = time.Duration(n) * time.Minute })
	case "rejoin_hours":
		return whole(0, 48, func(n int) { s.RejoinHours = n })
	case "clear_hours":
		return whole(1, 48, func(n int) { s.ClearHours = n })
	case "rejoin_days":
		return whole(0, 30, func(n int) { s.RejoinDays = n })
	case "clear_days":
		return whole(1, 30, func(n int) { s.ClearDays = n })
	case "warn_percent":
		return percent(1, 100, &s.WarnPercent)
	case "converted_differs_percent":
		return percent(0, 100, &s.DiffersBy)
	case "oxygen_ceiling_percent":
		if value == "" {
			s.OxygenCeiling = standard.Exact{}
			return ""
		}
		return percent(1, 21, &s.OxygenCeiling)
	case "offline_minutes":
		return whole(1, 10080, func(n int) { s.Offline = time.Duration(n) * time.Minute })
	case "missing_hours":
		return whole(0, 8760, func(n int) { s.Missing = time.Duration(n) * time.Hour })
	case "suppression_max_days":
		return whole(1, 366, func(n int) { s.SuppressionMaxDays = n })
	case "missing_playbook":
		s.MissingPlaybook = value
	}
	return ""
}
