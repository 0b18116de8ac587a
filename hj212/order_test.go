package hj212

import (
	"strings"
	"testing"
	"time"
)

var (
	qn2016 = time.Date(2016, 8, 1, 8, 58, 57, 223e6, Zone)
	dev17  = Device{P2017, "32", "010000A8900016F000169DC0", "123456"}
	dev25  = Device{P2025, "32", "010000A8900016F000169DC0", "123456"}
	dev05  = Device{P2005, "32", "88888880000001", "123456"}
	devSW  = Device{SurfaceWater, "21", "A110000_0001", "123456"}
)

// What the standards print for these commands, byte for byte (their tables in
// brackets; length and CRC as in testdata/standards.txt).
func TestOrdersAsPrinted(t *testing.T) {
	hour := time.Date(2016, 8, 1, 8, 0, 0, 0, Zone)
	qn2024 := time.Date(2024, 6, 1, 8, 58, 57, 223e6, Zone)
	for _, tt := range []struct {
		name   string
		device Device
		qn     time.Time
		order  Order
		want   string
	}{
		{"timeout and retries (2017 C.1)", dev17, qn2016, SetTimeout(5, 3),
			"##0107QN=20160801085857223;ST=32;CN=1000;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&OverTime=5;ReCount=3&&CAC1\r\n"},
		{"read an instrument's clock (2017 C.2)", dev17, qn2016, ReadClock("w01018"),
			"##0099QN=20160801085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&PolId=w01018&&5A00\r\n"},
		{"read the realtime interval (2017 C.5)", dev17, qn2016, Order{CN: 1061},
			"##0087QN=20160801085857223;ST=32;CN=1061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&&&3B80\r\n"},
		{"set the minute interval (2017 C.8)", dev17, qn2016, SetMinuteInterval(10),
			"##0101QN=20160801085857223;ST=32;CN=1064;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&MinInterval=10&&1680\r\n"},
		{"set the password (2017 C.9)", dev17, qn2016, Order{1072, []Arg{{"NewPW", "654321"}}},
			"##0099QN=20160801085857223;ST=32;CN=1072;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&NewPW=654321&&3B80\r\n"},
		{"stop realtime data (2017 C.11)", dev17, qn2016, Order{CN: 2012},
			"##0087QN=20160801085857223;ST=32;CN=2012;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&&&3C00\r\n"},
		{"calibrate (2017 C.30)", dev17, qn2016, Order{3011, []Arg{{"PolId", "w01018"}}},
			"##0099QN=20160801085857223;ST=32;CN=3011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&PolId=w01018&&47C0\r\n"},
		{"pull one hour (2017 C.47)", dev17, qn2016, History(CNHour, hour, hour),
			"##0134QN=20160801085857223;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&BeginTime=20160801080000;EndTime=20160801080000&&7EC0\r\n"},
		{"the example of 2017 Annex A", Device{P2017, "32", "010000A8900016F000169DC0", "100000"}, qn2016, SetRtdInterval(30),
			"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n"},
		{"the example of 2025 A.1", dev25, qn2024, ReadClock(""),
			"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n"},
		{"zero calibration of 2025, with a comma", dev25, qn2024, Order{3011, []Arg{{"PolId", "w01018"}, {"CalibrationType", "0"}}},
			"##0117QN=20240601085857223;ST=32;CN=3011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&PolId=w01018,CalibrationType=0&&9301\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.device.Append(nil, tt.order, tt.qn)
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

func TestOrderForms(t *testing.T) {
	for _, tt := range []struct {
		name   string
		device Device
		order  Order
		want   string // CP
	}{
		{"limits of 2005: the two of a factor by a comma", dev05, Order{1022, []Arg{
			{"101-LowValue", "1.1"}, {"101-UpValue", "9.9"}, {"102-LowValue", "1.1"}, {"102-UpValue", "9.9"}}},
			"101-LowValue=1.1,101-UpValue=9.9;102-LowValue=1.1,102-UpValue=9.9"},
		{"sampling times of 2005", dev05, Order{3014, []Arg{{"PolID", "011"}, {"CTime", "04"}, {"CTime", "10"}}},
			"PolID=011;CTime=04,CTime=10"},
		{"key of 2025", dev25, Order{1014, []Arg{{"SKCreateTime", "20260101000000"}, {"NewSK", "0123456789abcdef"}}},
			"SKCreateTime=20260101000000,NewSK=0123456789abcdef"},
		{"clock of a logger", dev17, SetClock("", qn2016), "SystemTime=20160801085857"},
		{"clock of an instrument", dev17, SetClock("w01018", qn2016), "PolId=w01018;SystemTime=20160801085857"},
		{"clock of a station", devSW, SetStationClock(qn2016), "SystemTime=20160801085857"},
		{"information", dev17, ReadInfo("w01018", "i13001"), "PolId=w01018;InfoId=i13001"},
		{"a parameter", dev17, Order{3021, []Arg{{"PolId", "w01018"}, {"InfoId", "i13004"}, {"i13004-Info", "168.0"}}},
			"PolId=w01018;InfoId=i13004;i13004-Info=168.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.device.Append(nil, tt.order, qn2016)
			if err != nil || !strings.Contains(string(got), "CP=&&"+tt.want+"&&") {
				t.Errorf("got  %q, %v\nwant %q in it", got, err, tt.want)
			}
		})
	}
}

func TestOrdersThatAreRefused(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, Zone)
	for _, tt := range []struct {
		name   string
		device Device
		order  Order
		zh     string
	}{
		{"a command of another edition", dev17, Order{CN: 1022}, "没有上位机可下发的命令1022"},
		{"a command that only devices send", dev17, Order{CN: 2081}, "没有上位机可下发的命令2081"},
		{"an unknown command", dev17, Order{CN: 4711}, "命令4711"},
		{"30 s is the least interval", dev17, SetRtdInterval(29), "应为30到3600的整数"},
		{"3600 s is the longest", dev17, SetRtdInterval(3601), "应为30到3600的整数"},
		{"a minute interval off the list", dev17, SetMinuteInterval(7), "只能取1、2、3"},
		{"100 retries", dev17, SetTimeout(5, 100), "重发次数（ReCount）应为1到99"},
		{"a missing parameter", dev17, Order{CN: 1062}, "没有填写"},
		{"a parameter too many", dev17, Order{1061, []Arg{{"X", "1"}}}, "X不是该命令的参数"},
		{"no date", dev17, Order{1012, []Arg{{"SystemTime", "20260230000000"}}}, "应为14位真实时间"},
		{"the end before the beginning", dev17, History(CNHour, at, at.Add(-time.Hour)), "开始时间晚于结束时间"},
		{"a beginning without an end", dev25, Order{2011, []Arg{{"BeginTime", "20260101000000"}}}, "应同时填写"},
		{"a password of five", dev17, Order{1072, []Arg{{"NewPW", "12345"}}}, "应为6个字符"},
		{"a semicolon in a text", dev17, Order{1072, []Arg{{"NewPW", "12;456"}}}, "不能含有"},
		{"a factor code that is none", dev17, Order{3012, []Arg{{"PolId", "w01018&&"}}}, "应为编码"},
		{"a limit that is no number", dev05, Order{1022, []Arg{{"101-LowValue", "low"}, {"101-UpValue", "1"}}}, "应为数值"},
		{"61 minutes past", dev05, Order{1042, []Arg{{"ReportTime", "0861"}}}, "应为4位时分"},
		{"a clock of five digits", dev17, Order{3016, []Arg{{"PolId", "w01018"}, {"CstartTime", "08300"}, {"CTime", "4"}}}, "应为6位时分秒"},
		{"MN with a semicolon", Device{P2017, "32", "1;2", "123456"}, Order{CN: 1061}, "无法组包"},
		{"no ST", Device{P2017, "", "1", "123456"}, Order{CN: 1061}, "没有登记系统编码ST"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.device.Append(nil, tt.order, at)
			r, _ := err.(*Refusal)
			if r == nil || len(got) != 0 || !strings.Contains(r.Zh, tt.zh) {
				t.Errorf("%q, %v; want a refusal with %q", got, err, tt.zh)
			}
		})
	}
	for _, ok := range []Order{SetRtdInterval(30), SetRtdInterval(3600), SetMinuteInterval(30), SetTimeout(1, 99), SetTimeout(99, 1)} {
		if err := dev17.Check(ok); err != nil {
			t.Errorf("%+v: %v", ok, err)
		}
	}
}

// Every command of domain table 1.9 that goes from host to device can be given.
func TestEveryRequestOfTheTable(t *testing.T) {
	for p, list := range map[Profile][]CN{
		P2005:        {1000, 1001, 1011, 1012, 1021, 1022, 1031, 1032, 1041, 1042, 1061, 1062, 1072, 2011, 2012, 2021, 2022, 2031, 2041, 2051, 2061, 2071, 3011, 3012, 3013, 3014},
		P2017:        {1000, 1011, 1012, 1061, 1062, 1063, 1064, 1072, 2011, 2012, 2021, 2022, 2031, 2041, 2051, 2061, 3011, 3012, 3013, 3014, 3015, 3016, 3017, 3018, 3019, 3020, 3021},
		P2025:        {1000, 1002, 1011, 1012, 1014, 1061, 1062, 1063, 1064, 1072, 2011, 2012, 2013, 2021, 2022, 2031, 2041, 2051, 2052, 2061, 2062, 3011, 3012, 3013, 3018, 3019, 3020, 3021, 3022, 3024},
		SurfaceWater: {1014, 1015, 1061, 1062, 2011, 2061, 2062, 2063, 2064, 2065, 2066, 3015, 3040, 3041},
	} {
		rules := map[CN]OrderRule{}
		for _, r := range OrderRules(p) {
			rules[r.CN] = r
		}
		for _, cn := range list {
			r, ok := rules[cn]
			if !ok {
				t.Errorf("%s lacks %s", p, cn)
				continue
			}
			d := Device{p, "32", "1", "123456"}
			o := Order{CN: cn}
			for _, s := range r.Params {
				o.Args = append(o.Args, Arg{strings.Replace(s.Name, "*", "w01018", 1), sampleValue(s)})
			}
			frames, err := d.Append(nil, o, qn2016)
			if err != nil {
				t.Errorf("%s %s: %v", p, cn, err)
				continue
			}
			var f Framer
			f.Push(frames)
			got, _ := f.Next()
			var m Message
			if err := m.ParseFrame(&got); err != nil || got.Err != nil || m.CN != cn || m.Profile() != p && p != SurfaceWater || !m.Flag.Wants() {
				t.Errorf("%s %s comes back as %s", p, cn, tell(&m))
			}
		}
	}
}

func sampleValue(s ParamRule) string {
	switch s.Kind {
	case ParamNumber:
		return itoa(s.Max)
	case ParamChoice:
		return s.Choices[0]
	case ParamStamp:
		return "20260801080000"
	case ParamClock:
		return "080000"
	case ParamMinute:
		return "0800"
	case ParamFactor, ParamInfo:
		return "w01018"
	case ParamValue:
		return "-1.5"
	}
	return strings.Repeat("a", s.Max)
}

func TestLongOrdersAreSplit(t *testing.T) {
	o := Order{CN: 1022}
	for i := range 60 {
		code := string(AppendStamp(nil, qn2016)[:2]) + itoa(100+i)
		o.Args = append(o.Args, Arg{code + "-LowValue", "1.1"}, Arg{code + "-UpValue", "9.9"})
	}
	frames, err := dev05.Append(nil, o, qn2016)
	if err != nil {
		t.Fatal(err)
	}
	var f Framer
	f.Push(frames)
	factors, n := 0, 0
	for {
		got, ok := f.Next()
		if !ok {
			break
		}
		n++
		var m Message
		if err := m.ParseFrame(&got); err != nil || got.Err != nil {
			t.Fatal(err, got.Err)
		}
		if len(m.CP) > 960 || len(got.Data) > StandardMaxLen || m.PNO != n || m.PNUM != 3 || !m.Flag.Split() {
			t.Errorf("packet %d: CP %d, segment %d, %d of %d, Flag %d", n, len(m.CP), len(got.Data), m.PNO, m.PNUM, m.Flag)
		}
		factors += m.Len()
	}
	if n != 3 || factors != 60 {
		t.Errorf("%d packets, %d factors", n, factors)
	}
}
