#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "cli/commands.h"
#include "cli/exit_code.h"

namespace plimsoll::cli {
namespace {

// The words that may follow "plimsoll" and "plimsoll COMMAND", read from the very parser that takes them.
std::string bash_completion(const CLI::App& app) {
  std::string words, cases;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words += command->get_name() + " ";
    std::string inner;
    for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; }))
      inner += sub->get_name() + " ";
    for (const CLI::Option* option : command->get_options()) {
      if (!option->get_lnames().empty()) inner += "--" + option->get_lnames().front() + " ";
    }
    cases += "    " + command->get_name() + ") words=\"" + inner + "\" ;;\n";
  }
  return "_plimsoll() {\n  local words=\"" + words + "\"\n  case \"${COMP_WORDS[1]}\" in\n" + cases +
         "  esac\n  [ \"$COMP_CWORD\" = 1 ] && words=\"" + words +
         "\"\n  COMPREPLY=($(compgen -W \"$words\" -f -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -F _plimsoll "
         "plimsoll\n";
}

}  // namespace

void add_completion(CLI::App& app, Run& run) {
  app.add_subcommand("completion", "Print shell completion: source <(plimsoll completion)")->callback([&] {
    run = [&app] {
      std::fputs(bash_completion(app).c_str(), stdout);
      return static_cast<int>(exit_done);
    };
  });
}

}  // namespace plimsoll::cli
