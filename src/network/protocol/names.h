#pragma once
#include <string_view>

namespace plimsoll::network {

// The name shown for what nDPI calls `name` (DETECTIONS 5.2); the same where the table has no other.
std::string_view display_name(std::string_view name);

// The protocol that carries an application which has a name of its own: "HTTP" of "Elasticsearch", "HTTP/2" of "gRPC"
// and "etcd", "AMQP" of "RabbitMQ"; else `application` itself.
std::string_view carrier_of(std::string_view application);

}  // namespace plimsoll::network
