package measure_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
)

// The child of TestKill runs in the folder that this names.
const killDir = "PINGZHANG_MEASURE_KILL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		killChild(dir)
		return
	}
	os.Exit(m.Run())
}

// killFrame is frame n of the child: the same in each life, so that a life may
// begin anywhere. Each minute comes in two halves, and now and then again with
// other content.
func killFrame(n int) measure.Frame {
	slot := n / 5 // 5 frames for each minute of a point
	f := measure.Frame{Point: measure.Point(1 + slot%3), Kind: measure.Minute, At: at(0, 0) + int64(slot/3)*60}
	f.Received, f.QN = f.At+61, f.At*1000
	switch n % 5 {
	case 0, 3:
		f.Cells = cells(fmt.Sprintf("a21026 Avg=%d.50 Flag=N", slot))
	case 1:
		f.Cells = cells(fmt.Sprintf("a34013 Avg=%d Flag=N", slot))
	case 2:
		f.QN += 5
		f.Cells = cells(fmt.Sprintf("a21026 Avg=%d.75 Flag=N", slot))
	case 4:
		f.Cells = cells(fmt.Sprintf("a19001 Avg=%d.0 Flag=D", slot%7))
	}
	f.Raw = fmt.Appendf(nil, "##%d##\r\n", n)
	return f
}

// killChild appends and seals until it is killed, by the parent or by itself at
// a step of a seal, and prints how many frames are committed.
func killChild(dir string) {
	from, _ := strconv.Atoi(os.Getenv("PINGZHANG_MEASURE_KILL_FROM"))
	suicide, _ := strconv.Atoi(os.Getenv("PINGZHANG_MEASURE_KILL_STEP"))
	s, err := measure.Open(context.Background(), measure.Config{Dir: dir, CacheMiB: 4})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	steps := 0
	measure.OnStep(s, func(name string) {
		if steps++; steps == suicide {
			fmt.Println("dies after", name)
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	r := rand.New(rand.NewPCG(uint64(from), 9))
	enter := func(context.Context, measure.RawSeal) error { return nil }
	for n := from; ; {
		var batch []measure.Frame
		for range 1 + r.IntN(300) {
			batch = append(batch, killFrame(n))
			n++
		}
		if _, err := s.Append(context.Background(), batch); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("committed", n)
		if r.IntN(2) == 0 {
			now := batch[0].At - int64(r.IntN(7200))
			err := s.Seal(context.Background(), now)
			if err == nil {
				err = s.SealRaw(context.Background(), now, enter)
			}
			if err != nil {
				fmt.Println("error", err)
				os.Exit(1)
			}
			fmt.Println("sealed")
		}
	}
}

// life runs a child until it dies and returns how many frames it said were
// committed.
func life(t *testing.T, dir string, from, suicide, lines int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killDir+"="+dir, fmt.Sprint("PINGZHANG_MEASURE_KILL_FROM=", from), fmt.Sprint("PINGZHANG_MEASURE_KILL_STEP=", suicide))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	committed := from
	in := bufio.NewScanner(out)
	for i := 0; in.Scan(); i++ {
		word, rest, _ := strings.Cut(in.Text(), " ")
		switch word {
		case "committed":
			committed, _ = strconv.Atoi(rest)
		case "dies":
			t.Log("dies", rest)
		case "error":
			t.Fatal(in.Text())
		}
		if i == lines { // what it does at this moment is left to chance
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	return committed
}

func TestKill(t *testing.T) {
	dir := t.TempDir()
	committed, deaths := 0, 14
	for i := range deaths {
		suicide, lines := 0, 8+5*i%11
		if i%2 == 1 {
			suicide, lines = 1+i*2/3, 1<<30 // by its own hand, at one step after another
		}
		committed = life(t, dir, committed, suicide, lines)
		s, err := measure.Open(ctx, measure.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if i%3 == 2 {
			if err := s.Seal(ctx, at(0, 0)+int64(committed)*2); err != nil {
				t.Fatal(err)
			}
		}
		checkKilled(t, s, committed)
		s.Close()
	}
	t.Logf("%d kills, %d frames", deaths, committed)
	for _, name := range glob(t, dir) {
		db, err := sqldb.OpenSQLite(ctx, name, 1)
		if err != nil {
			t.Fatal(err)
		}
		if text, _, err := sqldb.Value[string](ctx, db, `PRAGMA integrity_check`); err != nil || text != "ok" {
			t.Errorf("%s: %s, %v", name, text, err)
		}
		db.Close()
	}
}

// checkKilled compares the store with the frames that were said to be
// committed, and with those of the one batch that may have been on its way: it
// is there whole or not at all.
func checkKilled(t *testing.T, s *measure.Store, committed int) {
	t.Helper()
	got := dump(t, s)
	var frames []measure.Frame
	for n := range committed {
		frames = append(frames, killFrame(n))
	}
	want := expect(frames)
	for more := 0; got != want; more++ {
		if more > 300 {
			t.Fatalf("with %d committed frames the store has %d lines, want %d or those of one batch more", committed, strings.Count(got, "\n"), strings.Count(want, "\n"))
		}
		if len(got) < len(want) {
			t.Fatalf("with %d committed frames the store has %d lines, want %d", committed, strings.Count(got, "\n"), strings.Count(want, "\n"))
		}
		frames = append(frames, killFrame(committed+more))
		want = expect(frames)
	}
	last := frames[committed-1]
	raw, err := s.RawOf(ctx, last.Point, last.Kind, last.At)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range raw {
		if string(r.Bytes) == string(last.Raw) {
			return
		}
	}
	t.Fatalf("the message of frame %d is gone", committed-1)
}

func glob(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return names
}
