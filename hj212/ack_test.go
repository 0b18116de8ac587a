package hj212

import (
	"strings"
	"testing"
)

func TestAck(t *testing.T) {
	const head17 = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&&&"
	for _, tt := range []struct {
		name    string
		segment string
		profile Profile
		want    string // segment of the answer, "" for none
	}{
		{"2017 data with bit 0: 9014 with QN, PW, MN and Flag=4", head17, Auto,
			"QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&"},
		{"2017 data without bit 0: nothing",
			"QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=01;Flag=4;CP=&&&&", Auto, ""},
		{"each packet of a split message is answered with its own QN",
			"QN=20160801085857535;ST=32;CN=2061;PW=123456;MN=01;Flag=7;PNUM=2;PNO=2;CP=&&&&", Auto,
			"QN=20160801085857535;ST=91;CN=9014;PW=123456;MN=01;Flag=4;CP=&&&&"},
		{"2017 C.4: 1013 is a notification",
			"QN=20160801085857223;ST=32;CN=1013;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&& PolId=w01018&&", Auto,
			"QN=20160801085857223;ST=91;CN=9013;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&"},
		{"a notification of 2017 that wants no answer gets none",
			"QN=20160801085857223;ST=32;CN=1013;PW=1;MN=01;Flag=4;CP=&&&&", Auto, ""},
		{"2017 9012 is not answered", "QN=1;ST=91;CN=9012;PW=1;MN=01;Flag=5;CP=&&ExeRtn=1&&", Auto, ""},
		{"9011, 9013 and 9014 are never answered", "QN=1;ST=91;CN=9014;PW=1;MN=01;Flag=5;CP=&&&&", Auto, ""},
		{"2025: Flag=8", "QN=20260105103000123;ST=31;CN=2051;PW=123456;MN=01;Flag=9;CP=&&&&", Auto,
			"QN=20260105103000123;ST=91;CN=9014;PW=123456;MN=01;Flag=8;CP=&&&&"},
		{"2025: a heartbeat is answered by 9013", "QN=20260105103000123;ST=31;CN=9015;PW=123456;MN=01;Flag=9;CP=&&&&", Auto,
			"QN=20260105103000123;ST=91;CN=9013;PW=123456;MN=01;Flag=8;CP=&&&&"},
		{"2025: the answer to 1001 has an empty MN", "QN=20260105103000123;ST=31;CN=1001;PW=123456;MN=;Flag=9;CP=&&i23005-Info=7&&", Auto,
			"QN=20260105103000123;ST=91;CN=9013;PW=123456;MN=;Flag=8;CP=&&&&"},
		{"a surface-water station gets Flag=8 too", "QN=20240123123205001;ST=21;CN=9015;PW=123456;MN=A110000_0001;Flag=9;CP=&&&&", Auto,
			"QN=20240123123205001;ST=91;CN=9013;PW=123456;MN=A110000_0001;Flag=8;CP=&&&&"},
		{"2062 of a surface-water station is data",
			"QN=20240123123205001;ST=21;CN=2062;PW=1;MN=A110000_0001;Flag=9;CP=&&w21003-Check=0.98&&", Auto,
			"QN=20240123123205001;ST=91;CN=9014;PW=1;MN=A110000_0001;Flag=8;CP=&&&&"},
		{"2005 data without Flag: nothing", "ST=32;CN=2011;PW=123456;MN=1;CP=&&&&", Auto, ""},
		{"2005 data with Flag=1: QN and CN inside CP, no PW, no MN",
			"QN=20040516010101001;ST=32;CN=2051;PW=123456;MN=88888880000001;Flag=1;CP=&&&&", Auto,
			"ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&"},
		{"2005 split packet: PNO and PNUM too",
			"QN=20040516010101001;ST=32;CN=2051;PW=1;MN=8;Flag=3;PNO=1;PNUM=2;CP=&&&&", Auto,
			"ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051;PNO=1;PNUM=2&&"},
		{"2005 without QN: the command alone", "ST=32;CN=2011;PW=1;MN=8;Flag=1;CP=&&&&", Auto, "ST=91;CN=9014;CP=&&CN=2011&&"},
		{"2005 9012 is answered where wanted; QN is that in CP",
			"ST=91;CN=9012;PW=123456;MN=88888880000001;Flag=1;CP=&&QN=20040516010101001;ExeRtn=1&&", Auto,
			"ST=91;CN=9014;CP=&&QN=20040516010101001;CN=9012&&"},
		{"2005 alarm event: 9013 although Flag=0",
			"QN=20040516010101001;ST=32;CN=2072;PW=123456;MN=88888880000001;Flag=0;CP=&&AlarmTime=20040506010101&&", Auto,
			"ST=91;CN=9013;PW=123456;MN=88888880000001;Flag=0;CP=&&QN=20040516010101001&&"},
		{"a private command is answered as data where wanted", "QN=20230723080035006;ST=91;CN=9021;PW=1;MN=000201;Flag=5;CP=&&&&", Auto,
			"QN=20230723080035006;ST=91;CN=9014;PW=1;MN=000201;Flag=4;CP=&&&&"},
		{"and not where not", "QN=20230723080035006;ST=91;CN=9021;PW=1;MN=000201;Flag=4;CP=&&&&", Auto, ""},
		{"an unknown command is not acknowledged", "QN=20190312154807595;ST=22;CN=2000;PW=1;MN=2;Flag=5;CP=&&&&", Auto, ""},
		{"the pinned profile decides: a 2005 device that sends Flag=5", head17, P2005,
			"ST=91;CN=9014;CP=&&QN=20160801085857223;CN=2011&&"},
		{"an old device goes on sending what 2025 has dropped", "QN=20260105103000123;ST=32;CN=3015;PW=1;MN=01;Flag=5;CP=&&VaseNo=1&&", P2025,
			"QN=20260105103000123;ST=91;CN=9014;PW=1;MN=01;Flag=8;CP=&&&&"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m Message
			if err := m.Parse([]byte(tt.segment)); err != nil {
				t.Fatal(err)
			}
			got, ok := AppendAck([]byte("before"), &m, tt.profile)
			want := "before"
			if tt.want != "" {
				want += frame(tt.want) + "\r\n"
			}
			if string(got) != want || ok != (tt.want != "") {
				t.Errorf("got  %q, %v\nwant %q", got, ok, want)
			}
		})
	}
}

// The answers that the standards print, byte for byte.
func TestAcksAsPrinted(t *testing.T) {
	for _, tt := range []struct{ name, segment, want string }{
		{"HJ/T 212-2005 6.6: the answer to data, CRC 5F00", "QN=20040516010101001;ST=32;CN=2051;PW=1;MN=8;Flag=1;CP=&&&&",
			"##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00\r\n"},
		{"HJ 212-2025 style, CRC 3240", "QN=20260105103000123;ST=31;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&",
			"##0087QN=20260105103000123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=8;CP=&&&&3240\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m Message
			m.Parse([]byte(tt.segment))
			if got, _ := AppendAck(nil, &m, Auto); string(got) != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestNoAnswerIsOverlong(t *testing.T) {
	var m Message
	m.Parse([]byte("QN=" + strings.Repeat("1", 1000) + ";ST=32;CN=2011;PW=1;MN=1;Flag=5;CP=&&&&"))
	if got, ok := AppendAck([]byte("before"), &m, Auto); ok || string(got) != "before" {
		t.Errorf("%q, %v", got, ok)
	}
}

func TestAcknowledgingAllocatesNothing(t *testing.T) {
	var m Message
	m.Parse([]byte(segmentA))
	buf := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() { buf, _ = AppendAck(buf[:0], &m, Auto) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
