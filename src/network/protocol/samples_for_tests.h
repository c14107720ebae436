#pragma once
#include <string>
#include <vector>

#include "model/flow.h"

namespace plimsoll::network {

// How a conversation of one protocol begins, and what is to be found out from it.
struct Sample {
  std::string name;
  Transport transport = Transport::tcp;
  uint16_t port = 7001;
  bool server_first = false;
  std::string client, server;
  std::string application, version, server_name, software, software_version;
};
std::vector<Sample> samples();

}  // namespace plimsoll::network
