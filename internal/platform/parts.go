package platform

import (
	"context"
	"net/http"
)

// startGateway listens for instruments.
func (r *Running) startGateway(ctx context.Context) error { return nil }

// startWorker runs what happens because time passed.
func (r *Running) startWorker(ctx context.Context) error { return nil }

// programs returns what is there for programs, by pattern.
func (r *Running) programs() map[string]http.Handler { return nil }
