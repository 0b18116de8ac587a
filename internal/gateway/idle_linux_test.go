package gateway_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/gateway/instrument"
)

// rss is the resident memory of a process, in bytes.
func rss(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(b), "VmRSS:")
	kib, err := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// TestIdleConnections holds 10,000 connections open that have each sent a frame,
// to a gateway of another process, and looks at its memory.
func TestIdleConnections(t *testing.T) {
	n := 10_000
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	n = min(n, int(limit.Max)-500)
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := probe.Addr().String()
	probe.Close()
	cmd := startChild(t, t.TempDir(), addr)
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	before := rss(t, cmd.Process.Pid)
	frames := make([][]byte, killDevices)
	for i := range frames {
		now := at8
		frames[i] = instrument.New(killSpec(i), func() time.Time { return now }).History(now.Add(-time.Minute), now, hj212.CNMinute)[0].Bytes
	}
	conns := make([]net.Conn, n)
	var wg sync.WaitGroup
	var failed sync.Map
	for w := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			buf := make([]byte, 256)
			for i := w; i < n; i += 50 {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					failed.Store(i, err)
					return
				}
				conns[i] = conn
				conn.SetDeadline(time.Now().Add(30 * time.Second))
				if _, err := conn.Write(frames[i%killDevices]); err != nil {
					failed.Store(i, err)
					return
				}
				if _, err := conn.Read(buf); err != nil { // the answer
					failed.Store(i, err)
					return
				}
			}
		}()
	}
	wg.Wait()
	failed.Range(func(i, err any) bool {
		t.Fatalf("connection %v: %v", i, err)
		return false
	})
	after := rss(t, cmd.Process.Pid)
	for _, c := range conns {
		c.Close()
	}
	t.Logf("%d idle connections: %d MB resident, %d MB before, %d bytes each", n, after>>20, before>>20, (after-before)/int64(n))
	if limit := int64(n) * (400 << 20) / 10_000; after > limit {
		t.Errorf("%d MB for %d connections; at most %d MB are allowed", after>>20, n, limit>>20)
	}
}
