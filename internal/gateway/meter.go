package gateway

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/VictoriaMetrics/metrics"

	"pingzhang/hj212"
)

// meter counts. Each server has its own set, so that two in one process (tests)
// do not mix.
type meter struct {
	set      *metrics.Set
	frames   *metrics.Counter
	readings *metrics.Counter
	bytes    *metrics.Counter
	skipped  *metrics.Counter
	dropped  *metrics.Counter // not stored because the store refused
	slow     *metrics.Counter // connections closed because they did not read
	cut      *metrics.Counter // connections closed because they sent rubbish
	turned   *metrics.Counter // connections not taken: too many
	stray    *metrics.Counter // answers to nothing
	lost     *metrics.Counter // refusals that were counted and not kept
	commit   *metrics.Histogram
	batch    *metrics.Histogram
	queued   atomic.Int64 // frames that wait for a commit
	conns    atomic.Int64
}

func newMeter() *meter {
	set := metrics.NewSet()
	m := &meter{
		set:      set,
		frames:   set.NewCounter("pingzhang_gateway_frames_total"),
		readings: set.NewCounter("pingzhang_gateway_readings_total"),
		bytes:    set.NewCounter("pingzhang_gateway_received_bytes_total"),
		skipped:  set.NewCounter("pingzhang_gateway_skipped_bytes_total"),
		dropped:  set.NewCounter("pingzhang_gateway_dropped_frames_total"),
		slow:     set.NewCounter(`pingzhang_gateway_closed_total{why="slow"}`),
		cut:      set.NewCounter(`pingzhang_gateway_closed_total{why="rubbish"}`),
		turned:   set.NewCounter(`pingzhang_gateway_closed_total{why="too_many"}`),
		stray:    set.NewCounter("pingzhang_gateway_stray_answers_total"),
		lost:     set.NewCounter("pingzhang_gateway_refused_unkept_total"),
		commit:   set.NewHistogram("pingzhang_gateway_commit_seconds"),
		batch:    set.NewHistogram("pingzhang_gateway_commit_frames"),
	}
	set.NewGauge("pingzhang_gateway_queue_frames", func() float64 { return float64(m.queued.Load()) })
	set.NewGauge("pingzhang_gateway_connections", func() float64 { return float64(m.conns.Load()) })
	return m
}

func (m *meter) refused(r hj212.Reason) {
	m.set.GetOrCreateCounter(fmt.Sprintf("pingzhang_gateway_refused_total{reason=%q}", r)).Inc()
}

// WriteMetrics writes the counters in the form of Prometheus.
func (s *Server) WriteMetrics(w io.Writer) { s.meter.set.WritePrometheus(w) }

// Counts are the main counters of a server since it was opened.
type Counts struct {
	Frames, Readings uint64
	Dropped          uint64 // frames that the store refused; they were not acknowledged
	Unkept           uint64 // refused frames that were counted and not kept
	Connections      int64
	Queue            int64 // frames that wait for a commit
}

// Counts returns the main counters.
func (s *Server) Counts() Counts {
	return Counts{
		Frames: s.meter.frames.Get(), Readings: s.meter.readings.Get(), Dropped: s.meter.dropped.Get(),
		Unkept: s.meter.lost.Get(), Connections: s.meter.conns.Load(), Queue: s.meter.queued.Load(),
	}
}
