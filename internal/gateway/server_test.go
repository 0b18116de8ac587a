package gateway_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

func TestAnswers(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	for _, tt := range []struct {
		name    string
		segment string
		want    string // "" for no answer
	}{
		{
			"2017: data with Flag bit 0 is answered by 9014 (HJ 212-2017 C.45)",
			"QN=20260801080100001;ST=32;CN=2011;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260801080100;w01018-Rtd=46.5,w01018-Flag=N&&",
			"QN=20260801080100001;ST=91;CN=9014;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&",
		},
		{
			"2017: data without bit 0 is not answered",
			"QN=20260801080130001;ST=32;CN=2011;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&DataTime=20260801080130;w01018-Rtd=46.6,w01018-Flag=N&&",
			"",
		},
		{
			"2005: the QN goes into CP with the CN that is answered (HJ/T 212-2005 Annex C)",
			"QN=20260801080200001;ST=32;CN=2051;PW=123456;MN=" + mn2005 + ";Flag=1;CP=&&DataTime=20260801080000;011-Avg=40.1,011-Flag=N&&",
			"ST=91;CN=9014;CP=&&QN=20260801080200001;CN=2051&&",
		},
		{
			"a start of the logger is an upload (2081)",
			"QN=20260801080300001;ST=32;CN=2081;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260801080300;RestartTime=20260801075900&&",
			"QN=20260801080300001;ST=91;CN=9014;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&",
		},
		{
			"a request for the time is a notification (1013)",
			"QN=20260801080400001;ST=32;CN=1013;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&PolId=w01018&&",
			"QN=20260801080400001;ST=91;CN=9013;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&",
		},
		{
			"a heartbeat is a notification (9015)",
			"QN=20260801080500001;ST=91;CN=9015;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&&&",
			"QN=20260801080500001;ST=91;CN=9013;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&",
		},
		{
			"a private command is answered as data",
			"QN=20260801080600001;ST=91;CN=9021;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&&&",
			"QN=20260801080600001;ST=91;CN=9014;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&",
		},
		{
			"data without a factor is kept as an event and answered",
			"QN=20260801080700001;ST=32;CN=2011;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&&&",
			"QN=20260801080700001;ST=91;CN=9014;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&",
		},
		{
			"a wrong password is not answered",
			"QN=20260801080800001;ST=32;CN=2011;PW=000000;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260801080800;w01018-Rtd=1&&",
			"",
		},
		{
			"an unknown command is not answered",
			"QN=20260801080900001;ST=32;CN=4711;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260801080900;w01018-Rtd=1&&",
			"",
		},
		{
			"an unknown MN is not answered",
			"QN=20260801081000001;ST=32;CN=2011;PW=123456;MN=UNKNOWN00001;Flag=5;CP=&&DataTime=20260801081000;w01018-Rtd=1&&",
			"",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := r.dial()
			l.t = t
			// What is sent after it shows that nothing came before.
			l.send(frame(tt.segment), minute("20260801090000000", "20260801085900", "9"))
			if tt.want != "" {
				want(t, "answer", l.next(), tt.want)
			}
			want(t, "answer to the next", l.next(), ack("20260801090000000"))
		})
	}
}

func TestStored(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	l := r.dial()
	a := minute("20260801080100000", "20260801080000", "45.2")
	l.send(a, a, minute("20260801080201000", "20260801080100", "46.0"))
	for _, qn := range []string{"20260801080100000", "20260801080100000", "20260801080201000"} {
		want(t, "answer, also of the duplicate", l.next(), ack(qn))
	}
	want(t, "rows", strings.Join(r.rows(1, measure.Minute), "\n"), strings.Join([]string{
		"0801 0800 w01018 Avg=45.2 Min=45.2 Max=45.2 Flag=N",
		"0801 0801 w01018 Avg=46.0 Min=46.0 Max=46.0 Flag=N",
	}, "\n"))
	select {
	case p := <-r.news:
		want(t, "points with news", fmt.Sprint(p), "[1]")
	case <-time.After(patience):
		t.Fatal("nobody was told of the commit")
	}
	seen, err := r.server.Recent(t.Context(), operator, 1)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "frames in memory", len(seen), 3)
	want(t, "the newest frame", string(seen[0].Raw)+"\r\n", minute("20260801080201000", "20260801080100", "46.0"))
}

func TestEvents(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db, nil)
		l := r.dial()
		start := frame("QN=20260801080300001;ST=32;CN=2081;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260801080300;RestartTime=20260801075900&&")
		l.send(start, start)
		l.next()
		l.next()
		l.send(frame("QN=20260801080400001;ST=32;CN=2051;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260230080300;w01018-Avg=1,w01018-Flag=N&&"))
		l.next()
		all, err := r.server.Events(t.Context(), operator, 1, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 2 {
			t.Fatalf("%d events; want the start, once, and the minute of 30 February", len(all))
		}
		want(t, "item", all[1].Items["RestartTime"], "20260801075900")
		want(t, "kind", all[1].Kind, hj212.KindStart)
		want(t, "item of the undated minute", all[0].Items["w01018-Avg"], "1")
		if rows := r.rows(1, measure.Minute); len(rows) != 0 {
			t.Errorf("rows of an impossible time: %v", rows)
		}
	}, gatewaySets()...)
}

func TestStoreRefuses(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	l := r.dial()
	r.failing.set(fault.New(fault.Unavailable, "磁盘已满，数据没有保存；请清理磁盘"))
	l.send(minute("20260801080100000", "20260801080000", "45.2"))
	eventually(t, "the loss", func() bool { return r.server.Counts().Dropped == 1 })
	if got := r.server.Trouble(); !strings.Contains(got, "磁盘已满") || !strings.Contains(got, "未应答") {
		t.Errorf("Trouble = %q; want it to say that the disk is full and nothing was answered", got)
	}
	r.failing.set(nil)
	l.send(minute("20260801080200000", "20260801080100", "45.3"))
	want(t, "first answer, that of the frame after the recovery", l.next(), ack("20260801080200000"))
	want(t, "Trouble after the recovery", r.server.Trouble(), "")
	want(t, "rows", len(r.rows(1, measure.Minute)), 1)
}

func TestStopDrains(t *testing.T) {
	r := newRig(t, sqlite(t), func(c *gateway.Config) { c.Gather = 50 * time.Millisecond })
	l := r.dial()
	const n = 500
	for i := range n {
		at := at8.Add(time.Duration(i) * time.Minute)
		l.send(minute(at.Add(time.Minute).Format("20060102150405")+"000", hj212.Stamp(at), "1"))
	}
	l.next() // so that the server has begun to read
	r.stop()
	acked := 1
	for {
		if _, err := l.read(patience); err != nil {
			break
		}
		acked++
	}
	stored := len(r.rows(1, measure.Minute))
	if acked != stored || acked == 0 {
		t.Errorf("%d answered and %d stored; a stop answers exactly what it stores", acked, stored)
	}
}

func TestLimits(t *testing.T) {
	t.Run("too many connections from one address", func(t *testing.T) {
		r := newRig(t, sqlite(t), func(c *gateway.Config) { c.MaxPerAddr = 3 })
		for range 3 {
			l := r.dial()
			l.send(minute("20260801080100000", "20260801080000", "45.2"))
			l.next()
		}
		r.dial().closed()
	})
	t.Run("a silent connection is closed", func(t *testing.T) {
		r := newRig(t, sqlite(t), func(c *gateway.Config) { c.Idle = 20 * time.Millisecond })
		r.dial().closed()
	})
	t.Run("half a frame is given up, and what stands behind a false length comes out", func(t *testing.T) {
		r := newRig(t, sqlite(t), func(c *gateway.Config) { c.HalfFrame = 30 * time.Millisecond })
		l := r.dial()
		l.send("##3999QN=2026")
		l.send(minute("20260801080100000", "20260801080000", "45.2")[:40])
		eventually(t, "the refusals", func() bool {
			all, err := r.server.RefusedFrames(t.Context(), operator, gateway.RefusedQuery{})
			return err == nil && len(all) > 0
		})
		l.send(minute("20260801080100000", "20260801080000", "45.2"))
		want(t, "answer", l.next(), ack("20260801080100000"))
	})
	t.Run("a peer that does not read its answers loses the connection", func(t *testing.T) {
		r := newRig(t, sqlite(t), func(c *gateway.Config) { c.MaxOut, c.WriteWait = 4096, 50*time.Millisecond })
		l := r.dial()
		l.conn.(*net.TCPConn).SetReadBuffer(4096)
		batch := strings.Repeat(minute("20260801080100000", "20260801080000", "45.2"), 100)
		for range 2000 {
			l.conn.SetWriteDeadline(time.Now().Add(patience))
			if _, err := l.conn.Write([]byte(batch)); err != nil {
				return // closed, as it should be
			}
		}
		t.Error("200,000 answers were not read and the connection is open")
	})
	t.Run("a flood of rubbish is counted, kept in part, and ends", func(t *testing.T) {
		r := newRig(t, sqlite(t), func(c *gateway.Config) { c.MaxRubbish, c.RefuseBurst, c.RefuseRate = 200_000, 50, 1 })
		l := r.dial()
		for i := range 5000 {
			bad := strings.Replace(minute(fmt.Sprintf("202608010801%05d", i), "20260801080000", "45.2"), "CP=", "CQ=", 1)
			if _, err := l.conn.Write([]byte(bad)); err != nil {
				break
			}
		}
		l.closed()
		eventually(t, "the refusals", func() bool {
			all, err := r.server.RefusedFrames(t.Context(), operator, gateway.RefusedQuery{N: 500})
			if err != nil || len(all) == 0 {
				return false
			}
			if len(all) > 51 {
				t.Fatalf("%d kept of a burst of 50", len(all))
			}
			return r.server.Counts().Unkept > 100
		})
	})
}

func TestCRCAndKey(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	l := r.dial()
	segment := "QN=20260801080100000;ST=32;CN=2051;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=20260801080000;w01018-Avg=45.2,w01018-Flag=N&&"
	// CRC-16/MODBUS computed bit by bit, independently of the library.
	crc := uint16(0xFFFF)
	for _, b := range []byte(segment) {
		crc ^= uint16(b)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0xA001
			} else {
				crc >>= 1
			}
		}
	}
	modbus := fmt.Sprintf("##%04d%s%04X\r\n", len(segment), segment, crc)
	l.send(modbus, minute("20260801090000000", "20260801085900", "9"))
	want(t, "answer", l.next(), ack("20260801090000000"))

	r.registry.put(register.Point{ID: 1, MN: mn1, Profile: "2017", ST: "32", Password: "123456", ToleratedCRC: "CRC-16/MODBUS"})
	if err := r.server.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.send(modbus)
	want(t, "answer with the tolerated CRC", l.next(), ack("20260801080100000"))

	key := bytes.Repeat([]byte{0x30}, 16)
	const mn25 = "010000A8900016F000169DC1"
	plain := "QN=20260801080100000;ST=31;CN=2051;PW=123456;MN=" + mn25 + ";Flag=9;CP=&&DataTime=20260801080000;a01011-Avg=1.35,a01011-Flag=N&&"
	secret, err := hj212.EncryptFrame(nil, []byte(plain), key)
	if err != nil {
		t.Fatal(err)
	}
	r.registry.put(register.Point{ID: 3, MN: mn25, Profile: "2025", ST: "31", Password: "123456"})
	if err := r.server.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.send(string(secret), minute("20260801090100000", "20260801090000", "9"))
	want(t, "answer, not to the frame without a key", l.next(), ack("20260801090100000"))

	var refused gateway.Refused
	eventually(t, "the refusal", func() bool {
		all, err := r.server.RefusedFrames(t.Context(), operator, gateway.RefusedQuery{MN: mn25})
		if err == nil && len(all) == 1 {
			refused = all[0]
		}
		return len(all) == 1
	})
	want(t, "reason", refused.Reason, gateway.ReasonNoKey)
	want(t, "raw", string(refused.Raw)+"\r\n", string(secret))

	r.registry.put(register.Point{ID: 3, MN: mn25, Profile: "2025", ST: "31", Password: "123456", SM4Key: strings.Repeat("30", 16)})
	again, err := r.server.Replay(t.Context(), operator, refused.ID)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "state after the replay", again.State, "accepted")
	want(t, "rows", strings.Join(r.rows(3, measure.Minute), "\n"), "0801 0800 a01011 Avg=1.35 Flag=N")
	if _, err := r.server.Replay(t.Context(), operator, refused.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second replay: %v; want conflict", err)
	}
}
