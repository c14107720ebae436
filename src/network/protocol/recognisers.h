#pragma once
#include "network/protocol/recogniser.h"

// The recognisers of the table in recognisers.cc, each in the file of its name. The byte recipes are those of the
// protocols' own specifications; both sides are looked at where both speak.
namespace plimsoll::network {

Verdict look_amqp(const Heads& heads, Identity& identity);
Verdict look_cassandra(const Heads& heads, Identity& identity);
Verdict look_ceph(const Heads& heads, Identity& identity);
Verdict look_couchbase(const Heads& heads, Identity& identity);
Verdict look_dns_tcp(const Heads& heads, Identity& identity);
Verdict look_dns_udp(const Heads& heads, Identity& identity);
Verdict look_elastic_transport(const Heads& heads, Identity& identity);
Verdict look_epmd(const Heads& heads, Identity& identity);
Verdict look_fastcgi(const Heads& heads, Identity& identity);
Verdict look_http1(const Heads& heads, Identity& identity);
Verdict look_http2(const Heads& heads, Identity& identity);
Verdict look_kafka(const Heads& heads, Identity& identity);
Verdict look_memcached(const Heads& heads, Identity& identity);
Verdict look_mongodb(const Heads& heads, Identity& identity);
Verdict look_mqtt(const Heads& heads, Identity& identity);
Verdict look_mysql(const Heads& heads, Identity& identity);
Verdict look_nats(const Heads& heads, Identity& identity);
Verdict look_openwire(const Heads& heads, Identity& identity);
Verdict look_oracle(const Heads& heads, Identity& identity);
Verdict look_postgresql(const Heads& heads, Identity& identity);
Verdict look_redis(const Heads& heads, Identity& identity);
Verdict look_spark(const Heads& heads, Identity& identity);
Verdict look_ssh(const Heads& heads, Identity& identity);
Verdict look_stomp(const Heads& heads, Identity& identity);
Verdict look_tls(const Heads& heads, Identity& identity);
Verdict look_zookeeper(const Heads& heads, Identity& identity);

}  // namespace plimsoll::network
