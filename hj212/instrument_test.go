package hj212

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// testSite has an hour record for each of three hours and accepts what it is
// told.
type testSite struct {
	now     time.Time
	exe     ExeRtn
	carried []string
}

func (s *testSite) Now() time.Time { return s.now }

func (s *testSite) Records(cn CN, begin, end time.Time, m *Message) []Record {
	item := Item("w01018", "Avg", "46.1", "Flag", "N")
	if begin.IsZero() {
		return []Record{{s.now.Truncate(time.Minute), []string{item}}}
	}
	var list []Record
	for h := begin; !h.After(end); h = h.Add(time.Hour) {
		if h.Year() < 2030 {
			list = append(list, Record{h, []string{item}})
		}
	}
	return list
}

func (s *testSite) Setting(cn CN, m *Message) []string {
	return []string{"RtdInterval=30"}
}

func (s *testSite) Carry(cn CN, m *Message) ExeRtn {
	s.carried = append(s.carried, cn.String()+" "+string(m.CP))
	if s.exe != 0 {
		return s.exe
	}
	return ExeDone
}

func newInstrument(d Device) (*Instrument, *testSite) {
	site := &testSite{now: time.Date(2026, 8, 1, 9, 0, 5, 0, Zone)}
	return &Instrument{Device: d, Site: site}, site
}

// segments cuts a stream into the segments of its frames, all of which must be
// good.
func segments(t *testing.T, stream []byte) (list []string) {
	t.Helper()
	var f Framer
	f.Push(stream)
	f.Flush()
	for {
		got, ok := f.Next()
		if !ok {
			break
		}
		if got.Err != nil {
			t.Fatalf("%v in %q", got.Err, got.Raw)
		}
		list = append(list, string(got.Data))
	}
	if f.Skipped() != 0 {
		t.Fatalf("%d bytes outside frames", f.Skipped())
	}
	return list
}

func parse(t *testing.T, segment string) *Message {
	t.Helper()
	var m Message
	if err := m.Parse([]byte(segment)); err != nil {
		t.Fatalf("%v: %s", err, segment)
	}
	return &m
}

// Each command that a host may give, in each profile, goes through from order to
// result between the two sides of this package.
func TestEveryCommandBetweenHostAndInstrument(t *testing.T) {
	for _, d := range []Device{dev05, dev17, dev25, devSW} {
		for _, rule := range OrderRules(d.Profile) {
			t.Run(d.Profile.String()+" "+rule.CN.String(), func(t *testing.T) {
				in, site := newInstrument(d)
				o := Order{CN: rule.CN}
				for _, s := range rule.Params {
					o.Args = append(o.Args, Arg{strings.Replace(s.Name, "*", "w01018", 1), sampleValue(s)})
				}
				e, err := NewExchange(d, o, qn2016, Timeouts{})
				if err != nil {
					t.Fatal(err)
				}
				now := time.Date(2026, 8, 1, 9, 0, 0, 0, Zone)
				var order []CN
				for _, request := range segments(t, e.Start(now)) {
					answers, err := in.Answer(nil, parse(t, request))
					if err != nil {
						t.Fatal(err)
					}
					for _, a := range segments(t, answers) {
						m := parse(t, a)
						order = append(order, m.CN)
						if !e.Receive(now, m) {
							t.Errorf("does not belong: %s", a)
						}
					}
				}
				want := []CN{CNRequest, CNExecute}
				switch {
				case rule.Down == Notification:
					want = []CN{CNNotify}
				case rule.Up == Response || rule.Up == Upload:
					want = []CN{CNRequest, rule.CN, CNExecute}
				}
				if fmt.Sprint(order) != fmt.Sprint(want) {
					t.Errorf("answers %v, want %v", order, want)
				}
				if r := e.Result(); r.Outcome != Done {
					t.Errorf("result %+v", r)
				}
				if data := rule.Up == Response || rule.Up == Upload; data != (len(site.carried) == 0) {
					t.Errorf("carried out: %v", site.carried)
				}
			})
		}
	}
}

func TestInstrumentAnswers(t *testing.T) {
	const head17 = "QN=20160801085857223;ST=32;CN=%s;PW=%s;MN=%s;Flag=5;CP=&&%s&&"
	mn := dev17.MN
	reply := func(cn, item string) string {
		return "QN=20160801085857223;ST=91;CN=" + cn + ";PW=123456;MN=" + mn + ";Flag=4;CP=&&" + item + "&&"
	}
	own := "QN=20260801090005000;ST=32;CN=2061;PW=123456;MN=" + mn + ";Flag=5;CP=&&DataTime=20260801%s0000;w01018-Avg=46.1,w01018-Flag=N&&"
	for _, tt := range []struct {
		name    string
		request string
		exe     ExeRtn
		want    []string
	}{
		{"the clock (C.2)", fmt.Sprintf(head17, "1011", "123456", mn, "PolId=w01018"), 0, []string{
			reply("9011", "QnRtn=1"),
			"QN=20160801085857223;ST=32;CN=1011;PW=123456;MN=" + mn + ";Flag=4;CP=&&PolId=w01018;SystemTime=20260801090005&&",
			reply("9012", "ExeRtn=1")}},
		{"history: each packet has its own QN (C.47)", fmt.Sprintf(head17, "2061", "123456", mn, "BeginTime=20260801080000,EndTime=20260801090000"), 0, []string{
			reply("9011", "QnRtn=1"),
			fmt.Sprintf(own, "08"),
			strings.Replace(fmt.Sprintf(own, "09"), "05000;ST", "05001;ST", 1),
			reply("9012", "ExeRtn=1")}},
		{"no history", fmt.Sprintf(head17, "2061", "123456", mn, "BeginTime=20300801080000;EndTime=20300801090000"), 0, []string{
			reply("9011", "QnRtn=1"), reply("9012", "ExeRtn=100")}},
		{"a command that fails", fmt.Sprintf(head17, "3012", "123456", mn, "PolId=w01018"), ExeBusy, []string{
			reply("9011", "QnRtn=1"), reply("9012", "ExeRtn=5")}},
		{"wrong password", fmt.Sprintf(head17, "1061", "000000", mn, ""), 0, []string{reply("9011", "QnRtn=3")}},
		{"another MN", fmt.Sprintf(head17, "1061", "123456", "1", ""), 0, []string{reply("9011", "QnRtn=4")}},
		{"unknown command", fmt.Sprintf(head17, "4711", "123456", mn, ""), 0, []string{reply("9011", "QnRtn=8")}},
		{"the host's answers are not answered", fmt.Sprintf(head17, "9014", "123456", mn, ""), 0, nil},
		{"a notification (C.11)", fmt.Sprintf(head17, "2012", "123456", mn, ""), 0, []string{reply("9013", "")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in, site := newInstrument(dev17)
			site.exe = tt.exe
			got, err := in.Answer(nil, parse(t, tt.request))
			if err != nil {
				t.Fatal(err)
			}
			if list := segments(t, got); strings.Join(list, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(list, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// HJ/T 212-2005 6.6, as printed: CRC 7200 and C601.
func TestInstrumentOf2005AnswersAsPrinted(t *testing.T) {
	in, _ := newInstrument(dev05)
	got, err := in.Answer(nil, parse(t, "QN=20040516010101001;ST=32;CN=1062;PW=123456;MN=88888880000001;Flag=1;CP=&&RtdInterval=30&&"))
	const want = "##0084ST=91;CN=9011;PW=123456;MN=88888880000001;Flag=0;CP=&&QN=20040516010101001;QnRtn=1&&7200\r\n" +
		"##0078ST=91;CN=9012;PW=123456;MN=88888880000001;CP=&&QN=20040516010101001;ExeRtn=1&&C601\r\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
	in.PW = "654321"
	got, _ = in.Answer(nil, parse(t, "QN=20040516010101001;ST=32;CN=4711;PW=654321;MN=88888880000001;Flag=1;CP=&&&&"))
	if !strings.Contains(string(got), "QnRtn=2&&") {
		t.Errorf("2005 knows no QnRtn 8: %q", got)
	}
}

func TestSurfaceWaterHistoryReusesTheQN(t *testing.T) {
	in, _ := newInstrument(devSW)
	got, _ := in.Answer(nil, parse(t, "QN=20160801085857223;ST=21;CN=2061;PW=123456;MN=A110000_0001;Flag=9;CP=&&BeginTime=20260801080000;EndTime=20260801080000&&"))
	if n := strings.Count(string(got), "QN=20160801085857223;"); n != 3 {
		t.Errorf("%d of three packets have the request's QN: %q", n, got)
	}
}

func TestUploads(t *testing.T) {
	at := time.Date(2016, 8, 1, 8, 58, 57, 0, Zone)
	head := func(cn, flag, more string) string {
		return "QN=20160801085857223;ST=32;CN=" + cn + ";PW=123456;MN=010000A8900016F000169DC0;Flag=" + flag + ";" + more + "CP=&&"
	}
	for _, tt := range []struct {
		name   string
		device Device
		build  func(in *Instrument) ([]byte, error)
		want   string
	}{
		{"realtime", dev17, func(in *Instrument) ([]byte, error) {
			return in.Realtime(nil, Record{at, []string{Item("w01001", "Rtd", "7.1", "Flag", "N"), Item("w01018", "Rtd", "2.2", "Flag", "N")}}, true)
		}, head("2011", "5", "") + "DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-Rtd=2.2,w01018-Flag=N&&"},
		{"an hour that wants no answer", dev17, func(in *Instrument) ([]byte, error) {
			return in.Period(nil, CNHour, Record{at.Truncate(time.Hour), []string{Item("w00000", "Cou", "63.0", "Flag", "N")}}, false)
		}, head("2061", "4", "") + "DataTime=20160801080000;w00000-Cou=63.0,w00000-Flag=N&&"},
		{"states (C.15)", dev17, func(in *Instrument) ([]byte, error) {
			return in.States(nil, at, []int{1, 0}, true)
		}, head("2021", "5", "") + "DataTime=20160801085857;SB1-RS=1;SB2-RS=0&&"},
		{"start (C.24)", dev17, func(in *Instrument) ([]byte, error) {
			return in.Started(nil, at.Add(-93*time.Second), true)
		}, head("2081", "5", "") + "DataTime=20160801085857;RestartTime=20160801085724&&"},
		{"information (C.42)", dev17, func(in *Instrument) ([]byte, error) {
			return in.Info(nil, at, "w01018", true, "i12001", "1", "i12003", "0")
		}, head("3020", "5", "") + "DataTime=20160801085857;PolId=w01018;i12001-Info=1;i12003-Info=0&&"},
		{"asking for the time (C.4)", dev17, func(in *Instrument) ([]byte, error) {
			return in.AskTime(nil, "w01018")
		}, head("1013", "5", "") + "PolId=w01018&&"},
		{"heartbeat of 2025", dev25, func(in *Instrument) ([]byte, error) {
			return in.Heartbeat(nil)
		}, head("9015", "9", "") + "&&"},
		{"back-fill of 2025 is marked", dev25, func(in *Instrument) ([]byte, error) {
			return in.Upload(nil, CNMinute, Record{at, []string{"a-Avg=1"}}, true, true)
		}, head("2051", "9", "RF=1;") + "DataTime=20160801085857;a-Avg=1&&"},
		{"back-fill of 2017 has no mark", dev17, func(in *Instrument) ([]byte, error) {
			return in.Upload(nil, CNMinute, Record{at, []string{"a-Avg=1"}}, true, true)
		}, head("2051", "5", "") + "DataTime=20160801085857;a-Avg=1&&"},
		{"2005 without QN and Flag", dev05, func(in *Instrument) ([]byte, error) {
			in.NoQN = true
			return in.Realtime(nil, Record{at, []string{"011-Rtd=1"}}, false)
		}, "ST=32;CN=2011;PW=123456;MN=88888880000001;CP=&&DataTime=20160801085857;011-Rtd=1&&"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in, site := newInstrument(tt.device)
			site.now = qn2016
			got, err := tt.build(in)
			if err != nil {
				t.Fatal(err)
			}
			if list := segments(t, got); len(list) != 1 || list[0] != tt.want {
				t.Errorf("got  %q\nwant %q", list, tt.want)
			}
		})
	}
}

// HJ 212-2017 C.49, C.50: two halves with QN ...534 and ...535, PNUM and PNO,
// and DataTime in each.
func TestUploadsAreSplit(t *testing.T) {
	in, site := newInstrument(dev17)
	site.now = time.Date(2016, 8, 1, 8, 58, 57, 534e6, Zone)
	r := Record{At: time.Date(2016, 8, 1, 8, 0, 0, 0, Zone)}
	for i := range 20 {
		r.Items = append(r.Items, Item(fmt.Sprintf("w%05d", i), "Cou", "10.5", "Min", "16.4", "Avg", "17.5", "Max", "20.1", "Flag", "N"))
	}
	got, err := in.Period(nil, CNHour, r, true)
	if err != nil {
		t.Fatal(err)
	}
	list := segments(t, got)
	factors := 0
	for i, s := range list {
		m := parse(t, s)
		if qn := fmt.Sprintf("20160801085857%d", 534+i); string(m.QN) != qn || m.PNUM != len(list) || m.PNO != i+1 || m.Flag != 7 {
			t.Errorf("packet %d: %s", i, tell(m))
		}
		if dt, _ := m.Param("DataTime"); string(dt) != "20160801080000" || len(m.CP) > 950 || len(s) > StandardMaxLen {
			t.Errorf("packet %d: DataTime %s, CP %d", i, dt, len(m.CP))
		}
		factors += m.Len()
	}
	if len(list) != 2 || factors != 20 {
		t.Errorf("%d packets, %d factors", len(list), factors)
	}
	next, _ := in.Heartbeat(nil)
	if m := parse(t, segments(t, next)[0]); string(m.QN) != "20160801085857536" {
		t.Errorf("the next QN is %s, and must be new", m.QN)
	}
	if _, err := in.Realtime(nil, Record{r.At, []string{strings.Repeat("x", 960)}}, true); err == nil {
		t.Error("an item that fits into no packet is refused")
	}
}

func TestInstrumentEncryptsWhatItMust(t *testing.T) {
	for _, tt := range []struct {
		name   string
		device Device
		build  func(in *Instrument) ([]byte, error)
		hidden bool
	}{
		{"data of 2025", dev25, func(in *Instrument) ([]byte, error) {
			return in.Realtime(nil, Record{qn2016, []string{Item("w01018", "Rtd", "46.5", "Flag", "N")}}, true)
		}, true},
		{"a heartbeat is plain", dev25, func(in *Instrument) ([]byte, error) { return in.Heartbeat(nil) }, false},
		{"2017 knows no encryption", dev17, func(in *Instrument) ([]byte, error) {
			return in.Realtime(nil, Record{qn2016, []string{"w01018-Rtd=46.5"}}, true)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in, _ := newInstrument(tt.device)
			in.Key = zeros
			stream, err := tt.build(in)
			if err != nil {
				t.Fatal(err)
			}
			var f Framer
			f.Push(stream)
			got, ok := f.Next()
			if !ok || (got.Err != nil) != tt.hidden {
				t.Fatalf("hidden %v: %v", tt.hidden, got.Err)
			}
			if opened := got.Open(zeros); opened != tt.hidden || got.Err != nil {
				t.Fatalf("opened %v, %v", opened, got.Err)
			}
			parse(t, string(got.Data))
		})
	}
}

func TestAnswered(t *testing.T) {
	in, _ := newInstrument(dev17)
	for _, tt := range []struct {
		name, segment, qn string
		want              bool
	}{
		{"its QN", "QN=20160801085857223;ST=91;CN=9014;PW=1;MN=1;Flag=4;CP=&&&&", "20160801085857223", true},
		{"another QN", "QN=20160801085857224;ST=91;CN=9014;PW=1;MN=1;Flag=4;CP=&&&&", "20160801085857223", false},
		{"2005: QN inside CP", "ST=91;CN=9014;CP=&&QN=20160801085857223;CN=2011&&", "20160801085857223", true},
		{"2005 without QN: the command", "ST=91;CN=9014;CP=&&CN=2011&&", "", true},
		{"2005 without QN: another command", "ST=91;CN=9014;CP=&&CN=2051&&", "", false},
		{"a request is no answer", "QN=20160801085857223;ST=32;CN=2011;PW=1;MN=1;Flag=5;CP=&&&&", "20160801085857223", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := in.Answered(parse(t, tt.segment), tt.qn, 2011); got != tt.want {
				t.Errorf("Answered = %v", got)
			}
		})
	}
}
