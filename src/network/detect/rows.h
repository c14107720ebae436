#pragma once
#include "network/detect/detector.h"

namespace plimsoll::network {

// The rows of table.cc, each defined in the file of its detector.
extern const DetectorRow scan_ports_row;            // scan_ports.cc
extern const DetectorRow syn_flood_row;             // syn_flood.cc
extern const DetectorRow cloud_metadata_row;        // cloud_metadata.cc
extern const DetectorRow log4shell_row;             // log4shell.cc
extern const DetectorRow expose_redis_row;          // expose_redis.cc
extern const DetectorRow expose_memcached_row;      // expose_memcached.cc
extern const DetectorRow expose_mongodb_row;        // expose_mongodb.cc
extern const DetectorRow expose_elasticsearch_row;  // expose_elasticsearch.cc
extern const DetectorRow expose_etcd_row;           // expose_etcd.cc

}  // namespace plimsoll::network
