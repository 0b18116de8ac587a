package hj212

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestExchange(t *testing.T) {
	const (
		qn    = "20160801085857223"
		other = "20160801080000000"
	)
	reply := func(cn int, qn, item string) string {
		return fmt.Sprintf("QN=%s;ST=91;CN=%d;PW=123456;MN=01;Flag=4;CP=&&%s&&", qn, cn, item)
	}
	hour := time.Date(2016, 8, 1, 8, 0, 0, 0, Zone)
	data := func(qn, at string) string {
		return "QN=" + qn + ";ST=32;CN=2061;PW=123456;MN=01;Flag=5;CP=&&DataTime=" + at + ";w01018-Avg=46.1&&"
	}
	for _, tt := range []struct {
		name  string
		dev   Device
		order Order
		// script: "s" what is sent at that second, "+" a message that belongs, "-" one
		// that does not, each as "second:segment".
		script []string
		want   Result
	}{
		{"a setting: 9011, 9012", dev17, SetRtdInterval(30), []string{
			"1+" + reply(9011, qn, "QnRtn=1"), "2+" + reply(9012, qn, "ExeRtn=1")},
			Result{Outcome: Done, QnRtn: 1, ExeRtn: 1, Sent: 1}},
		{"a reading: the answer stands between", dev17, ReadClock(""), []string{
			"1+" + reply(9011, qn, "QnRtn=1"),
			"1+QN=" + qn + ";ST=32;CN=1011;PW=123456;MN=01;Flag=4;CP=&& PolId=w01018;SystemTime=20160801085857&&",
			"2+" + reply(9012, qn, "ExeRtn=1")},
			Result{Done, 1, 1, 1, 1, map[string]string{"PolId": "w01018", "SystemTime": "20160801085857"}}},
		{"history: packets with QNs of their own, by DataTime", dev17, History(CNHour, hour, hour.Add(2*time.Hour)), []string{
			"1+" + reply(9011, qn, "QnRtn=1"),
			"2+" + data("20160801090001001", "20160801080000"),
			"3-" + data("20160801090001002", "20160801070000"), // a live packet of another hour
			"4+" + data("20160801090001003", "20160801100000"),
			"5+" + reply(9012, qn, "ExeRtn=1")},
			Result{Outcome: Done, QnRtn: 1, ExeRtn: 1, Packets: 2, Sent: 1}},
		{"history: each packet renews the patience", dev17, History(CNHour, hour, hour), []string{
			"9+" + reply(9011, qn, "QnRtn=1"),
			"18+" + data("20160801090001001", "20160801080000"),
			"27+" + data("20160801090001002", "20160801080000"),
			"36+" + reply(9012, qn, "ExeRtn=1")},
			Result{Outcome: Done, QnRtn: 1, ExeRtn: 1, Packets: 2, Sent: 1}},
		{"no data", dev17, History(CNHour, hour, hour), []string{
			"1+" + reply(9011, qn, "QnRtn=1"), "1+" + reply(9012, qn, "ExeRtn=100")},
			Result{Outcome: NoData, QnRtn: 1, ExeRtn: 100, Sent: 1}},
		{"busy", dev17, History(CNHour, hour, hour), []string{
			"1+" + reply(9011, qn, "QnRtn=1"), "1+" + reply(9012, qn, "ExeRtn=5")},
			Result{Outcome: Failed, QnRtn: 1, ExeRtn: 5, Sent: 1}},
		{"refused", dev17, SetRtdInterval(30), []string{"1+" + reply(9011, qn, "QnRtn=3"), "2-" + reply(9012, qn, "ExeRtn=1")},
			Result{Outcome: Refused, QnRtn: 3, Sent: 1}},
		{"sent again three times, then unreachable", dev17, SetRtdInterval(30), []string{"10s", "20s", "30s", "40"},
			Result{Outcome: Unreachable, Sent: 4}},
		{"not sent again a moment too early", dev17, SetRtdInterval(30), []string{"9", "10s"},
			Result{Outcome: Running, Sent: 2}},
		{"answered after the second sending", dev17, SetRtdInterval(30), []string{
			"10s", "12+" + reply(9011, qn, "QnRtn=1"), "13+" + reply(9012, qn, "ExeRtn=1")},
			Result{Outcome: Done, QnRtn: 1, ExeRtn: 1, Sent: 2}},
		{"accepted, then silence: stalled, and never sent again", dev17, SetRtdInterval(30), []string{
			"1+" + reply(9011, qn, "QnRtn=1"), "10", "11"},
			Result{Outcome: Stalled, QnRtn: 1, Sent: 1}},
		{"9011 was lost", dev17, SetRtdInterval(30), []string{"3+" + reply(9012, qn, "ExeRtn=1")},
			Result{Outcome: Done, ExeRtn: 1, Sent: 1}},
		{"answers to an earlier request do not count", dev17, SetRtdInterval(30), []string{
			"1-" + reply(9011, other, "QnRtn=2"), "2-" + reply(9012, other, "ExeRtn=2")},
			Result{Outcome: Running, Sent: 1}},
		{"a logger that leaves QN out of its answers", dev17, SetRtdInterval(30), []string{
			"1+ST=91;CN=9011;PW=1;MN=01;Flag=4;CP=&&QnRtn=1&&", "2+ST=91;CN=9012;PW=1;MN=01;Flag=4;CP=&&ExeRtn=1&&"},
			Result{Outcome: Done, QnRtn: 1, ExeRtn: 1, Sent: 1}},
		{"2005: QN inside CP", dev05, ReadClock(""), []string{
			"1+ST=91;CN=9011;PW=123456;MN=88888880000001;Flag=0;CP=&&QN=" + qn + ";QnRtn=1&&",
			"1+ST=32;CN=1011;PW=123456;MN=88888880000001;CP=&&QN=" + qn + ";SystemTime=20160801085857&&",
			"2+ST=91;CN=9012;PW=123456;MN=88888880000001;CP=&&QN=" + qn + ";ExeRtn=1&&"},
			Result{Done, 1, 1, 1, 1, map[string]string{"QN": qn, "SystemTime": "20160801085857"}}},
		{"a notification ends with 9013", dev17, Order{CN: 2012}, []string{"1+" + reply(9013, qn, "")},
			Result{Outcome: Done, Sent: 1}},
		{"9013 does not end a request", dev17, SetRtdInterval(30), []string{"1-" + reply(9013, qn, "")},
			Result{Outcome: Running, Sent: 1}},
		{"a 9011 without QnRtn is no acceptance", dev17, SetRtdInterval(30), []string{"1+" + reply(9011, qn, "")},
			Result{Outcome: Refused, QnRtn: QnUnknown, Sent: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := NewExchange(tt.dev, tt.order, qn2016, Timeouts{})
			if err != nil {
				t.Fatal(err)
			}
			if e.QN() != qn {
				t.Fatalf("QN is %s", e.QN())
			}
			start := time.Date(2026, 1, 1, 0, 0, 0, 0, Zone)
			first := string(e.Start(start))
			for _, step := range tt.script {
				digits := strings.IndexFunc(step, func(r rune) bool { return r < '0' || r > '9' })
				if digits < 0 {
					digits = len(step)
				}
				second, _ := smallNumber([]byte(step[:digits]))
				now := start.Add(time.Duration(second) * time.Second)
				sent, what := string(e.Tick(now)), step[digits:]
				switch {
				case what == "s" && sent != first:
					t.Fatalf("at %d s %q is sent, want the request", second, sent)
				case what != "s" && sent != "":
					t.Fatalf("at %d s %q is sent", second, sent)
				case len(what) > 1:
					var m Message
					if err := m.Parse([]byte(what[1:])); err != nil {
						t.Fatal(err)
					}
					if got := e.Receive(now, &m); got != (what[0] == '+') {
						t.Fatalf("at %d s: belongs %v: %s", second, got, what)
					}
				}
			}
			if got := e.Result(); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
			if e.Ended() != e.Deadline().IsZero() || e.Ended() != (tt.want.Outcome != Running) {
				t.Errorf("ended %v, deadline %v", e.Ended(), e.Deadline())
			}
			if e.Result().Zh() == "。" {
				t.Error("no words for the result")
			}
		})
	}
	if _, err := NewExchange(dev17, SetRtdInterval(1), qn2016, Timeouts{}); err == nil {
		t.Error("an order that is refused has no exchange")
	}
	e, _ := NewExchange(dev17, SetRtdInterval(30), qn2016, WiredTimeouts)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, Zone)
	if e.Tick(now) != nil || !e.Deadline().IsZero() {
		t.Error("an exchange that has not begun waits for nothing")
	}
	e.Start(now)
	if got := e.Deadline().Sub(now); got != 5*time.Second {
		t.Errorf("wired: %v", got)
	}
}
