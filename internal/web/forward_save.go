package web

import (
	"net"
	"net/http"
	"strconv"

	"pingzhang/internal/fault"
)

// forwardAdd adds a host that original frames are passed on to.
func (s *Server) forwardAdd(w http.ResponseWriter, r *request) error {
	if err := need(s.cfg.Monitoring.Forward, "数据转发"); err != nil {
		return err
	}
	name, address := r.text("name"), r.text("address")
	wrong := map[string]string{}
	if name == "" || len([]rune(name)) > 40 {
		wrong["name"] = "请填写名称，最多 40 字"
	}
	host, port, err := net.SplitHostPort(address)
	if n, bad := strconv.Atoi(port); err != nil || host == "" || bad != nil || n < 1 || n > 65535 {
		wrong["address"] = "地址应为“主机:端口”，如 10.0.0.5:9212"
	}
	if err := fault.Fields(wrong); err != nil {
		return err
	}
	if err := s.cfg.Monitoring.Forward.AddTarget(r.Context(), r.Caller, name, address); err != nil {
		return err
	}
	return seeOther(w, r, "/devices", "已增加转发目标")
}

// forwardEnable lets a target be forwarded to, or not; its queue stays.
func (s *Server) forwardEnable(w http.ResponseWriter, r *request) error {
	if err := need(s.cfg.Monitoring.Forward, "数据转发"); err != nil {
		return err
	}
	id, err := r.id("id")
	if err != nil {
		return err
	}
	on := r.text("enabled") == "1"
	if err := s.cfg.Monitoring.Forward.EnableTarget(r.Context(), r.Caller, id, on); err != nil {
		return err
	}
	done := "已停用，未发报文保留在队列中"
	if on {
		done = "已启用"
	}
	return seeOther(w, r, "/devices", done)
}
