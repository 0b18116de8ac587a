package platform

import (
	"fmt"
	"net"
	"os"

	"pingzhang/internal/fault"
)

// Options is what can be set from the command line or the environment.
type Options struct {
	Data     string // folder of everything that is kept
	Database string // DSN of PostgreSQL; empty for SQLite in Data
	Catalog  string // folder whose files take the place of the built-in catalog's
	City     string // folder of the catalog that is the city's
	HTTP     string // address of pages and API
	Gateway  string // address for instruments; empty for none
	TLSCert  string
	TLSKey   string
	Node     int // number of this process among those on one database, 0 to 31
	Demo     bool

	Webhooks      []string // addresses that every notice is also sent to
	WebhookSecret string   // that they are signed with
}

// Validate returns fault.Invalid, naming each wrong option.
func (o Options) Validate() error {
	wrong := map[string]string{}
	if o.Data == "" {
		wrong["data"] = "--data 必须指定数据目录"
	}
	for name, addr := range map[string]string{"http": o.HTTP, "gateway": o.Gateway} {
		if addr == "" && name == "gateway" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			wrong[name] = fmt.Sprintf("--%s 的地址应为 主机:端口 或 :端口，现在是 %q", name, addr)
		}
	}
	if (o.TLSCert == "") != (o.TLSKey == "") {
		wrong["tls"] = "--tls-cert 和 --tls-key 要同时指定"
	}
	if o.Catalog != "" {
		if info, err := os.Stat(o.Catalog); err != nil || !info.IsDir() {
			wrong["catalog"] = "--catalog 指定的文件夹 " + o.Catalog + " 不存在"
		}
	}
	if o.Node < 0 || o.Node > 31 {
		wrong["node"] = "--node 应为 0 至 31"
	}
	return fault.Fields(wrong)
}
