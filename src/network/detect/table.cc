#include <array>

#include "network/detect/rows.h"

namespace plimsoll::network {

std::span<const DetectorRow> detector_table() {
  static const std::array rows = {
      scan_ports_row,       syn_flood_row,      cloud_metadata_row,       log4shell_row,   expose_redis_row,
      expose_memcached_row, expose_mongodb_row, expose_elasticsearch_row, expose_etcd_row,
  };
  return rows;
}

std::vector<const DetectorRow*> default_detectors() {
  std::vector<const DetectorRow*> out;
  for (const DetectorRow& row : detector_table()) {
    if (row.on_by_default) out.push_back(&row);
  }
  return out;
}

}  // namespace plimsoll::network
