package platform_test

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/platform"
	"pingzhang/internal/testkit/browsertest"
)

// device is a data logger on a TCP line.
type device struct {
	t      *testing.T
	conn   net.Conn
	in     *bufio.Reader
	mn     string
	frames int
}

func dial(t *testing.T, addr, mn string) *device {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &device{t: t, conn: c, in: bufio.NewReader(c), mn: mn}
}

// send sends data of a period and waits for its acknowledgement.
func (d *device) send(cn int, at time.Time, items string) {
	d.t.Helper()
	d.frames++
	qn := at.Add(time.Hour).Add(time.Duration(d.frames) * time.Millisecond).Format("20060102150405.000")
	qn = strings.Replace(qn, ".", "", 1)
	frame, err := hj212.AppendFrame(nil, fmt.Appendf(nil, "QN=%s;ST=31;CN=%d;PW=123456;MN=%s;Flag=5;CP=&&DataTime=%s;%s&&", qn, cn, d.mn, at.Format("20060102150405"), items))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.conn.Write(frame); err != nil {
		d.t.Fatal(err)
	}
	d.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := d.in.ReadString('\n')
	if err != nil || !strings.Contains(line, "CN=9014") || !strings.Contains(line, "QN="+qn) {
		d.t.Fatalf("the answer to QN %s is %q, %v; want 9014 with the same QN", qn, line, err)
	}
}

// photo writes a small picture.
func photo(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for x := range 320 {
		for y := range 240 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 120, 255})
		}
	}
	path := filepath.Join(t.TempDir(), "现场.jpg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, img, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLoop walks from an instrument's frames to a closed matter, through the
// port for instruments and a browser, and proves it by the journal.
func TestLoop(t *testing.T) {
	r := start(t, "127.0.0.1:0")
	ctx := context.Background()
	const mn = "DEMO23110200000000000001"

	d := dial(t, r.GatewayAddr, mn)
	hour := time.Now().In(clock.Shanghai).Truncate(time.Hour).Add(-8 * time.Hour)
	for i := range 7 {
		so2 := "120.5"
		if i == 2 || i == 3 {
			so2 = "437.6" // the limit is 300 mg/m³, GB 13271-2014 table 2
		}
		d.send(2061, hour.Add(time.Duration(i)*time.Hour), fmt.Sprintf("a21026-Min=100.0,a21026-Avg=%s,a21026-Max=450.0,a21026-ZsAvg=%s,a21026-Flag=N;a19001-Avg=9.0,a19001-Flag=N", so2, so2))
	}
	if _, err := r.Discharge.Judge(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	section, err := r.Access.CallerByLogin(ctx, "demo-section", "web")
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := r.Matter.Inbox(ctx, section)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("the section has %d matters, %v; want one for one episode of two hours", len(waiting), err)
	}
	path := fmt.Sprintf("/matters/%d", waiting[0].ID)

	b := browsertest.Start(t, "http://"+r.HTTPAddr)
	walk(t, b, path)

	m, err := r.Matter.Matter(ctx, section, waiting[0].ID)
	if err != nil || !m.Closed() || m.Outcome != "accepted" {
		t.Errorf("the matter is in %s with outcome %q, %v; want it closed and accepted", m.Stage, m.Outcome, err)
	}
	b.SignIn("demo-audit", platform.DemoPassword)
	b.Open("/journal")
	b.Click("form[action='/journal/verify'] button")
	b.SeeText("全部相符")
	b.Shoot("loop-journal")
	b.Clean()
	if report, err := r.Journal.Verify(ctx, time.Now()); err != nil || !report.OK() {
		t.Errorf("the journal does not verify: %+v, %v", report.Problems, err)
	}
	proved(t, r, mn, hour.Add(2*time.Hour))
}

// walk does each step as the person whose step it is.
func walk(t *testing.T, b *browsertest.Browser, path string) {
	act := func(login, move string, fill func()) {
		t.Helper()
		b.SignIn(login, platform.DemoPassword)
		b.Open("/inbox")
		b.See("a[href='" + path + "']")
		b.Open(path + "?move=" + move)
		fill()
		b.Do("document.querySelectorAll('[data-confirm]').forEach(e => e.removeAttribute('data-confirm'))")
		b.Click("form[action$='/move'] button[type=submit]")
		b.SeeText("已办理")
		b.Shoot("loop-" + move)
	}
	b.SignIn("demo-branch", platform.DemoPassword)
	b.Open(path)
	b.SeeText("现由")
	b.Shoot("loop-before")

	act("demo-section", "assign", func() { b.Fill("#f-demand", "请说明二氧化硫超标原因并立即整改") })
	act("demo-heat", "submit", func() {
		b.Choose("#f-cause", "facility")
		b.Fill("#f-explanation", "脱硫浆液循环泵跳停，备用泵未及时投运")
		b.Choose("#f-marked", "none")
		b.Fill("#f-measures", "已更换循环泵联轴器，增加备用泵联锁")
	})

	lie := filepath.Join(t.TempDir(), "现场.jpg")
	if err := os.WriteFile(lie, []byte("%PDF-1.4 this is no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func() {
		b.Choose("#f-finding", "confirmed")
		b.Do("document.querySelector('#f-checked_on').value = '2026-11-24'")
		b.Fill("#f-officers", "示例甲、示例乙")
		b.Fill("#f-facts", "现场核实循环泵已更换，在线数据恢复正常")
	}
	b.SignIn("demo-branch", platform.DemoPassword)
	b.Open(path + "?move=report")
	check()
	b.Attach("#files", lie)
	b.Click("form[action$='/move'] button[type=submit]")
	b.See("[role=alert]")
	b.Shoot("loop-lie")
	act("demo-branch", "report", func() {
		check()
		b.Attach("#files", photo(t))
	})
	act("demo-section", "accept", func() { b.Fill("#note", "企业说明与现场核查一致，同意") })
	act("demo-section", "publish", func() {
		b.Fill("#f-unit", "示例热力有限公司")
		b.Fill("#f-problem", "二氧化硫小时均值超标")
		b.Fill("#f-handling", "更换循环泵，增加联锁")
		b.Fill("#f-result", "已整改")
		b.Fill("#f-checker", "示例科长")
	})
	act("demo-section", "close", func() { b.Fill("#note", "材料齐全，同意销号") })
	for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
		b.Look(size)
		b.Open(path)
		b.SeeText("已办结")
		b.NoSideways()
		b.Shoot("loop-closed-" + size.Name)
	}
	b.Look(browsertest.Desk)
	b.Clean()
}

// proved follows a reading back to the bytes in which it came.
func proved(t *testing.T, r *platform.Running, mn string, at time.Time) {
	t.Helper()
	p, err := r.Register.PointByMN(context.Background(), access.Platform("register.read"), mn)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.Measure.RawOf(context.Background(), measure.Point(p.ID), measure.Hour, at.Unix())
	if err != nil || len(raw) != 1 || !strings.Contains(string(raw[0].Bytes), "a21026-ZsAvg=437.6") {
		t.Errorf("the reading comes from %d messages, %v; want the one with its value", len(raw), err)
	}
}
