package gateway

import (
	"strings"
	"sync"

	"pingzhang/internal/fault"
)

// trouble is what keeps the server from its work, by its part.
type trouble struct {
	mu       sync.Mutex
	data     string // readings cannot be stored
	notes    string // refusals, states and commands cannot be stored
	register string // the register of points cannot be read
	forward  string
}

func (t *trouble) set(part *string, before string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*part = ""
	if err != nil {
		*part = before + fault.Text(err)
	}
}

func (t *trouble) store(err error) {
	t.set(&t.data, "监测数据暂时无法保存，设备报文未应答、等待重发：", err)
}
func (t *trouble) note(err error) {
	t.set(&t.notes, "报文记录和设备状态暂时无法保存：", err)
}
func (t *trouble) points(err error) {
	t.set(&t.register, "读取点位登记失败，新登记的设备暂时不能接入：", err)
}
func (t *trouble) queue(err error) {
	t.set(&t.forward, "转发队列暂时无法写入，部分报文没有转发：", err)
}

// Trouble says in Chinese what keeps the gateway from its work; empty when
// nothing does. It goes away by itself with its cause.
func (s *Server) Trouble() string {
	t := &s.trouble
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for _, p := range []string{t.data, t.notes, t.register, t.forward} {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, "；")
}
