#pragma once
#include <string>
#include <vector>

#include "model/fact_tree.h"
#include "system/files.h"

namespace plimsoll::probe {

// Configuration files in TOML laid over each other, the later over the earlier; those that are not there are left out.
// Each value names its file. Unknown as soon as one cannot be read or understood: it may set anything.
FactTree toml_files(const system::Files& files, const std::vector<std::string>& paths);

// Appends the paths of the files of a directory whose names end in `suffix`, sorted; what hinders that is put into
// `unknown`.
void add_drop_ins(const system::Files& files, const std::string& directory, const std::string& suffix,
                  std::vector<std::string>& paths, std::string& unknown);

}  // namespace plimsoll::probe
