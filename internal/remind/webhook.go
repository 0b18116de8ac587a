package remind

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/clock"
	"pingzhang/internal/notify"
)

// Webhook posts messages of the outbox as JSON to other systems of the
// customer's network.
//
// A request has the headers
//
//	X-Pingzhang-Message    id of the message; one that comes twice has the same
//	X-Pingzhang-Timestamp  unix seconds of this attempt
//	X-Pingzhang-Signature  sm3= and HMAC-SM3(secret, timestamp + "." + body) in hex
//
// The receiver checks the signature and that the timestamp is recent, and
// answers 2xx once it has the message. Anything else, and silence for longer
// than Timeout, counts as not received. Redirects are not followed: a message
// goes to the address that was configured and to no other.
type Webhook struct {
	Secret  string // shared with the receivers; without one nothing is signed
	Timeout time.Duration
	Clock   clock.Clock
	Client  *http.Client // nil for one of its own
}

// webhookTimeout is Timeout where it is not set.
const webhookTimeout = 10 * time.Second

// Send posts one message.
func (h *Webhook) Send(ctx context.Context, m notify.Message) error {
	if m.Channel != notify.Webhook {
		return fmt.Errorf("no way to send by %q", m.Channel)
	}
	if u, err := url.Parse(m.Target); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is no http address", m.Target)
	}
	timeout := h.Timeout
	if timeout == 0 {
		timeout = webhookTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Target, strings.NewReader(m.Payload))
	if err != nil {
		return err
	}
	at := strconv.FormatInt(h.Clock.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "pingzhang")
	req.Header.Set("X-Pingzhang-Message", strconv.FormatInt(m.ID, 10))
	req.Header.Set("X-Pingzhang-Timestamp", at)
	if h.Secret != "" {
		req.Header.Set("X-Pingzhang-Signature", Sign(h.Secret, at, m.Payload))
	}
	res, err := h.client().Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("the receiver answered %s", res.Status)
	}
	return nil
}

// Sign returns the signature of a body at a timestamp, for receivers that check.
func Sign(secret, timestamp, body string) string {
	mac := hmac.New(func() hash.Hash { return sm3.New() }, []byte(secret))
	io.WriteString(mac, timestamp+"."+body)
	return "sm3=" + hex.EncodeToString(mac.Sum(nil))
}

func (h *Webhook) client() *http.Client {
	if h.Client != nil {
		return h.Client
	}
	return ownClient
}

var ownClient = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
