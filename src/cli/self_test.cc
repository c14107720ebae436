#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/sandboxed.h"
#include "system/sandbox/attempts.h"

namespace plimsoll::cli {
namespace {

namespace sandbox = system::sandbox;

// Workers are started for it, each of which really tries one thing.
int run_self_test() {
  Result<std::unique_ptr<sandbox::Sandbox>> started = start_sandbox();
  if (!started.ok()) return fail(started.error(), exit_incomplete);
  if (!*started)
    return fail({ErrorKind::denied, "the sandbox is switched off", no_sandbox_variable, "unset it"}, exit_incomplete);
  const Result<std::vector<sandbox::Attempt>> attempts = sandbox::try_everything(**started);
  const SandboxReport report = (*started)->report();
  bool whole = attempts.ok();
  std::puts("Layers of protection around the parsing of foreign bytes");
  for (const SandboxLayer& layer : report.layers) {
    std::printf("  %-13s %-9s %s\n", printable(layer.name).c_str(), layer.in_force ? "in force" : "MISSING",
                printable(layer.detail).c_str());
    whole = whole && layer.in_force;
  }
  if (!attempts.ok()) return fail(attempts.error(), exit_incomplete);
  std::puts("A worker that");
  for (const sandbox::Attempt& attempt : *attempts) {
    std::printf("  %-38s %-12s %s\n", attempt.what.c_str(), attempt.blocked ? "is blocked" : "GETS THROUGH",
                printable(attempt.how).c_str());
    whole = whole && attempt.blocked;
  }
  if (whole) return exit_done;
  return fail({ErrorKind::unsupported, "not every layer is in force", {}, "see docs/security.md"}, exit_incomplete);
}

}  // namespace

Result<std::unique_ptr<sandbox::Sandbox>> start_sandbox() {
  const char* const off = std::getenv(no_sandbox_variable);
  if (off != nullptr && *off != '\0') return std::unique_ptr<sandbox::Sandbox>();
  return sandbox::Sandbox::start();
}

void add_self_test(CLI::App& app, Run& run) {
  app.add_subcommand("self-test",
                     "Show which layers protect the parsing of foreign bytes here, by trying to break them")
      ->callback([&run] { run = run_self_test; });
}

}  // namespace plimsoll::cli
