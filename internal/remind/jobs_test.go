package remind

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/discharge"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

// fake is every part of the platform, and notes what it was asked.
type fake struct {
	calls []string
	err   error
	seals []measure.RawSeal
}

func (f *fake) call(s string) { f.calls = append(f.calls, s) }

func (f *fake) Judge(context.Context, time.Time) (discharge.Progress, error) {
	f.call("judge")
	return discharge.Progress{Hours: 3, Changed: 2}, f.err
}
func (f *fake) PostNotes(context.Context, time.Time) (int, error) { f.call("notes"); return 1, nil }
func (f *fake) Watch(context.Context, time.Time) (int, error)     { f.call("watch"); return 0, nil }
func (f *fake) Silences(context.Context, time.Time) (int, error)  { f.call("silences"); return 0, nil }
func (f *fake) FireDue(_ context.Context, _ time.Time, worker string) (int, error) {
	f.call("fire " + worker)
	return 2, nil
}
func (f *fake) Seal(_ context.Context, before int64) error {
	f.call("seal " + clock.Unix(before).Format("15:04"))
	return nil
}
func (f *fake) SealRaw(ctx context.Context, before int64, enter func(context.Context, measure.RawSeal) error) error {
	f.call("raw " + clock.Unix(before).Format("15:04"))
	for _, s := range f.seals {
		if err := enter(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
func (f *fake) Checkpoint(context.Context, time.Time) (*journal.Point, error) {
	f.call("checkpoint")
	return &journal.Point{Size: 12}, nil
}
func (f *fake) Sweep(context.Context) (int64, error) { f.call("sweep"); return 0, nil }

func TestJobs(t *testing.T) {
	db := sqldbtest.SQLite(t, journal.Migrations, notify.Migrations, Migrations)
	f := &fake{err: errors.New("a damaged file"), seals: []measure.RawSeal{{Hour: t0.Unix(), Part: 1, Root: []byte{1}, Frames: 1}}}
	var news []discharge.Progress
	jobs := Jobs(Parts{DB: db, Judging: f, Clocks: f, Readings: f, Journal: f, Outbox: notify.New(db), Webhook: &Webhook{Clock: clock.Fixed(t0)}, Sessions: f,
		Node: "n1", Changed: func(p discharge.Progress) { news = append(news, p) }})
	w := New(db, clock.Fixed(t0), "n1", jobs)
	ran, err := w.Tick(ctx, t0)
	if err != nil || len(ran) != len(jobs) {
		t.Fatalf("ran %v of %d jobs, %v", ran, len(jobs), err)
	}
	want := []string{"judge", "notes", "watch", "silences", "fire n1", "seal 10:00", "raw 11:50", "checkpoint", "sweep"}
	if !slices.Equal(f.calls, want) {
		t.Errorf("called %v, want %v", f.calls, want)
	}
	if len(news) != 1 || news[0].Changed != 2 {
		t.Errorf("pages are told what is new, even where something failed: %v", news)
	}
	st, err := w.Status(ctx, t0)
	if err != nil {
		t.Fatal(err)
	}
	notes := map[string]string{}
	for _, s := range st {
		notes[s.Name] = s.Note
		if s.Label == "" {
			t.Errorf("%s has no Chinese name", s.Name)
		}
		if (s.Error != "") != (s.Name == "judge") {
			t.Errorf("%s: error %q", s.Name, s.Error)
		}
	}
	if notes["judge"] != "判定 3 个小时，结果变化 2 项，附注 1 条" || notes["checkpoint"] != "签署至第 12 条" || notes["seal_raw"] != "1 个时段的摘要已留痕" || notes["sessions"] != "" {
		t.Errorf("notes %v", notes)
	}
	if got := Jobs(Parts{}); len(got) != 0 {
		t.Errorf("without parts there are no jobs: %v", got)
	}
}

func TestWebhook(t *testing.T) {
	var got *http.Request
	var body string
	answer := http.StatusNoContent
	elsewhere := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			elsewhere = true
			return
		}
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		if answer == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(answer)
	}))
	defer server.Close()
	hook := &Webhook{Secret: "示例密钥", Clock: clock.Fixed(t0)}
	m := notify.Message{ID: 77, Channel: notify.Webhook, Target: server.URL + "/hook", Payload: `{"text":"超标"}`}
	if err := hook.Send(ctx, m); err != nil {
		t.Fatal(err)
	}
	at := got.Header.Get("X-Pingzhang-Timestamp")
	if got.Method != "POST" || body != m.Payload || got.Header.Get("X-Pingzhang-Message") != "77" || at != "1795492800" ||
		got.Header.Get("X-Pingzhang-Signature") != Sign("示例密钥", at, body) {
		t.Errorf("got %s %v %s", got.Method, got.Header, body)
	}
	if Sign("示例密钥", at, body) == Sign("示例密钥", at, body+" ") || Sign("a", at, body) == Sign("b", at, body) {
		t.Error("a signature depends on body and secret")
	}
	for _, code := range []int{500, 302, 404} {
		if answer = code; hook.Send(ctx, m) == nil {
			t.Errorf("%d counts as received", code)
		}
	}
	if elsewhere {
		t.Error("a redirect was followed")
	}
	for _, bad := range []notify.Message{{Channel: "pigeon", Target: server.URL}, {Channel: notify.Webhook, Target: "file:///etc/passwd"}, {Channel: notify.Webhook, Target: "http://"}} {
		if hook.Send(ctx, bad) == nil {
			t.Errorf("%+v was sent", bad)
		}
	}
	silent := make(chan bool)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-silent }))
	defer slow.Close()
	defer close(silent)
	m.Target = slow.URL
	if err := (&Webhook{Timeout: time.Millisecond, Clock: clock.Fixed(t0)}).Send(ctx, m); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a receiver that does not answer: %v", err)
	}
}

// TestSign checks against HMAC written out (RFC 2104) over SM3.
func TestSign(t *testing.T) {
	if got := Sign("key", "1", "x"); got != signByHand("key", "1.x") {
		t.Errorf("got %s, want %s", got, signByHand("key", "1.x"))
	}
}

func TestOutboxRetries(t *testing.T) {
	each := func(t *testing.T, db *sqldb.DB) {
		db.Clock = clock.Fixed(t0)
		n := notify.New(db)
		fails := true
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if fails {
				w.WriteHeader(503)
			}
		}))
		defer server.Close()
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			return notify.Enqueue(ctx, tx, notify.Webhook, server.URL, map[string]string{"text": "超标"})
		}); err != nil {
			t.Fatal(err)
		}
		w := New(db, clock.Fixed(t0), "a", Jobs(Parts{Outbox: n, Webhook: &Webhook{Clock: clock.Fixed(t0)}, Node: "a"}))
		state := func(now time.Time) string {
			t.Helper()
			if _, err := w.Tick(ctx, now); err != nil {
				t.Fatal(err)
			}
			all, err := n.Messages(ctx, "", 1)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			return strings.Join([]string{all[0].State, all[0].LastError}, " ")
		}
		if got := state(t0); got != "queued the receiver answered 503 Service Unavailable" {
			t.Error(got)
		}
		fails = false
		if got := state(t0.Add(59 * time.Second)); !strings.HasPrefix(got, "queued") {
			t.Errorf("within the delay it was tried again: %s", got)
		}
		if got := state(t0.Add(65 * time.Second)); got != "sent " {
			t.Error(got)
		}
	}
	sqldbtest.Each(t, each, journal.Migrations, notify.Migrations, Migrations)
}
