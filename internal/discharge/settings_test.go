package discharge

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/testkit"
	"pingzhang/standard"
)

func TestLoadSettings(t *testing.T) {
	s, err := LoadSettings(os.DirFS(filepath.Join(testkit.Root(t), "catalog")))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.All()) != len(settingKeys) {
		t.Errorf("the built-in file has %d settings of %d", len(s.All()), len(settingKeys))
	}
	s.rows = nil
	if !reflect.DeepEqual(s, DefaultSettings()) {
		t.Errorf("the built-in file says %+v, the defaults are %+v", s, DefaultSettings())
	}
	for _, tt := range []struct{ name, yaml, want string }{
		{"a key that is not there is named with those that are", "settings:\n  - {key: rejoin_hour, value: '3'}\n", "settings.yaml:2: key 不能是“rejoin_hour”，可用：hour_grace_minutes"},
		{"a value out of range is told the range", "settings:\n  - key: clear_hours\n    value: '0'\n", "settings.yaml:3: clear_hours 的 value 应为1到48的整数，不能是“0”"},
		{"a share is a number", "settings:\n  - key: warn_percent\n    value: many\n", "settings.yaml:3: warn_percent 的 value 应为1到100的数"},
		{"a key stands once", "settings:\n  - {key: clear_hours, value: '2'}\n  - {key: clear_hours, value: '3'}\n", "settings.yaml:3: clear_hours 写了两次"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := LoadSettings(fstest.MapFS{"discharge/settings.yaml": {Data: []byte(tt.yaml)}})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	s, err = LoadSettings(fstest.MapFS{"discharge/settings.yaml": {Data: []byte("settings:\n  - {key: missing_hours, value: '0'}\n  - {key: warn_percent, value: '85.5'}\n")}})
	if err != nil || s.Missing != 0 || s.WarnPercent.String() != "85.5" || s.RejoinHours != 3 {
		t.Errorf("what the file leaves out has its default: %+v, %v", s, err)
	}
}

func TestStateOf(t *testing.T) {
	now := time.Date(2026, 11, 24, 13, 20, 0, 0, clock.Shanghai)
	v := func(verdict standard.Verdict, issue standard.Issue, near bool) Verdict {
		return Verdict{Verdict: verdict, Issue: issue, Near: near, At: noon}
	}
	meets, warns, exceeds := v(standard.Meets, "", false), v(standard.Meets, "", true), v(standard.Exceeds, "", false)
	unknown := v(standard.Unknown, standard.NoOxygen, false)
	for _, tt := range []struct {
		name     string
		received int64
		verdicts []Verdict
		limits   bool
		want     State
		reason   string
	}{
		{"a point that never reported is offline", 0, nil, true, StateOffline, "从未收到数据"},
		{"silent for the whole time of the setting is not yet offline", now.Unix() - 7200, []Verdict{meets}, true, StateMeets, ""},
		{"a second longer is, whatever was judged", now.Unix() - 7201, []Verdict{meets}, true, StateOffline, "自 2026-11-24 11:19 起没有收到数据"},
		{"without limits nothing is met", now.Unix(), nil, false, StateUnknown, "排放口没有在有效期内的限值"},
		{"not judged is not met", now.Unix(), nil, true, StateUnknown, "12:00 时段尚未判定"},
		{"all factors meet", now.Unix(), []Verdict{meets, meets}, true, StateMeets, ""},
		{"one near its limit warns", now.Unix(), []Verdict{meets, warns}, true, StateWarn, ""},
		{"one unknown among others that meet is unknown", now.Unix(), []Verdict{warns, unknown, meets}, true, StateUnknown, "没有含氧量，不能折算"},
		{"one exceeding among unknown exceeds", now.Unix(), []Verdict{unknown, exceeds}, true, StateExceeds, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, reason := stateOf(tt.received, noon, tt.verdicts, tt.limits, now, DefaultSettings())
			if got != tt.want || reason != tt.reason {
				t.Errorf("got %s %q, want %s %q", got, reason, tt.want, tt.reason)
			}
		})
	}
	for _, tt := range []struct{ at, want string }{
		{"13:14", "11:00"}, // the hour of noon has 10 minutes of grace and 5 to be judged in
		{"13:15", "12:00"},
	} {
		at, _ := time.ParseInLocation("2006-01-02 15:04", "2026-11-24 "+tt.at, clock.Shanghai)
		if got := clock.Unix(lastComplete(at, DefaultSettings())).Format("15:04"); got != tt.want {
			t.Errorf("at %s the last complete hour is %s, want %s", tt.at, got, tt.want)
		}
	}
}

func TestMarkingText(t *testing.T) {
	s := &Store{}
	f := Facts{MarkingDeadlineAt: s.markingDeadline(noon)}
	deadline := time.Date(2026, 11, 25, 12, 0, 0, 0, clock.Shanghai)
	if got := f.MarkingText(deadline.Add(-time.Second)); got != "数据标记时限为 11月25日12时，尚未届满" {
		t.Error(got)
	}
	if got := f.MarkingText(deadline); got != "数据标记时限（11月25日12时）已过，未标记的视为对数据有效性无异议（待核实）" {
		t.Error(got)
	}
}
