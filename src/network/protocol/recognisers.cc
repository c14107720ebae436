#include "network/protocol/recognisers.h"

#include <array>

namespace plimsoll::network {
namespace {

constexpr auto tcp = Transport::tcp, udp = Transport::udp;

constexpr std::array table = {
    Recogniser{"TLS", tcp, look_tls},
    Recogniser{"HTTP/1", tcp, look_http1},
    Recogniser{"HTTP/2", tcp, look_http2},
    Recogniser{"SSH", tcp, look_ssh},
    Recogniser{"MySQL", tcp, look_mysql},
    Recogniser{"PostgreSQL", tcp, look_postgresql},
    Recogniser{"Redis", tcp, look_redis},
    Recogniser{"NATS", tcp, look_nats},
    Recogniser{"AMQP", tcp, look_amqp},
    Recogniser{"MQTT", tcp, look_mqtt},
    Recogniser{"STOMP", tcp, look_stomp},
    Recogniser{"OpenWire", tcp, look_openwire},
    Recogniser{"ZooKeeper", tcp, look_zookeeper},
    Recogniser{"Memcached", tcp, look_memcached},
    Recogniser{"Couchbase", tcp, look_couchbase},
    Recogniser{"MongoDB", tcp, look_mongodb},
    Recogniser{"Cassandra", tcp, look_cassandra},
    Recogniser{"Oracle", tcp, look_oracle},
    Recogniser{"Elasticsearch transport", tcp, look_elastic_transport},
    Recogniser{"EPMD", tcp, look_epmd},
    Recogniser{"FastCGI", tcp, look_fastcgi},
    Recogniser{"Ceph", tcp, look_ceph},
    Recogniser{"Spark", tcp, look_spark},
    Recogniser{"Kafka", tcp, look_kafka},
    Recogniser{"DNS over TCP", tcp, look_dns_tcp},
    Recogniser{"DNS", udp, look_dns_udp},
};
static_assert(table.size() <= 64);

}  // namespace

std::span<const Recogniser> recognisers() { return table; }

}  // namespace plimsoll::network
