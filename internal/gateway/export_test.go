package gateway

import (
	"context"
	"time"
)

// Tick lets the commands see the time now.
func (s *Server) Tick(ctx context.Context, now time.Time) error {
	return s.commands.tick(ctx, now, true)
}

// Flush writes down what was refused so far.
func (s *Server) Flush(ctx context.Context) error { return s.notes.flush(ctx) }
