// For a build without the engine that acts.
#include "cli/responding.h"

namespace plimsoll::cli {

struct Responding::Engine {};

Responding::Responding(const system::Machine&, const ServeOptions&, const policy::Policy&, std::shared_ptr<Probe>,
                       std::function<void()>) {}
Responding::~Responding() = default;
void Responding::ask(const wire::ResponseRequest&) {}
void Responding::replace_policy(const policy::Policy&) {}
void Responding::end() {}
bool responds() { return false; }

}  // namespace plimsoll::cli
