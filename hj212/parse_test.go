package hj212

import (
	"fmt"
	"strings"
	"testing"
)

// tell writes what a message holds: header, factors, parameters, issues.
func tell(m *Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "QN=%s ST=%s CN=%d PW=%s MN=%s", m.QN, m.ST, m.CN, m.PW, m.MN)
	if m.HasFlag {
		fmt.Fprintf(&b, " Flag=%d", m.Flag)
	}
	if m.PNUM+m.PNO > 0 {
		fmt.Fprintf(&b, " %d/%d", m.PNO, m.PNUM)
	}
	if m.BackFill {
		b.WriteString(" RF")
	}
	for name, value := range m.Extra() {
		fmt.Fprintf(&b, " %s=%s", name, value)
	}
	b.WriteString(" |")
	for f := range m.All() {
		fmt.Fprintf(&b, " %s{", f.Code)
		for i := range f.Len() {
			name, value := f.Field(i)
			fmt.Fprintf(&b, "%s=%s,", name, value)
		}
		b.WriteString("}")
	}
	b.WriteString(" |")
	for i := range m.Params() {
		name, value := m.ParamAt(i)
		fmt.Fprintf(&b, " %s=%s", name, value)
	}
	b.WriteString(" |")
	for _, issue := range m.Issues() {
		fmt.Fprintf(&b, " %s@%d", issue.Kind, issue.At)
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name    string
		segment string
		want    string
		refusal Reason
		at      int
	}{
		{
			name:    "the header in the standard's order",
			segment: "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N&&",
			want:    "QN=20160801085857223 ST=32 CN=2011 PW=123456 MN=010000A8900016F000169DC0 Flag=7 1/2 | w01001{Rtd=7.1,Flag=N,} | DataTime=20160801085857 |",
		},
		{
			name:    "the header in any order and case",
			segment: "PNo=1;FLAG=6;pnum=2;mn=a1;PW=1;CN=2051;ST=31;CP=&&&&",
			want:    "QN= ST=31 CN=2051 PW=1 MN=a1 Flag=6 1/2 | | | header_case@0 header_case@6 header_case@13 header_case@20",
		},
		{
			name:    "commas and blanks in the header",
			segment: "QN=20160801080000534,ST = 32 ;CN=2061;PW=1;,MN=2;Flag=5; CP=&& &&",
			want:    "QN=20160801080000534 ST=32 CN=2061 PW=1 MN=2 Flag=5 | | | header_comma@20 header_comma@43",
		},
		{
			name:    "RF before CP",
			segment: "ST=31;CN=2051;MN=1;Flag=8;RF=1;CP=&&DataTime=20260105081000&&",
			want:    "QN= ST=31 CN=2051 PW= MN=1 Flag=8 RF | | DataTime=20260105081000 |",
		},
		{
			name:    "everything after CP=&& belongs to CP, even a semicolon that a naive cut would take for the header's",
			segment: "ST=32;CN=2011;MN=1;CP=&&MN=2;ST=33;Flag=N&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | | MN=2 ST=33 Flag=N | bare_flag@35",
		},
		{
			name:    "a segment may begin with CP",
			segment: "CP=&&a1-Rtd=1&&",
			want:    "QN= ST= CN=0 PW= MN= | a1{Rtd=1,} | | bad_cn@0 no_mn@0",
		},
		{
			name:    "no CP: refused, the header stays",
			segment: "QN=20180904160638000;ST=39;CN=2011;PW=1;USCC=9144;IMEI=8677",
			want:    "QN=20180904160638000 ST=39 CN=2011 PW=1 MN= USCC=9144 IMEI=8677 | | | private_field@40 private_field@50 no_mn@0",
			refusal: ReasonNoCP, at: 59,
		},
		{
			name:    "no field at all: refused",
			segment: "hello",
			want:    "QN= ST= CN=0 PW= MN= | | | bad_cn@0 no_mn@0",
			refusal: ReasonNoField,
		},
		{
			name:    "CP without its marks",
			segment: "ST=32;CN=2011;MN=1;CP=a1-Rtd=1",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | a1{Rtd=1,} | | cp_marks@22",
		},
		{
			name:    "CP that is not closed",
			segment: "ST=32;CN=2011;MN=1;CP=&&a1-Rtd=1",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | a1{Rtd=1,} | | cp_marks@32",
		},
		{
			name:    "something after CP",
			segment: "ST=32;CN=2011;MN=1;CP=&&a1-Rtd=1&&;X=3",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | a1{Rtd=1,} | | after_cp@34",
		},
		{
			name:    "factors by ; or by , with blanks, empty values and a trailing ;",
			segment: "ST=32;CN=2011;MN=1;CP=&& a1-Rtd= 1 ; a1-Flag =N, b2-Rtd=,c-ZsRtd=-0.5;&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | a1{Rtd=1,Flag=N,} b2{Rtd=,} c{ZsRtd=-0.5,} | |",
		},
		{
			name:    "the fields of a factor are brought together from where they stand",
			segment: "ST=32;CN=2011;MN=1;CP=&&J01-Rtd=1,J02-Flag=N;J02-Rtd=2,J01-Flag=D;J02-Max=3&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | J01{Rtd=1,Flag=D,} J02{Flag=N,Rtd=2,Max=3,} | |",
		},
		{
			name:    "of a duplicate the last is kept, wherever it stands",
			segment: "ST=32;CN=2011;MN=1;CP=&&a-Rtd=1,a-Rtd=2;b-Rtd=3;a-Rtd=4&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | a{Rtd=4,} b{Rtd=3,} | | duplicate_key@34 duplicate_key@50",
		},
		{
			name:    "of a duplicate header field the last is kept",
			segment: "ST=32;CN=2011;MN=1;MN=2;CP=&&&&",
			want:    "QN= ST=32 CN=2011 PW= MN=2 | | | duplicate_key@19",
		},
		{
			name:    "names are cut at the last - that a letter follows",
			segment: "ST=32;CN=2011;MN=1;CP=&&PM2-5-Rtd=1;PM-10=2;-Rtd=3;a-=4;a-b-5=6;i11001-SampleTime=7;verylongcodename-Rtd=8&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | PM2-5{Rtd=1,} a{b-5=6,} i11001{SampleTime=7,} verylongcodename{Rtd=8,} | PM-10=2 -Rtd=3 a-=4 |",
		},
		{
			name:    "codes that share their first eight bytes are two",
			segment: "ST=32;CN=2011;MN=1;CP=&&abcdefgh1-Rtd=1;abcdefgh2-Rtd=2;abcdefgh-Rtd=3;abcdefgh1-Flag=N&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | abcdefgh1{Rtd=1,Flag=N,} abcdefgh2{Rtd=2,} abcdefgh{Rtd=3,} | |",
		},
		{
			name:    "long parameter names are not cut",
			segment: "ST=32;CN=3011;MN=1;CP=&&PolId=w01018,CalibrationType=0;SKCreateTime=20260101000000&&",
			want:    "QN= ST=32 CN=3011 PW= MN=1 | | PolId=w01018 CalibrationType=0 SKCreateTime=20260101000000 |",
		},
		{
			name:    "items without a suffix are kept",
			segment: "ST=22;CN=2000;MN=1;CP=&&Operation=1;s10001=0;SB1-RS=1;Leq-Data=50.0&&",
			want:    "QN= ST=22 CN=2000 PW= MN=1 | SB1{RS=1,} Leq{Data=50.0,} | Operation=1 s10001=0 |",
		},
		{
			name:    "items without = and without a name are kept and noted",
			segment: "ST=22;CN=2011;MN=1;CP=&&junk;=5;a-Rtd=1,tail&&",
			want:    "QN= ST=22 CN=2011 PW= MN=1 | a{Rtd=1,} | junk= =5 tail= | no_equals@24 no_name@29 no_equals@40",
		},
		{
			name:    "a value may hold =, and a log any mark",
			segment: "ST=32;CN=3020;MN=1;CP=&&x=a=b;i11001-Info=//k=1,v;2//,i12001-Info=0;i21001-Info=////&&",
			want:    "QN= ST=32 CN=3020 PW= MN=1 | i11001{Info=//k=1,v;2//,} i12001{Info=0,} i21001{Info=////,} | x=a=b |",
		},
		{
			name:    "a log that is not closed runs to the end",
			segment: "ST=32;CN=3020;MN=1;CP=&&i11001-Info=//k,v;a-Rtd=1&&",
			want:    "QN= ST=32 CN=3020 PW= MN=1 | i11001{Info=//k,v;a-Rtd=1,} | |",
		},
		{
			name:    "PNUM inside CP is taken and noted; PNO above PNUM is noted",
			segment: "ST=21;CN=2011;MN=1;Flag=5;CP=&&PNUM=1;PNO=11&&",
			want:    "QN= ST=21 CN=2011 PW= MN=1 Flag=5 11/1 | | PNUM=1 PNO=11 | pnum_in_cp@36 pnum_in_cp@42 bad_packet_number@0",
		},
		{
			name:    "the 9014 of 2005 has it there by right, and no MN",
			segment: "ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051;PNO=1;PNUM=1;&&",
			want:    "QN= ST=91 CN=9014 PW= MN= 1/1 | | QN=20040516010101001 CN=2051 PNO=1 PNUM=1 |",
		},
		{
			name:    "C.14: a code less its letter inside the item is noted and not repaired",
			segment: "ST=32;CN=2011;MN=1;CP=&&w01018-SampleTime=20160801070000,01018-Rtd=2.2,w01018-Flag=N&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 | w01018{SampleTime=20160801070000,Flag=N,} 01018{Rtd=2.2,} | | code_misprint@57",
		},
		{
			name:    "Flag says split and there is no PNUM",
			segment: "ST=22;CN=2011;MN=1;Flag=7;CP=&&&&",
			want:    "QN= ST=22 CN=2011 PW= MN=1 Flag=7 | | | split_without_pnum@0",
		},
		{
			name:    "odd widths of QN and DataTime, and dates that are none",
			segment: "QN=20240230256199000;ST=32;CN=2011;MN=1;CP=&&DataTime=202411232042&&",
			want:    "QN=20240230256199000 ST=32 CN=2011 PW= MN=1 | | DataTime=202411232042 | data_time_width@54 impossible_date@3",
		},
		{
			name:    "bad CN, Flag and packet numbers",
			segment: "ST=32;CN=20X1;MN=1;Flag=N;PNUM=0;PNO=x;CP=&&&&",
			want:    "QN= ST=32 CN=0 PW= MN=1 | | | bad_flag@24 bad_packet_number@31 bad_packet_number@37 bad_cn@0",
		},
		{
			name:    "a version that is not published",
			segment: "ST=32;CN=2011;MN=1;Flag=12;CP=&&&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 Flag=12 | | | unknown_version@0",
		},
		{
			name:    "marks: B is of 2017, P of 2005, O of none, NN is two",
			segment: "ST=32;CN=2011;MN=1;Flag=4;CP=&&a-Flag=B;b-Flag=P;c-Flag=O;d-Flag=;e-Flag=NN&&",
			want:    "QN= ST=32 CN=2011 PW= MN=1 Flag=4 | a{Flag=B,} b{Flag=P,} c{Flag=O,} d{Flag=,} e{Flag=NN,} | | unknown_mark@47 unknown_mark@56 unknown_mark@65 unknown_mark@73",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m Message
			m.Parse([]byte("ST=99;CN=1234;PW=9;MN=9;Flag=7;PNUM=3;PNO=2;RF=1;X=1;CP=&&z-Rtd=1,z-Rtd=2;junk;DataTime=20200101000000&&"))
			err := m.Parse([]byte(tt.segment))
			if got := tell(&m); strings.TrimSpace(got) != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			r, _ := err.(*Refusal)
			switch {
			case tt.refusal == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.refusal != "" && (r == nil || r.Reason != tt.refusal || r.At != tt.at):
				t.Errorf("refusal %v, want %s at %d", err, tt.refusal, tt.at)
			}
		})
	}
}

func TestParseOfVeryLongSegments(t *testing.T) {
	var m Message
	long := []byte("ST=32;CN=2011;MN=1;CP=&&" + strings.Repeat("a-Rtd=1;", 1500) + "&&")
	if r, _ := m.Parse(long).(*Refusal); r == nil || r.Reason != ReasonTooLong {
		t.Errorf("a segment of %d bytes: %v", len(long), r)
	}
	if m.Len() != 0 || m.Params() != 0 {
		t.Error("something was parsed of it")
	}
	if err := m.Parse([]byte("ST=32;CN=2011;MN=1;CP=&&" + strings.Repeat("x", 1001) + "=1&&")); err != nil || !m.Has(IssueOverlong) {
		t.Errorf("1030 bytes: %v, issues %v; want overlong and no refusal", err, m.Issues())
	}
	if err := m.Parse([]byte("ST=32;CN=2011;MN=1;CP=&&" + strings.Repeat("x", 996) + "=1&&")); err != nil || m.Has(IssueOverlong) {
		t.Errorf("1024 bytes: %v, issues %v; want neither", err, m.Issues())
	}
}

// ParseFrame counts the byte of a refusal from the frame's first byte.
func TestParseFrameCountsFromTheFrame(t *testing.T) {
	var f Framer
	f.Push([]byte(frame("ST=39;CN=2011;MN=1")))
	got, _ := f.Next()
	var m Message
	r, _ := m.ParseFrame(&got).(*Refusal)
	if r == nil || r.Reason != ReasonNoCP || r.At != 6+18 {
		t.Errorf("refusal %v, want no_cp at 24", r)
	}
}

// The scan goes eight bytes at a time; every position in a word must be found.
func TestScanFindsEveryMark(t *testing.T) {
	var m Message
	for n := range 70 {
		data := []byte(strings.Repeat("x", n))
		for i := range data {
			for _, c := range []byte(",;=") {
				data[i] = c
				m.reset(data)
				m.scan()
				if len(m.marks) != 1 || int(m.marks[0]) != i || m.blanks {
					t.Fatalf("%d bytes, %c at %d: marks %v, blanks %v", n, c, i, m.marks, m.blanks)
				}
			}
			for _, c := range []byte("\x00 \t-&:<>+.\x80\xAC\xBB\xBD\xFF") {
				data[i] = c
				m.reset(data)
				m.scan()
				if len(m.marks) != 0 || m.blanks != (c <= ' ') {
					t.Fatalf("%d bytes, %02X at %d: marks %v, blanks %v", n, c, i, m.marks, m.blanks)
				}
			}
			data[i] = 'x'
		}
	}
}

func TestParsingAllocatesNothing(t *testing.T) {
	stream := []byte(frame(segmentA) + "\r\n" + frame(segmentB) + "\r\n" + frame("ST=39;CN=2011;MN=1") + "\r\n")
	var f Framer
	var m Message
	run := func() {
		f.Push(stream)
		for {
			frame, ok := f.Next()
			if !ok {
				return
			}
			m.ParseFrame(&frame)
			sink += touch(&m)
		}
	}
	run()
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestVersionAndProfile(t *testing.T) {
	for _, tt := range []struct {
		name    string
		head    string
		version Version
		profile Profile
	}{
		{"no Flag is 2005", "ST=32;CN=2011", V2005, P2005},
		{"no Flag is 2005 even with QN", "QN=20180507000558000;ST=39;CN=2011", V2005, P2005},
		{"Flag 0", "ST=32;CN=2011;Flag=0", V2005, P2005},
		{"Flag 3", "ST=32;CN=2011;Flag=3", V2005, P2005},
		{"Flag 4", "ST=32;CN=2011;Flag=4", V2017, P2017},
		{"Flag 7", "ST=21;CN=2011;Flag=7", V2017, P2017},
		{"Flag 8", "ST=32;CN=2011;Flag=8", V2025, P2025},
		{"Flag 11", "ST=31;CN=2011;Flag=11", V2025, P2025},
		{"Flag 9 of a surface-water station does not prove 2025", "ST=21;CN=2011;Flag=9", V2025, SurfaceWater},
		{"a version not published is read as 2017", "ST=32;CN=2011;Flag=13", V2017, P2017},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m Message
			m.Parse([]byte(tt.head + ";MN=1;CP=&&&&"))
			if m.Version() != tt.version || m.Profile() != tt.profile {
				t.Errorf("%s, %s", m.Version(), m.Profile())
			}
			if got := P2005.Or(&m); got != P2005 {
				t.Errorf("a pinned profile became %s", got)
			}
		})
	}
	for _, p := range append([]Profile{Auto}, Profiles...) {
		if got, ok := ParseProfile(p.String()); !ok || got != p {
			t.Errorf("ParseProfile(%q) = %v, %v", p.String(), got, ok)
		}
	}
	if p, ok := ParseProfile("surface"); !ok || p != SurfaceWater {
		t.Error("surface is the short name of surface-water")
	}
	if _, ok := ParseProfile("2020"); ok {
		t.Error("there is no 2020")
	}
}
