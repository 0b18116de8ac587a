package gateway

import (
	"context"
	"log/slog"
	"time"

	"pingzhang/internal/measure"
)

// Appender is where readings go; *measure.Store is one. It must be durable when
// it returns.
type Appender interface {
	Append(ctx context.Context, frames []measure.Frame) (measure.Result, error)
}

// enqueue hands a stage to the committer. It waits while the queue is full: the
// connection is then not read, and TCP slows the device down.
func (s *Server) enqueue(st *stage) {
	s.meter.queued.Add(int64(st.weight()))
	s.queue <- st
}

// commits runs until the queue is closed and empty.
func (s *Server) commits() {
	defer close(s.committed)
	var batch []*stage
	timer := time.NewTimer(time.Hour)
	for first := range s.queue {
		batch = s.gather(append(batch[:0], first), timer)
		s.commit(batch)
		clear(batch)
	}
}

// gather adds to batch what has come in the meantime. A batch that is small
// waits a moment for company: each commit costs the disk the same.
func (s *Server) gather(batch []*stage, timer *time.Timer) []*stage {
	n := batch[0].weight()
	timer.Reset(s.cfg.Gather)
	defer timer.Stop()
	for n < s.cfg.MaxBatch {
		select {
		case st, ok := <-s.queue:
			if !ok {
				return batch
			}
			batch = append(batch, st)
			n += st.weight()
			continue
		default:
		}
		if n >= s.cfg.EnoughFrames {
			return batch
		}
		select {
		case st, ok := <-s.queue:
			if !ok {
				return batch
			}
			batch = append(batch, st)
			n += st.weight()
		case <-timer.C:
			return batch
		}
	}
	return batch
}

// commit makes the stages durable, and then answers.
func (s *Server) commit(batch []*stage) {
	start := time.Now()
	frames := s.frames[:0]
	var events []event
	var passed []passed
	for _, st := range batch {
		frames = append(frames, st.frames...)
		events = append(events, st.events...)
		passed = append(passed, st.passed...)
		s.meter.queued.Add(-int64(st.weight()))
	}
	s.frames = frames
	err := s.durable(frames, events)
	if err == nil {
		s.forward.keep(passed)
		s.meter.commit.UpdateDuration(start)
		s.meter.batch.Update(float64(len(frames)))
	}
	clear(frames)
	s.trouble.store(err)
	if err != nil {
		s.meter.dropped.Add(len(frames) + len(events))
		slog.Error("frames were not stored and not acknowledged", "frames", len(frames), "events", len(events), "err", err)
	}
	points := s.answer(batch, err)
	if err == nil && len(points) > 0 && s.cfg.Committed != nil {
		s.cfg.Committed(points)
	}
	if err != nil && !s.stopping.Load() {
		// A disk that is full is full for a while; devices send again anyway.
		time.Sleep(s.cfg.AfterFailure)
	}
}

// durable stores readings and events.
func (s *Server) durable(frames []measure.Frame, events []event) error {
	if len(frames) > 0 {
		if _, err := s.cfg.Store.Append(context.Background(), frames); err != nil {
			return err
		}
	}
	return s.storeEvents(events)
}

// answer sends the answers of what was stored, gives the stages back, and
// returns the points that have news.
func (s *Server) answer(batch []*stage, err error) (points []PointID) {
	s.commitNo++
	for _, st := range batch {
		if err == nil {
			if st.conn != nil && len(st.acks) > 0 {
				st.conn.send(st.acks)
			}
			for _, d := range st.devices {
				if d.live.commit != s.commitNo {
					d.live.commit = s.commitNo
					points = append(points, d.Point)
				}
			}
			for _, f := range st.after {
				f()
			}
		}
		if st.done != nil {
			st.done(err)
		}
		st.reset()
		s.stages.Put(st)
	}
	return points
}
