package gateway

import (
	"context"
	"log/slog"
	"time"
)

// missEvery bounds how often an unknown MN makes the register be read again, so
// that a flood of them costs little.
const missEvery = 100 * time.Millisecond

// known returns the device of an MN. One that is not in the directory may have
// been registered a moment ago, here or on another node: the register is read
// once more before its frame goes into quarantine.
func (s *Server) known(mn []byte) *Device {
	if d := s.devices.find(mn); d != nil || len(mn) == 0 {
		return d
	}
	// Many may miss at once, when a fleet connects: they wait for one reading.
	s.missing.Lock()
	defer s.missing.Unlock()
	if d := s.devices.find(mn); d != nil {
		return d
	}
	if time.Since(s.missed) < missEvery {
		return nil
	}
	defer func() { s.missed = time.Now() }()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Refresh(ctx); err != nil {
		slog.Error("the register was not read for an unknown MN", "err", err)
		return nil
	}
	return s.devices.find(mn)
}
