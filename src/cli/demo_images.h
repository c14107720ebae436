#pragma once
#include <functional>
#include <string>

#include "base/result.h"
#include "cli/demo_docker.h"

namespace plimsoll::cli {

// Builds those images of the scene that the engine does not have, from Debian packages (debootstrap, apt in a root
// directory below `cache`), and imports them. `say` hears one line per step. Needs root.
Status make_demo_images(const DemoDocker& docker, const std::string& cache,
                        const std::function<void(const std::string&)>& say);

}  // namespace plimsoll::cli
