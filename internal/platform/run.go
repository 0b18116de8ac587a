package platform

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"pingzhang/internal/fault"
)

// Running is a started platform.
type Running struct {
	*Platform
	HTTPAddr    string // where pages and API are
	GatewayAddr string // where instruments connect; empty for none

	server *http.Server
	failed chan error
	stops  []func(context.Context)
}

// drainTime is how long a stopping server waits for requests under way.
const drainTime = 10 * time.Second

// Start listens and runs what has to run. The caller ends it with Stop.
//
// The error is fault.Unavailable when an address is taken.
func (p *Platform) Start(ctx context.Context) (_ *Running, err error) {
	defer fault.Wrap(&err, "platform.Start")

	r := &Running{Platform: p, failed: make(chan error, 4)}
	defer func() {
		if err != nil {
			r.Stop()
		}
	}()
	if err := r.startGateway(ctx); err != nil {
		return nil, err
	}
	if err := r.startWorker(ctx); err != nil {
		return nil, err
	}
	return r, r.startHTTP()
}

func (r *Running) startHTTP() error {
	l, err := net.Listen("tcp", r.Options.HTTP)
	if err != nil {
		return fault.From(err, fault.Unavailable, "不能在 %s 提供网页服务：地址已被占用或无权使用；请用 --http 换一个", r.Options.HTTP)
	}
	r.HTTPAddr = l.Addr().String()
	r.server = &http.Server{
		Handler:           r.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       5 * time.Minute, // a photograph over a bad line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	if r.Options.TLSCert != "" {
		cert, err := tls.LoadX509KeyPair(r.Options.TLSCert, r.Options.TLSKey)
		if err != nil {
			return fault.From(err, fault.Invalid, "证书或私钥不对：%s、%s", r.Options.TLSCert, r.Options.TLSKey)
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	}
	go func() {
		if err := r.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.failed <- err
		}
	}()
	return nil
}

// Wait returns when ctx ends, or with the error of a part that failed.
func (r *Running) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-r.failed:
		return err
	}
}

// Stop ends everything in the order in which data flow: first nothing new comes
// in, then what is under way is finished, then the journal is sealed by a
// checkpoint.
func (r *Running) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	r.Web.Close()
	if r.server != nil {
		if err := r.server.Shutdown(ctx); err != nil {
			slog.Warn("requests were cut off at stop", "err", err)
		}
	}
	for i := len(r.stops) - 1; i >= 0; i-- {
		r.stops[i](ctx)
	}
	if _, err := r.Journal.Checkpoint(context.Background(), r.clock.Now()); err != nil {
		slog.Error("no checkpoint at stop", "err", err)
	}
}
