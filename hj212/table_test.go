package hj212

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	at := func(layout, s string) int64 {
		v, err := time.ParseInLocation(layout, s, Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnixMilli()
	}
	second := at("20060102150405", "20160801085857")
	for _, tt := range []struct {
		name string
		text string
		want int64
		ok   bool
	}{
		{"QN, 17 digits", "20160801085857223", second + 223, true},
		{"DataTime, 14 digits", "20160801085857", second, true},
		{"12 digits have no seconds", "201608010858", second - 57_000, true},
		{"16 digits: the first 14 count", "2016080108585799", second, true},
		{"18 digits: milliseconds are the three after 14", "201608010858572239", second + 223, true},
		{"leap day", "20240229000000", at("20060102150405", "20240229000000"), true},
		{"no leap day in 1900", "19000229000000", 0, false},
		{"leap day in 2000", "20000229000000", at("20060102150405", "20000229000000"), true},
		{"30 February", "20240230000000", 0, false},
		{"month 13", "20241301000000", 0, false},
		{"month 0", "20240001000000", 0, false},
		{"day 0", "20240100000000", 0, false},
		{"hour 24", "20240101240000", 0, false},
		{"minute 60", "20240101006000", 0, false},
		{"second 60", "20240101000060", 0, false},
		{"before 1970", "19691231235959", at("20060102150405", "19691231235959"), true},
		{"a letter in the date", "2024O101000000", 0, false},
		{"a letter in the time", "20240101O00000", 0, false},
		{"a letter in the milliseconds", "2024010100000012x", 0, false},
		{"13 digits are none", "2024010100000", 0, false},
		{"nothing", "", 0, false},
		{"too much", "2024010100000000000", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseTime([]byte(tt.text))
			if ok != tt.ok || ok && got.UnixMilli() != tt.want {
				t.Errorf("ParseTime = %v, %v; want %v, %v", got, ok, time.UnixMilli(tt.want).In(Zone), tt.ok)
			}
			if !ok && !got.IsZero() {
				t.Errorf("no time, but %v", got)
			}
		})
	}
}

// Every day of two centuries, against the standard library.
func TestTimesAgreeWithTheCalendar(t *testing.T) {
	for d := time.Date(1900, 1, 1, 23, 59, 58, 0, Zone); d.Year() < 2101; d = d.AddDate(0, 0, 1) {
		text := AppendStamp(nil, d)
		got, ok := ParseTime(text)
		if !ok || !got.Equal(d) {
			t.Fatalf("%s = %v, %v", text, got, ok)
		}
	}
	at := time.Date(2026, 1, 5, 2, 30, 0, 123_999_999, time.UTC)
	if got := string(AppendQN(nil, at)); got != "20260105103000123" {
		t.Errorf("AppendQN = %s", got)
	}
}

func TestMessageTimes(t *testing.T) {
	var m Message
	m.Parse([]byte(segmentA))
	if got := m.SentTime().Format("2006-01-02 15:04:05.000 -0700"); got != "2024-01-23 12:32:05.877 +0800" {
		t.Errorf("QN is %s", got)
	}
	if got := m.DataAt().Format("2006-01-02 15:04:05 -0700"); got != "2024-01-23 12:32:00 +0800" {
		t.Errorf("DataTime is %s", got)
	}
	m.Parse([]byte("ST=32;CN=2011;MN=1;CP=&&&&"))
	if _, ok := m.Sent(); ok || !m.SentTime().IsZero() || !m.DataAt().IsZero() {
		t.Error("times where there are none")
	}
}

// Domain table 1.9, by profile.
func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		name     string
		profile  Profile
		cn       CN
		of       Profile
		down, up Role
		kind     Kind
	}{
		{"realtime", P2017, 2011, P2017, Request, Upload, KindRtd},
		{"minute", P2005, 2051, P2005, Request, Upload, KindMinute},
		{"hour", P2025, 2061, P2025, Request, Upload, KindHour},
		{"day", SurfaceWater, 2031, SurfaceWater, Request, Upload, KindDay},
		{"1001 sets an alarm time in 2005", P2005, 1001, P2005, Request, NoRole, KindControl},
		{"1001 comes from the device in 2025", P2025, 1001, P2025, NoRole, Notification, KindEquip},
		{"1001 is reserved in 2017, so the meaning of 2025 is the nearest", P2017, 1001, P2025, NoRole, Notification, KindEquip},
		{"1014 is the key in 2025", P2025, 1014, P2025, Request, Notification, KindControl},
		{"1014 is the clock of a surface-water station", SurfaceWater, 1014, SurfaceWater, Request, Response, KindEquip},
		{"2072 is a notification of 2005", P2005, 2072, P2005, NoRole, Notification, KindAlarm},
		{"2012 is a notification to the device", P2017, 2012, P2017, Notification, NoRole, KindControl},
		{"2063 belongs to surface water alone", P2017, 2063, SurfaceWater, Request, Upload, KindCheck},
		{"3014 of 2025 is dropped and means what 2017 says", P2025, 3014, P2017, Request, NoRole, KindControl},
		{"9014", P2017, 9014, P2017, Answer, Answer, KindAnswer},
		{"9015", P2025, 9015, P2025, NoRole, Notification, KindHeartbeat},
		{"9021 is private", P2017, 9021, P2017, NoRole, Upload, KindPrivate},
		{"9999 is private", P2005, 9999, P2005, NoRole, Upload, KindPrivate},
		{"3042 controls a surface-water station", SurfaceWater, 3042, SurfaceWater, Request, Response, KindControl},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := Lookup(tt.profile, tt.cn)
			if !ok || c.Profile != tt.of || c.Down != tt.down || c.Up != tt.up || c.Kind != tt.kind {
				t.Errorf("Lookup = %+v, %v", c, ok)
			}
			if c.Zh == "" || c.En == "" || c.CN != tt.cn {
				t.Errorf("no name: %+v", c)
			}
		})
	}
	for _, cn := range []CN{0, -1, 999, 2000, 3042, 8999, 10000, 99999} {
		if c, ok := Lookup(P2017, cn); ok || c.Kind != KindUnknown {
			t.Errorf("%d is known: %+v", cn, c)
		}
	}
}

func TestCommandTableIsSound(t *testing.T) {
	for i, row := range commandRows {
		if i > 0 && row.cn < commandRows[i-1].cn {
			t.Errorf("%d stands after %d; Lookup needs the table in order", row.cn, commandRows[i-1].cn)
		}
		if i > 0 && row.cn == commandRows[i-1].cn && row.in&commandRows[i-1].in != 0 {
			t.Errorf("%d has two meanings in one profile", row.cn)
		}
	}
	for _, p := range Profiles {
		if len(Commands(p)) < 25 {
			t.Errorf("%s has %d commands only", p, len(Commands(p)))
		}
		for _, c := range Commands(p) {
			if got, ok := Lookup(p, c.CN); !ok || got != c {
				t.Errorf("Lookup(%s, %s) = %+v, want %+v", p, c.CN, got, c)
			}
		}
	}
	if CN(12).String() != "0012" || CN(2011).String() != "2011" {
		t.Error("a command is written with four digits")
	}
}

func TestSystems(t *testing.T) {
	for _, tt := range []struct {
		name, st, en string
		ok           bool
	}{
		{"water source", "32", "water source", true},
		{"electricity, of 2025", "44", "electricity use", true},
		{"interaction", "91", "interaction", true},
		{"reserved for quality", "19", "quality, reserved", false},
		{"reserved for sources", "46", "source, reserved", false},
		{"reserved for processes", "69", "process, reserved", false},
		{"letters are for the future", "A0", "future", false},
		{"nothing", "", "unknown", false},
		{"three characters", "321", "unknown", false},
		{"a gap between the ranges", "75", "unknown", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if s, ok := SystemOf(tt.st); s.En != tt.en || ok != tt.ok || s.Zh == "" {
				t.Errorf("SystemOf(%q) = %+v, %v", tt.st, s, ok)
			}
		})
	}
	if len(Systems()) != 22 {
		t.Errorf("%d systems", len(Systems()))
	}
}

func TestMarks(t *testing.T) {
	for _, tt := range []struct {
		name    string
		profile Profile
		st, c   string
		known   bool
		valid   bool
	}{
		{"N is valid", P2017, "32", "N", true, true},
		{"N is valid in 2005", P2005, "32", "N", true, true},
		{"D is known and not valid", P2017, "31", "D", true, false},
		{"B is of 2017", P2017, "31", "B", true, false},
		{"B is not of 2005", P2005, "31", "B", false, false},
		{"P is of 2005", P2005, "31", "P", true, false},
		{"P is not of 2017", P2017, "31", "P", false, false},
		{"3 is normal at an air station of 2005", P2005, "22", "3", true, true},
		{"0 calibrates there", P2005, "22", "0", true, false},
		{"3 is nothing at a source", P2005, "32", "3", false, false},
		{"3 is nothing in 2017", P2017, "22", "3", false, false},
		{"O is in no table", P2025, "31", "O", false, false},
		{"n is not N", P2017, "31", "n", false, false},
		{"an empty mark is unknown", P2017, "31", "", false, false},
		{"two letters are unknown", P2017, "31", "NN", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, known := tt.profile.Mark([]byte(tt.st), []byte(tt.c))
			if known != tt.known || m.Valid != tt.valid {
				t.Errorf("Mark = %+v, %v", m, known)
			}
		})
	}
	if f05, f17 := marks2005[1], marks2017[1]; f05.Code != 'F' || f17.Code != 'F' || f05.Zh == f17.Zh {
		t.Error("F stands for the source in 2005 and for the instrument in 2017")
	}
	if n := len(P2005.Marks()); n != 12 {
		t.Errorf("2005 has %d marks", n)
	}
}

// HJ 212-2017 Annex B, by hand.
func TestFactorTable(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		want       FactorDef
	}{
		{"COD", "w01018", FactorDef{"w01018", "011", "B.1", "化学需氧量", "mg/L", "mg/L", "kg", "N5.1", "N6.1", ""}},
		{"COD by its old code", "011", FactorDef{"w01018", "011", "B.1", "化学需氧量", "mg/L", "mg/L", "kg", "N5.1", "N6.1", ""}},
		{"water flow", "B01", FactorDef{"w00000", "B01", "B.1", "污水", "L/s", "", "m³", "N5.2", "", ""}},
		{"lead: the editions differ by a thousand", "w20120", FactorDef{"w20120", "027", "B.1", "总铅", "µg/L", "mg/L", "g", "N4", "N3.2", NoteScale}},
		{"SO2", "02", FactorDef{"a21026", "02", "B.2", "二氧化硫", "mg/m³", "mg/m³", "kg", "N5.2", "N5.2", ""}},
		{"oxygen", "S01", FactorDef{"a19001", "S01", "B.2", "氧气含量", "%", "", "", "N3.1", "", ""}},
		{"ammonia: ng/m³ is a misprint", "a21001", FactorDef{"a21001", "10", "B.2", "氨（氨气）", "ng/m³", "mg/m³", "g", "N4.3", "N4.3", NoteMisprint}},
		{"noise", "Leq", FactorDef{"Leq", "", "B.3", "等效声级", "dB", "", "", "N3.1", "", ""}},
		{"a process item of device 02", "e10102", FactorDef{"e101xx", "", "B.5", "进水口流量", "L/s", "", "", "N6.2", "", ""}},
		{"an information item of device 3", "i33313", FactorDef{"i3331x", "", "B.10", "炉膛内上部焚烧温度", "℃", "", "", "N4.1", "", ""}},
		{"ozone is in no table of 2017", "a05024", FactorDef{"a05024", "", "HJ 524", "臭氧 O3", "", "", "", "", "", NoteUnlisted}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := FactorOf(tt.code); !ok || got != tt.want {
				t.Errorf("FactorOf(%q) = %+v, %v", tt.code, got, ok)
			}
		})
	}
	if got := FactorsOf("e70101"); len(got) != 2 || got[0].Note != NoteTwice || got[0].Name == got[1].Name {
		t.Errorf("e701xx is printed twice: %+v", got)
	}
	if _, ok := FactorOf("e70101"); ok {
		t.Error("a code with two meanings has not one")
	}
	for _, code := range []string{"", "PM25", "a2106", "x10102", "S101"} {
		if got := FactorsOf(code); got != nil {
			t.Errorf("FactorsOf(%q) = %+v", code, got)
		}
	}
	if n := len(FactorDefs()); n != 384 {
		t.Errorf("%d rows", n)
	}
}

func TestNewCode(t *testing.T) {
	for _, tt := range []struct {
		name, old, code string
		scaled, ok      bool
	}{
		{"ammonia nitrogen keeps its unit", "060", "w21003", false, true},
		{"cadmium does not", "022", "w20115", true, true},
		{"trivalent chromium has no successor", "025", "", false, false},
		{"unknown", "999", "", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, scaled, ok := NewCode(tt.old)
			if code != tt.code || scaled != tt.scaled || ok != tt.ok {
				t.Errorf("NewCode(%q) = %q, %v, %v", tt.old, code, scaled, ok)
			}
		})
	}
}

func TestCodesOf(t *testing.T) {
	for code, want := range map[string]string{
		"w01018": "w01018 011", "011": "011 w01018", "w00000": "w00000 B01",
		"025":    "025", // has no successor
		"zz9999": "zz9999",
	} {
		if got := strings.Join(CodesOf(code), " "); got != want {
			t.Errorf("CodesOf(%q) = %s; want %s", code, got, want)
		}
	}
}

func TestFactorTableIsSound(t *testing.T) {
	small := func(unit string) bool { return strings.HasPrefix(unit, "µg") || strings.HasPrefix(unit, "ng") }
	scaled := 0
	for _, d := range FactorDefs() {
		if d.Name == "" || d.Code == "" && d.Old == "" {
			t.Errorf("row without name or code: %+v", d)
		}
		if d.Note == NoteScale {
			scaled++
			if !small(d.Unit2017) || d.Unit2005 != "mg/L" {
				t.Errorf("%s: marked as scaled, %s and %s", d.Code, d.Unit2005, d.Unit2017)
			}
		} else if d.Table == "B.1" && small(d.Unit2017) && d.Unit2005 == "mg/L" {
			t.Errorf("%s: %s in 2005 and %s in 2017, and not marked", d.Code, d.Unit2005, d.Unit2017)
		}
		for _, u := range []string{d.Unit2005, d.Unit2017, d.Emission} {
			if NormalUnit(u) != u {
				t.Errorf("%s: unit %q is not normal, %q is", d.Code, u, NormalUnit(u))
			}
		}
		if d.Unit(V2005) != d.Unit2005 || d.Unit(V2025) != d.Unit2017 {
			t.Errorf("%s: Unit", d.Code)
		}
	}
	// Hg, alkyl Hg, Cd, Cr(VI), As, Pb, Be, Se, Tl.
	if scaled != 9 {
		t.Errorf("%d factors are marked as scaled", scaled)
	}
}

func TestNormalUnit(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"lower case litre", "mg/l", "mg/L"},
		{"Chinese", "毫克/升", "mg/L"},
		{"the standard's brackets", "微西[门子]/厘米", "µS/cm"},
		{"u for micro", "ug/m3", "µg/m³"},
		{"the Greek letter", "μg/L", "µg/L"},
		{"caret", "mg/m^3", "mg/m³"},
		{"normal cubic metre", "mg/Nm3", "mg/m³"},
		{"flow", "m3/s", "m³/s"},
		{"degrees", "°C", "℃"},
		{"kilopascal", "KPa", "kPa"},
		{"weighted decibel", "dB(A)", "dB"},
		{"already normal", "m³/h", "m³/h"},
		{"blanks", " mg/L ", "mg/L"},
		{"unknown", "瓶", "瓶"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := NormalUnit(tt.in); got != tt.want {
				t.Errorf("NormalUnit(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestReturnCodes(t *testing.T) {
	if QnPW.Zh() != "密码错误" || ExeNoData.Zh() != "没有数据" {
		t.Error("HJ 212-2017 tables 7 and 8")
	}
	if QnRtn(55).Zh() == "" || ExeRtn(55).Zh() == "" {
		t.Error("an undefined value is said to be so")
	}
	if QnCN.in(P2005) != QnRefused || QnPW.in(P2005) != QnPW || QnCN.in(P2017) != QnCN {
		t.Error("2005 knows QnRtn 1 to 3")
	}
	if ExeBusy.in(P2005) != ExeFailed || ExeNoData.in(P2005) != ExeNoData || ExeBusy.in(P2025) != ExeBusy {
		t.Error("2005 knows ExeRtn 1, 2 and 100")
	}
}

func TestIsNumber(t *testing.T) {
	for _, s := range []string{"0", "7.1", "-0.041", "+3", ".5", "5.", "00012"} {
		if !IsNumber([]byte(s)) {
			t.Errorf("%q is a number", s)
		}
	}
	for _, s := range []string{"", "NaN", "1e400", "--", "-", ".", "1.2.3", "Inf", "0x1", "1,5", " 1", "%d"} {
		if IsNumber([]byte(s)) {
			t.Errorf("%q is none", s)
		}
	}
}

func TestEveryIssueHasWords(t *testing.T) {
	for kind := range issueZh {
		if !slices.Contains([]byte("abcdefghijklmnopqrstuvwxyz"), kind[0]) || kind.Zh() == string(kind) {
			t.Errorf("%s", kind)
		}
	}
	if IssueKind("other").Zh() != "other" {
		t.Error("an unknown kind is its own name")
	}
}
