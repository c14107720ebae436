// plimsoll: parses the command line and runs one command.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "policy/faults.h"

namespace plimsoll::cli {

int fail(const Error& error, int code) {
  const std::string text = error.to_string();
  for (const std::string_view line : split(text, '\n')) {
    std::fprintf(stderr, "plimsoll: %s\n", printable(line).c_str());
  }
  return code;
}

namespace {

// Files are only ever renamed into place, so leaving at once loses nothing.
void leave_on_interrupt(int) { _exit(exit_interrupted); }

// The first word that is in the place of a command and is none, as "commdn": the library says only that one is
// required.
std::optional<Error> unknown_command(const CLI::App& program, int argc, char** argv) {
  const CLI::App* at = &program;
  for (int i = 1; i < argc && at->get_require_subcommand_min() > 0; ++i) {
    const std::string word = argv[i];
    if (word.empty() || word.front() == '-') return std::nullopt;
    const std::vector<const CLI::App*> commands = at->get_subcommands({});
    std::vector<std::string> names;
    for (const CLI::App* command : commands) names.push_back(command->get_name());
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      const auto hint = policy::nearest(word, names);
      return Error{ErrorKind::not_found,
                   "there is no command '" + word + "'",
                   {},
                   hint ? "did you mean " + *hint + "?" : "see plimsoll help, or plimsoll COMMAND --help"};
    }
    at = commands[static_cast<size_t>(found - names.begin())];
  }
  return std::nullopt;
}

int run_program(int argc, char** argv) {
  CLI::App app{
      "Plimsoll: the threat level of this host and of every container on it, with the reasons and what to do first."};
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");
  app.failure_message(CLI::FailureMessage::simple);
  Run run;
  add_scan(app, run);
  add_benchmark(app, run);
  add_db(app, run);
  add_demo(app, run);
  add_network(app, run);
  add_serve(app, run);
  add_log(app, run);
  add_notify(app, run);
  add_policy(app, run);
#ifdef PLIMSOLL_RESPONDS
  add_respond(app, run);
#endif
  add_self_test(app, run);
  add_completion(app, run);
  app.add_subcommand("version", "Print the version")->callback([&run] {
    run = [] {
      std::puts("plimsoll " PLIMSOLL_VERSION);
      return static_cast<int>(exit_done);
    };
  });
  app.add_subcommand("help", "Print this help")->callback([&run, &app] {
    run = [&app] {
      std::fputs(app.help().c_str(), stdout);
      return static_cast<int>(exit_done);
    };
  });
  if (const auto unknown = unknown_command(app, argc, argv)) return fail(*unknown, exit_usage);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "plimsoll: %s\nplimsoll: see plimsoll help, or plimsoll COMMAND --help\n",
                 printable(error.what()).c_str());
    return exit_usage;
  }
  return run();
}

}  // namespace
}  // namespace plimsoll::cli

int main(int argc, char** argv) {
  struct sigaction action{};
  action.sa_handler = plimsoll::cli::leave_on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  try {
    const int code = plimsoll::cli::run_program(argc, argv);
    if (std::fflush(stdout) != 0)
      return plimsoll::cli::fail({plimsoll::ErrorKind::unreachable, "cannot write to standard output"}, 3);
    return code;
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "plimsoll: internal error: %s; please report it\n", plimsoll::printable(bug.what()).c_str());
    return plimsoll::cli::exit_internal;
  }
}
