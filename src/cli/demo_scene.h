#pragma once
#include <string>
#include <vector>

namespace plimsoll::cli {

// The scene of the demo as data. All names begin with "plimsoll-demo-"; every object carries the label plimsoll.demo=1.

struct DemoNetwork {
  std::string name, subnet, gateway;
  bool internal = true;  // no route out of the machine
};

struct DemoImage {
  std::string name;                                        // "plimsoll-demo/nginx:1"
  bool patched = true;                                     // with the distribution's security updates
  std::vector<std::string> packages;                       // Debian packages beyond the smallest system
  std::vector<std::pair<std::string, std::string>> files;  // path in the image -> content
};

struct DemoContainer {
  std::string name, image;
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> networks;  // network, fixed address; first one at creation
  bool privileged = false;
  std::string bind;  // "HOST:CONTAINER"
  std::string publish_address;
  int publish_host_port = 0, publish_container_port = 0;
};

std::vector<DemoNetwork> demo_networks();
std::vector<DemoImage> demo_images();          // those that others build on come first
std::vector<DemoContainer> demo_containers();  // in the order of starting

}  // namespace plimsoll::cli
