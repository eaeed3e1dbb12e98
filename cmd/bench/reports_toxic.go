package main

import (
	"fmt"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// toxins are what may befall a connection, each by itself: how often, and how.
// Upstream is towards the server. Some cut the request, some the answer: the server
// has then stored what the phone does not know of.
var toxins = []struct {
	direction, kind string
	share           float64
	attributes      string
}{
	{"upstream", "reset_peer", 0.02, `{"timeout":20}`},
	{"upstream", "timeout", 0.01, `{"timeout":1500}`},
	{"upstream", "limit_data", 0.04, `{"bytes":1200}`},
	{"upstream", "latency", 0.15, `{"latency":60,"jitter":50}`},
	{"upstream", "slow_close", 0.05, `{"delay":200}`},
	{"downstream", "reset_peer", 0.03, `{"timeout":0}`},
	{"downstream", "timeout", 0.02, `{"timeout":1500}`},
	{"downstream", "limit_data", 0.04, `{"bytes":100}`},
	{"downstream", "latency", 0.15, `{"latency":60,"jitter":50}`},
	{"downstream", "slow_close", 0.05, `{"delay":200}`},
}

// startToxic starts a proxy before the server that cuts and delays connections.
func startToxic(to string) (*toxiproxy.Proxy, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "lintu", "127.0.0.1:0", to)
	for _, t := range toxins {
		said := fmt.Sprintf(`{"name":"%s_%s","type":%[2]q,"stream":%[1]q,"toxicity":%[3]v,"attributes":%[4]s}`, t.direction, t.kind, t.share, t.attributes)
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(said)); err != nil {
			return nil, fmt.Errorf("%s: %w", said, err)
		}
	}
	return proxy, proxy.Start()
}
