#pragma once
#include <functional>

#include "base/error.h"

namespace CLI {
class App;
}

namespace plimsoll::cli {

// Each adds one command to `app`; when the command line chose it, `run` is set to what it does, which returns the exit
// code.
using Run = std::function<int()>;
void add_scan(CLI::App& app, Run& run);  // scan, explain, fix
void add_benchmark(CLI::App& app, Run& run);
void add_db(CLI::App& app, Run& run);       // db import|update|mirror|pack|unpack|keygen|info|show|query|compare
void add_demo(CLI::App& app, Run& run);     // demo up|status|down
void add_network(CLI::App& app, Run& run);  // network replay|watch|graph
void add_serve(CLI::App& app, Run& run);
void add_log(CLI::App& app, Run& run);      // log show|export|verify
void add_notify(CLI::App& app, Run& run);   // notify check|list|test
void add_policy(CLI::App& app, Run& run);   // policy check|show|test
void add_respond(CLI::App& app, Run& run);  // respond list|run|release|approve|refuse
void add_self_test(CLI::App& app, Run& run);
void add_completion(CLI::App& app, Run& run);

// Tells `error` on standard error, one line (more only where the error itself lists several faults); returns `code`.
int fail(const Error& error, int code);

}  // namespace plimsoll::cli
