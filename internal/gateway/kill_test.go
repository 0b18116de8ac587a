package gateway_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/gateway"
	"pingzhang/internal/gateway/instrument"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
)

// The child of TestKill is this test binary with these in its environment.
const (
	childDir  = "PINGZHANG_TEST_CHILD_DIR"
	childAddr = "PINGZHANG_TEST_CHILD_ADDR"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir, os.Getenv(childAddr)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const killDevices = 8

func killSpec(i int) instrument.Spec {
	return instrument.Spec{MN: fmt.Sprintf("SHILI%09d", i+1), Plant: instrument.WasteWater, Profile: hj212.P2017, Seed: uint64(i), MinuteEvery: time.Minute}
}

// child is a gateway on files in dir that serves until it is killed.
func child(dir, addr string) error {
	ctx := context.Background()
	db, err := sqldb.OpenSQLite(ctx, filepath.Join(dir, "app.db"), 8)
	if err != nil {
		return err
	}
	if _, err := db.Migrate(ctx, journal.Migrations, gateway.Migrations); err != nil {
		return err
	}
	store, err := measure.Open(ctx, measure.Config{Dir: dir, CacheMiB: 8})
	if err != nil {
		return err
	}
	points := &registry{}
	for i := range killDevices {
		points.put(register.Point{ID: int64(100 + i), MN: killSpec(i).MN, Profile: "2017", ST: "32", Password: "123456"})
	}
	server, err := gateway.Open(ctx, gateway.Config{DB: db, Store: store, Registry: points, MaxPerAddr: 20_000})
	if err != nil {
		return err
	}
	if _, err := server.Listen(addr); err != nil {
		return err
	}
	fmt.Println("ready")
	select {}
}

func startChild(t *testing.T, dir, addr string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childAddr+"="+addr)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		cmd.Process.Kill()
		cmd.Wait()
		t.Fatalf("the gateway said %q, %v", line, err)
	}
	return cmd
}

// acked are the packets that were acknowledged.
type acked struct {
	mu   sync.Mutex
	all  map[string]bool // MN CN DataTime
	more chan int
}

func (a *acked) add(p instrument.Packet) {
	a.mu.Lock()
	a.all[fmt.Sprintf("%s %s %s", p.MN, p.CN, hj212.Stamp(p.At))] = true
	n := len(a.all)
	a.mu.Unlock()
	select {
	case a.more <- n:
	default:
	}
}

// TestKill kills the gateway under load, again and again, and then looks for
// every packet that was acknowledged. PINGZHANG_KILLS says how often.
func TestKill(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("PINGZHANG_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := probe.Addr().String()
	probe.Close()
	now := at8.AddDate(0, 0, 40)
	log := &acked{all: map[string]bool{}, more: make(chan int, 1)}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var clients sync.WaitGroup
	for i := range killDevices {
		d := instrument.New(killSpec(i), func() time.Time { return now })
		c := &instrument.Client{Device: d, Addr: addr, OnAck: log.add, AckWait: time.Second}
		c.Push(d.Restarted()...)
		clients.Add(1)
		go func() {
			defer clients.Done()
			for from := at8; ctx.Err() == nil && from.Before(now); from = from.Add(6 * time.Hour) {
				c.Push(d.History(from, from.Add(6*time.Hour))...)
				c.Drain(ctx)
			}
		}()
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range kills {
		cmd := startChild(t, dir, addr)
		log.mu.Lock()
		until := len(log.all) + 100 + random.IntN(1500)
		log.mu.Unlock()
		deadline := time.After(30 * time.Second)
		for n := 0; n < until; {
			select {
			case n = <-log.more:
			case <-deadline:
				cmd.Process.Kill()
				t.Fatalf("%d of %d acknowledged in 30 s", n, until)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
	}
	stop()
	clients.Wait()
	found := foundIn(t, dir)
	missing := 0
	for key := range log.all {
		if !found[key] {
			if missing++; missing < 10 {
				t.Errorf("acknowledged and not found: %s", key)
			}
		}
	}
	t.Logf("%d kills, %d acknowledged, %d missing, %d stored", kills, len(log.all), missing, len(found))
}

// foundIn reads what is stored in dir, in the form of acked.
func foundIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	store, err := measure.Open(t.Context(), measure.Config{Dir: dir, CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	found := map[string]bool{}
	for i := range killDevices {
		for kind, cn := range map[measure.Kind]hj212.CN{measure.Minute: 2051, measure.Hour: 2061, measure.Day: 2031} {
			factors := map[int64]int{}
			err := store.Rows(t.Context(), measure.RowQuery{Point: measure.Point(100 + i), Kind: kind, From: 0, To: 4e9}, func(row measure.Row) error {
				factors[row.At]++
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for at, n := range factors {
				if n == len(instrument.WasteWater.Factors()) {
					found[fmt.Sprintf("%s %s %s", killSpec(i).MN, cn, hj212.Stamp(time.Unix(at, 0)))] = true
				}
			}
		}
	}
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(dir, "app.db"), 8)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	type event struct {
		MN   string `db:"mn"`
		Data int64  `db:"data_at"`
	}
	events, err := sqldb.All[event](t.Context(), db, `SELECT mn, data_at FROM device_events WHERE cn = 2081`)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		found[strings.Join([]string{e.MN, "2081", hj212.Stamp(time.Unix(e.Data, 0))}, " ")] = true
	}
	return found
}
