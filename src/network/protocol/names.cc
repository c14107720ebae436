#include "network/protocol/names.h"

#include <array>
#include <span>

namespace plimsoll::network {
namespace {

struct Pair {
  std::string_view from, to;
};

constexpr std::array shown = {
    Pair{"HTTP_Proxy", "HTTP proxy"},
    Pair{"HTTP_Connect", "HTTP CONNECT"},
    Pair{"SOAP", "HTTP (SOAP)"},
    Pair{"DoH_DoT", "DNS over TLS/HTTPS"},
    Pair{"MDNS", "mDNS"},
    Pair{"DHCPV6", "DHCP"},
    Pair{"FTP_CONTROL", "FTP"},
    Pair{"FTP_DATA", "FTP data"},
    Pair{"POPS", "POP3S"},
    Pair{"Radius", "RADIUS"},
    Pair{"SMBv1", "SMB 1"},
    Pair{"SMBv23", "SMB 2/3"},
    Pair{"RSYNC", "rsync"},
    Pair{"MsSQL-TDS", "SQL Server (TDS)"},
    Pair{"Oracle", "Oracle (TNS)"},
    Pair{"DRDA", "Db2"},
    Pair{"Cassandra", "Cassandra (CQL)"},
    Pair{"Nats", "NATS"},
    Pair{"COAP", "CoAP"},
    Pair{"CHECKMK", "Checkmk"},
};

constexpr std::array carriers = {
    Pair{"Elasticsearch", "HTTP"}, Pair{"OpenSearch", "HTTP"}, Pair{"CouchDB", "HTTP"},      Pair{"Consul", "HTTP"},
    Pair{"HTTP (SOAP)", "HTTP"},   Pair{"HTTP proxy", "HTTP"}, Pair{"HTTP CONNECT", "HTTP"}, Pair{"WebSocket", "HTTP"},
    Pair{"gRPC", "HTTP/2"},        Pair{"etcd", "HTTP/2"},     Pair{"RabbitMQ", "AMQP"},
};

std::string_view look_up(std::span<const Pair> pairs, std::string_view name) {
  for (const Pair& pair : pairs) {
    if (pair.from == name) return pair.to;
  }
  return name;
}

}  // namespace

std::string_view display_name(std::string_view name) { return look_up(shown, name); }
std::string_view carrier_of(std::string_view application) { return look_up(carriers, application); }

}  // namespace plimsoll::network
