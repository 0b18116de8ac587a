package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Channel is a way out of the platform.
type Channel string

// Webhook sends a message as an HTTP POST of JSON.
const Webhook Channel = "webhook"

// Message is one message to another system.
type Message struct {
	ID        int64
	Channel   Channel
	Target    string // address
	Payload   string // JSON
	State     string // queued, sending, sent or failed
	Tries     int
	NextAt    time.Time // when it is tried next
	LastError string
	CreatedAt time.Time
	SentAt    time.Time // zero until sent
}

// Lease is how long a worker that has claimed a message may take to send it
// before another may claim it.
const Lease = 2 * time.Minute

// MostTries is after how many failures a message is given up. With the delays
// of Delay that is about a day and a half.
const MostTries = 12

// Delay returns how long to wait after the failure number tries: a minute, then
// twice as long each time, at most six hours.
func Delay(tries int) time.Duration {
	return min(time.Minute<<min(max(tries-1, 0), 16), 6*time.Hour)
}

// Enqueue puts a message in the outbox in the caller's transaction.
func Enqueue(ctx context.Context, tx *sqldb.Tx, channel Channel, target string, payload any) (err error) {
	defer fault.Wrap(&err, "notify.Enqueue(%s, %s)", channel, target)

	b, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO outbox (id, channel, target, payload, state, tries, next_at, lease_until, worker, last_error, created_at)
		VALUES ($1, $2, $3, $4, 'queued', 0, $5, 0, '', '', $6)`,
		sqldb.NewID(), string(channel), target, string(b), tx.Now.Unix(), tx.Now.Unix())
	return err
}

type messageRow struct {
	ID        int64  `db:"id"`
	Channel   string `db:"channel"`
	Target    string `db:"target"`
	Payload   string `db:"payload"`
	State     string `db:"state"`
	Tries     int    `db:"tries"`
	NextAt    int64  `db:"next_at"`
	LastError string `db:"last_error"`
	CreatedAt int64  `db:"created_at"`
	SentAt    *int64 `db:"sent_at"`
}

const messageColumns = `id, channel, target, payload, state, tries, next_at, last_error, created_at, sent_at`

func (r messageRow) message() Message {
	m := Message{ID: r.ID, Channel: Channel(r.Channel), Target: r.Target, Payload: r.Payload, State: r.State, Tries: r.Tries,
		NextAt: clock.Unix(r.NextAt), LastError: r.LastError, CreatedAt: clock.Unix(r.CreatedAt)}
	if r.SentAt != nil {
		m.SentAt = clock.Unix(*r.SentAt)
	}
	return m
}

// Claim takes up to n messages that are due at now for worker. No other worker
// gets them before now plus Lease.
func (s *Store) Claim(ctx context.Context, now time.Time, worker string, n int) (claimed []Message, err error) {
	defer fault.Wrap(&err, "notify.Claim(%s)", worker)

	due, err := sqldb.All[messageRow](ctx, s.db, fmt.Sprintf(`
		SELECT `+messageColumns+`
		  FROM outbox
		 WHERE (state = 'queued' AND next_at <= $1)
		    OR (state = 'sending' AND lease_until <= $2)
		 ORDER BY next_at, id
		 LIMIT %d`, max(n, 1)), now.Unix(), now.Unix())
	if err != nil {
		return nil, err
	}
	for _, r := range due {
		// The number of tries is what keeps two workers apart: both may have read
		// the row, but only one finds it still as it was.
		won := int64(0)
		err := s.db.InTx(ctx, func(tx *sqldb.Tx) (err error) {
			won, err = tx.Exec(ctx, `
				UPDATE outbox
				   SET state       = 'sending',
				       tries       = tries + 1,
				       lease_until = $1,
				       worker      = $2
				 WHERE id = $3
				   AND tries = $4
				   AND state = $5`,
				now.Add(Lease).Unix(), worker, r.ID, r.Tries, r.State)
			return err
		})
		if err != nil {
			return claimed, err
		}
		if won == 1 {
			r.Tries++
			r.State = "sending"
			claimed = append(claimed, r.message())
		}
	}
	return claimed, nil
}

// Finish records how sending m went: failure nil is sent; otherwise it is
// tried again after Delay, or given up after MostTries. A worker whose lease
// has passed to another changes nothing.
func (s *Store) Finish(ctx context.Context, now time.Time, worker string, m Message, failure error) (err error) {
	defer fault.Wrap(&err, "notify.Finish(message %d)", m.ID)

	state, text, next := "sent", "", m.NextAt
	var sent *int64
	switch {
	case failure == nil:
		at := now.Unix()
		sent = &at
	case m.Tries >= MostTries:
		state, text = "failed", failure.Error()
	default:
		state, text, next = "queued", failure.Error(), now.Add(Delay(m.Tries))
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			UPDATE outbox
			   SET state      = $1,
			       last_error = $2,
			       next_at    = $3,
			       sent_at    = $4
			 WHERE id = $5
			   AND worker = $6
			   AND tries = $7
			   AND state = 'sending'`,
			state, text, next.Unix(), sent, m.ID, worker, m.Tries)
		return err
	})
}

// Deliver claims what is due at now and sends it with send. It returns how many
// went and how many did not; a message that did not go is no error.
func (s *Store) Deliver(ctx context.Context, now time.Time, worker string, n int, send func(context.Context, Message) error) (sent, failed int, err error) {
	claimed, err := s.Claim(ctx, now, worker, n)
	if err != nil {
		return 0, 0, err
	}
	for _, m := range claimed {
		failure := send(ctx, m)
		if failure != nil {
			failed++
		} else {
			sent++
		}
		if err := s.Finish(ctx, now, worker, m, failure); err != nil {
			return sent, failed, err
		}
	}
	return sent, failed, nil
}

// Messages returns up to n messages of state, or of every state when it is
// empty, the newest first, for the administrator's page.
func (s *Store) Messages(ctx context.Context, state string, n int) (_ []Message, err error) {
	defer fault.Wrap(&err, "notify.Messages(%s)", state)

	rows, err := sqldb.All[messageRow](ctx, s.db, fmt.Sprintf(`
		SELECT `+messageColumns+`
		  FROM outbox
		 WHERE ($1 = '' OR state = $1)
		 ORDER BY id DESC
		 LIMIT %d`, max(n, 1)), state)
	if err != nil {
		return nil, err
	}
	all := make([]Message, len(rows))
	for i, r := range rows {
		all[i] = r.message()
	}
	return all, nil
}
