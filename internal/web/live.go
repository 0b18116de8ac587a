package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"pingzhang/internal/access"
)

// Hub passes news from the rest of the platform to the browsers that are
// looking. News says what changed, not its content: the page asks for that
// itself, with its own scope. It is never a place of truth: a browser that
// missed news reads the page again.
type Hub struct {
	mu      sync.Mutex
	clients map[*client]bool
}

// News is one thing that changed.
type News struct {
	Topic      string          `json:"topic"` // "reading", "matter", "frame", "notice"
	ID         int64           `json:"id"`    // of the point, matter …
	Division   access.Division `json:"-"`     // whose it is: only who sees that division or
	Enterprise int64           `json:"-"`     // that enterprise is told
}

type client struct {
	scope   access.Scope
	pending map[News]bool // what changed since the last sending
}

// newsEvery is how often a browser is told: a point that reports twice in this
// time is told once.
const newsEvery = time.Second

// maxPending bounds what a slow browser can hold; it is then told to read the
// page again.
const maxPending = 2000

// NewHub returns a Hub without listeners.
func NewHub() *Hub { return &Hub{clients: map[*client]bool{}} }

// Publish tells every browser whose scope sees it. It never blocks.
func (h *Hub) Publish(news ...News) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		for _, n := range news {
			if !c.scope.Sees(n.Division, n.Enterprise) {
				continue
			}
			if len(c.pending) >= maxPending {
				n = News{Topic: "reload"}
			}
			c.pending[n] = true
		}
	}
}

// Tell tells every browser that something of a topic changed, without saying
// what or whose.
func (h *Hub) Tell(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		if len(c.pending) < maxPending {
			c.pending[News{Topic: topic}] = true
		}
	}
}

// Listeners returns how many browsers listen.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients)
}

func (h *Hub) join(scope access.Scope) *client {
	c := &client{scope: scope, pending: map[News]bool{}}
	h.mu.Lock()
	h.clients[c] = true
	h.mu.Unlock()
	return c
}

func (h *Hub) leave(c *client) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
}

// take returns what is pending for c, by topic, and empties it.
func (h *Hub) take(c *client) map[string][]int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(c.pending) == 0 {
		return nil
	}
	byTopic := map[string][]int64{}
	for n := range c.pending {
		byTopic[n.Topic] = append(byTopic[n.Topic], n.ID)
	}
	clear(c.pending)
	return byTopic
}

func (s *Server) liveRoutes() []route {
	return []route{{"GET /events", signedIn, s.events}}
}

// events streams news to one browser. The stream ends after an hour, or when
// the session does; the browser then comes back by itself.
func (s *Server) events(w http.ResponseWriter, r *request) error {
	ctl := http.NewResponseController(w)
	ctl.SetWriteDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c := s.cfg.Live.join(r.Caller.Scope)
	defer s.cfg.Live.leave(c)

	fmt.Fprintf(w, "retry: 3000\n\n")
	if ctl.Flush() != nil {
		return nil
	}
	tick := time.NewTicker(newsEvery)
	defer tick.Stop()
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	end := time.NewTimer(time.Hour)
	defer end.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-s.closing:
			return nil
		case <-end.C:
			return nil
		case <-beat.C:
			if !s.stillSignedIn(r) {
				return nil
			}
			fmt.Fprintf(w, ": %d\n\n", time.Now().Unix())
		case <-tick.C:
			for topic, ids := range s.cfg.Live.take(c) {
				data, _ := json.Marshal(ids)
				fmt.Fprintf(w, "event: %s\ndata: %s\n\n", topic, data)
			}
		}
		if ctl.Flush() != nil {
			return nil
		}
	}
}
