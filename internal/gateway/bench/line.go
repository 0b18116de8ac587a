package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"pingzhang/hj212"
)

// factors of a frame: each with Cou, Min, Avg, Max and Flag.
const factors = 8

var codes = [factors]string{"a34013", "a21026", "a21002", "a19001", "a01011", "a01012", "a01014", "a00000"}

func deviceMN(i int) string { return fmt.Sprintf("SHILI%019d", i+1) }

// line is a device that sends minute packets, one period after another. It
// writes each into a template, so that it costs little beside the server. Values
// walk by some hundredths; every other device has four analysers that give a
// result every two hours and repeat it, as those of waste water do.
type line struct {
	id     int
	conn   net.Conn
	ackLen int
	window int

	frame    []byte
	qn, data int      // where their digits stand
	numbers  [][4]int // of each factor, where the digits of Cou, Min, Avg, Max stand
	values   [factors]int
	random   *rand.Rand
	at       time.Time
	now      atomic.Int64 // at, unix seconds, for the readers
	sent     int64
}

// digits is the width of a number: 12.34.
const digits = 5

func dial(addr string, id, window int) (*line, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	l := &line{
		id: id, conn: conn, window: window, random: rand.New(rand.NewPCG(uint64(id), 9)),
		at: time.Date(2026, 8, 1, 0, 0, 0, 0, hj212.Zone),
	}
	segment := "QN=20260801000100000;ST=31;CN=2051;PW=123456;MN=" + deviceMN(id) + ";Flag=5;CP=&&DataTime=20260801000000"
	l.qn, l.data = 6+len("QN="), 6+len(segment)-14
	for i, c := range codes {
		l.values[i] = 2000 + l.random.IntN(6000)
		var at [4]int
		for j, name := range []string{"Cou", "Min", "Avg", "Max"} {
			mark := ","
			if j == 0 {
				mark = ";"
			}
			segment += mark + c + "-" + name + "="
			at[j] = 6 + len(segment)
			segment += "00.00"
		}
		segment += "," + c + "-Flag=N"
		l.numbers = append(l.numbers, at)
	}
	segment += "&&"
	if l.frame, err = hj212.AppendFrame(nil, []byte(segment)); err != nil {
		return nil, err
	}
	var m hj212.Message
	if err := m.Parse([]byte(segment)); err != nil {
		return nil, err
	}
	ack, _ := hj212.AppendAck(nil, &m, hj212.P2017)
	l.ackLen = len(ack)
	return l, nil
}

// next appends the next frame.
func (l *line) next(dst []byte) []byte {
	f := l.frame
	l.at = l.at.Add(time.Minute)
	stamp(f[l.data:], l.at)
	stamp(f[l.qn:], l.at.Add(time.Minute))
	for i := range l.numbers {
		if l.id%2 == 1 && i < 4 && l.sent%120 != 0 {
			continue
		}
		bits := l.random.Uint64()
		v := l.values[i] + int(bits&15) - 7
		v = max(1100, min(9000, v))
		l.values[i] = v
		number(f[l.numbers[i][0]:], v*3/5+int(bits>>8&3))
		number(f[l.numbers[i][1]:], v-int(bits>>16&15))
		number(f[l.numbers[i][2]:], v)
		number(f[l.numbers[i][3]:], v+int(bits>>24&15))
	}
	crc := hj212.CRC(f[6 : len(f)-6])
	const hex = "0123456789ABCDEF"
	tail := f[len(f)-6:]
	tail[0], tail[1], tail[2], tail[3] = hex[crc>>12], hex[crc>>8&15], hex[crc>>4&15], hex[crc&15]
	l.sent++
	return append(dst, f...)
}

// stamp writes the 14 digits of t.
func stamp(b []byte, t time.Time) {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	two := func(i, n int) { b[i], b[i+1] = byte('0'+n/10), byte('0'+n%10) }
	two(0, year/100)
	two(2, year%100)
	two(4, int(month))
	two(6, day)
	two(8, hour)
	two(10, minute)
	two(12, second)
}

// number writes v hundredths as 12.34.
func number(b []byte, v int) {
	b[0], b[1], b[3], b[4] = byte('0'+v/1000%10), byte('0'+v/100%10), byte('0'+v/10%10), byte('0'+v%10)
}

// run sends until the time is up and all is answered. rate is frames a second, 0
// for as many as the window lets.
func (l *line) run(ctx context.Context, p *phase, until time.Time, rate float64) error {
	times := make([]atomic.Int64, l.window) // when frame n%window was sent
	free := make(chan int, l.window)
	free <- l.window
	ended := make(chan error, 1)
	var sent atomic.Int64
	var over atomic.Bool
	go func() { ended <- l.read(p, times, free, &sent, &over) }()
	err := l.write(ctx, times, free, &sent, until, rate)
	over.Store(true)
	l.now.Store(l.at.Unix())
	if err != nil {
		l.conn.Close()
		<-ended
		return err
	}
	// The reader looks at over when something comes, or at its deadline.
	l.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if sent.Load() == 0 {
		l.conn.SetReadDeadline(time.Unix(1, 0))
	}
	err = <-ended
	l.conn.SetReadDeadline(time.Time{})
	return err
}

func (l *line) write(ctx context.Context, times []atomic.Int64, free chan int, sent *atomic.Int64, until time.Time, rate float64) error {
	var buf []byte
	room := 0
	start := time.Now()
	for n := int64(0); ctx.Err() == nil; {
		now := time.Now()
		if now.After(until) {
			return nil
		}
		for more := true; more; {
			select {
			case k := <-free:
				room += k
			default:
				more = false
			}
		}
		if room == 0 {
			select {
			case k := <-free:
				room += k
			case <-time.After(10 * time.Second):
				return fmt.Errorf("no answer in 10 s")
			}
		}
		count := min(room, 16)
		if rate > 0 {
			count = min(count, int(now.Sub(start).Seconds()*rate)-int(n)+1)
			if count <= 0 {
				sleep(ctx, time.Duration(float64(time.Second)/rate))
				continue
			}
		}
		buf = buf[:0]
		stampNow := time.Now().UnixNano()
		for range count {
			buf = l.next(buf)
			times[n%int64(l.window)].Store(stampNow)
			n++
		}
		room -= count
		sent.Store(n)
		l.now.Store(l.at.Unix())
		if _, err := l.conn.Write(buf); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// read counts answers: those of one device all have one length.
func (l *line) read(p *phase, times []atomic.Int64, free chan<- int, sent *atomic.Int64, over *atomic.Bool) error {
	buf := make([]byte, 16<<10)
	var all []time.Duration
	part, got := 0, int64(0)
	defer func() {
		p.frames.Add(got)
		p.add(all...)
	}()
	for {
		if over.Load() && got == sent.Load() {
			return nil
		}
		n, err := l.conn.Read(buf)
		if err != nil {
			if over.Load() && got == sent.Load() {
				return nil
			}
			return fmt.Errorf("%d of %d answered: %w", got, sent.Load(), err)
		}
		part += n
		k := part / l.ackLen
		part %= l.ackLen
		now := time.Now().UnixNano()
		for range k {
			all = append(all, time.Duration(now-times[got%int64(l.window)].Load()))
			got++
		}
		if k > 0 {
			free <- k
		}
	}
}
