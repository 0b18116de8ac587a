package gateway

import (
	"context"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
)

// errStopping is told who asks a server that ends.
var errStopping = fault.New(fault.Unavailable, "设备接入服务正在停止，请稍后再试")

// run sends kept frames on their way and waits until they are stored. It returns
// for each the reason why it was refused, nil when it was not.
func (s *Server) run(ctx context.Context, frames []keptFrame) ([]*refusal, error) {
	if !s.enter() {
		return nil, errStopping
	}
	defer s.readers.Done()
	st := s.stages.Get().(*stage)
	w := s.workers.Get().(*worker)
	defer s.workers.Put(w)
	results := make([]*refusal, len(frames))
	for i, kept := range frames {
		framer := hj212.Framer{MaxLen: hj212.MaxSegment}
		framer.Push(kept.raw)
		framer.Flush()
		f, ok := framer.Next()
		if !ok {
			results[i] = &refusal{Refusal: noFrame, raw: kept.raw}
			continue
		}
		results[i] = s.take(st, w, &f, origin{at: kept.at, replay: true})
	}
	if err := s.settle(ctx, st); err != nil {
		return nil, err
	}
	return results, nil
}

var noFrame = &hj212.Refusal{
	Reason: hj212.ReasonTruncated, Text: "no frame is found in the bytes",
	Zh: "这段字节中找不到以##开头的完整报文。",
}
