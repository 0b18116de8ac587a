package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/testkit"
)

func TestInspect(t *testing.T) {
	good := minute("20260801080100000", "20260801080000", "45.2")
	good = good[:len(good)-2]
	device := &gateway.Device{MN: mn1, Name: "示例排口", Profile: hj212.P2017, PW: "123456"}
	for _, tt := range []struct {
		name    string
		raw     string
		device  *gateway.Device
		failed  string // name of the check
		reason  hj212.Reason
		at      string // what stands at the byte
		mention string // in the text of that check
	}{
		{"a good frame passes", good, device, "", "", "", ""},
		{"a wrong password", good, &gateway.Device{Name: "a", PW: "000000"}, "PW", gateway.ReasonPassword, "PW=", "密码"},
		{"an unknown MN", good, nil, "MN", gateway.ReasonUnknownMN, "MN=", mn1},
		{"a wrong CRC", good[:len(good)-4] + "1234", device, "CRC", hj212.ReasonCRC, "1234", "1234"},
		{"a length that is too short", "##0050" + good[6:], device, "长度", hj212.ReasonLength, "", ""},
		{"an unknown command", strings.TrimSpace(frame(strings.Replace(good[6:len(good)-4], "CN=2051", "CN=4711", 1))), device, "CN", gateway.ReasonCN, "CN=", "4711"},
		{"no frame at all", "GET / HTTP/1.1", device, "长度", hj212.ReasonTruncated, "", "##"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := gateway.InspectAs([]byte(tt.raw), tt.device, at8.Add(time.Minute))
			want(t, "OK", in.OK, tt.failed == "")
			want(t, "reason", in.Reason, tt.reason)
			for _, c := range in.Checks {
				if c.Verdict == gateway.Fails {
					want(t, "failed check", c.Name, tt.failed)
					if !strings.Contains(c.Text, tt.mention) {
						t.Errorf("text %q does not mention %q", c.Text, tt.mention)
					}
					break
				}
			}
			if tt.at != "" && !strings.HasPrefix(tt.raw[in.At:], tt.at) {
				t.Errorf("byte %d is %q; want %q", in.At, tt.raw[in.At:], tt.at)
			}
		})
	}
	t.Run("fields and factors with their bytes", func(t *testing.T) {
		in := gateway.InspectAs([]byte(good), device, at8.Add(time.Minute))
		for _, f := range append(in.Header, in.Params...) {
			if f.Name == "PW" {
				want(t, "the password is hidden", f.Value, "******")
				continue
			}
			if !strings.HasPrefix(good[f.At:], f.Name+"="+f.Value) {
				t.Errorf("%s=%s is said to stand at byte %d: %q", f.Name, f.Value, f.At, good[f.At:])
			}
		}
		f := in.Factors[0]
		want(t, "factor", f.Code+f.Zh+f.MarkZh, "w01018化学需氧量在线监控（监测）仪器仪表工作正常")
		want(t, "answer", in.Answer[6:len(in.Answer)-4], strings.Replace(ack("20260801080100000"), "PW=123456", "PW=******", 1))
	})
	t.Run("every captured stream can be inspected", func(t *testing.T) {
		f, err := os.Open(testkit.Shared(t, "data/hj212-packets.txt"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		samples, err := hj212.ReadSamples(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range samples {
			for n := 0; n <= len(s.Bytes); n += 7 {
				in := gateway.InspectAs(s.Bytes[:n], device, at8)
				if in.OK == (in.At >= 0) || !in.OK && in.Reason == "" {
					t.Fatalf("line %d cut at %d: OK %v, byte %d, reason %q", s.Line, n, in.OK, in.At, in.Reason)
				}
			}
		}
	})
}

func TestReplayCapture(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := minute("20260801080100000", "20260801080000", "45.2"), minute("20260801080200000", "20260801080100", "45.3")
	bad := strings.Replace(b, "45.3", "45.4", 1)
	escape := strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace
	for _, tt := range []struct {
		name, file              string
		frames, accepted, other int
		skipped                 int64
	}{
		{"a packets file", write("a.txt", "# one\n"+escape(a)+"\n\n# two\n"+escape(b+bad)+"\n"), 3, 2, 1, 0},
		{"a plain capture with chatter", write("b.bin", "+CSQ: 21\r\n"+a+"xx"+b), 2, 2, 0, 12},
		{"lines without escapes", write("c.txt", strings.TrimSpace(a)+"\n"+strings.TrimSpace(b)+"\n"), 2, 2, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, sqlite(t), nil)
			c, err := gateway.ReadCapture(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.server.ReplayCapture(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			refused := 0
			for _, n := range got.Refused {
				refused += n
			}
			if got.Frames != tt.frames || got.Accepted != tt.accepted || refused != tt.other || got.Skipped != tt.skipped {
				t.Errorf("got %s", got)
			}
			sent, err := gateway.SendCapture(t.Context(), r.addr, c, 200*time.Millisecond, nil)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "answers over the line", sent.Answered, tt.accepted)
		})
	}
	for name, file := range map[string]string{"no frame": write("d.txt", "hello\n"), "no file": filepath.Join(dir, "none")} {
		if _, err := gateway.ReadCapture(file); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v; want invalid", name, err)
		}
	}
}

func TestReplaySharedPackets(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	c, err := gateway.ReadCapture(testkit.Shared(t, "data/hj212-packets.txt"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.server.ReplayCapture(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, n := range got.Refused {
		refused += n
	}
	want(t, "every frame has an outcome", got.Accepted+refused, got.Frames)
	want(t, "streams", got.Samples, 126)
}
