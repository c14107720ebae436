// Reading trees against the tools everybody has. Prints each figure with its ratio to the tool's time of the same run.
//   rootfs_bench directory ROOT     walk of ROOT against `find ROOT -xdev`
//   rootfs_bench many               the same over a made tree of 100 000 files
//   rootfs_bench archive FILE       `docker save` archive: against `gzip -dc` of its gzip layers, `cat` of the file
//   rootfs_bench make ROOT FILE     packs ROOT into an archive of four gzip layers, and into FILE.plain uncompressed
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "base/deflate_for_tests.h"
#include "rootfs/tar_for_tests.h"
#include "rootfs/tree.h"

namespace {

using namespace plimsoll;
using namespace plimsoll::rootfs;
namespace fs = std::filesystem;

double seconds(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double best(int runs, const std::function<void()>& body) {
  double out = 1e9;
  for (int i = 0; i < runs; ++i) out = std::min(out, seconds(body));
  return out;
}

// Runs a program with its output thrown away.
void run(std::vector<std::string> words) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, 1);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) std::printf("  (%s ended with %d)\n", words[0].c_str(), status);
}

// Wants what an inventory wants: package databases, manifests, and programs (of which it looks at the beginning).
struct Inventory : Visitor {
  std::atomic<uint64_t> names = 0;
  std::atomic<uint64_t> read = 0;
  bool wants(const Entry& entry) override {
    ++names;
    const std::string_view name = entry.path.substr(entry.path.rfind('/') + 1);
    return name == "status" || name == "installed" || name == "package.json" || name == "METADATA" ||
           name == "os-release" || name == "rpmdb.sqlite" || (entry.mode & 0111U) != 0;
  }
  void visit(const Entry& entry, File& file) override {
    const bool program = (entry.mode & 0111U) != 0;
    const auto bytes = program ? file.read_at(0, 64) : file.read_all(64 << 20);
    if (bytes.ok()) read += bytes->size();
  }
  bool wants_alias(const Entry&, std::string_view) override { return false; }
};

void print(const char* what, double ours, const char* tool, double theirs) {
  std::printf("%-34s %8.4f s   %-22s %8.4f s   ratio %.2f\n", what, ours, tool, theirs, ours / theirs);
}

void walk_directory(const std::string& root, const char* what) {
  uint64_t names = 0;
  const double ours = best(7, [&] {
    Inventory visitor;
    auto tree = open_directory(root);
    if (!tree.ok() || !(*tree)->walk(visitor).ok()) std::printf("failed\n");
    names = visitor.names;
  });
  const double find = best(7, [&] { run({"find", root, "-xdev"}); });
  std::printf("%llu names\n", static_cast<unsigned long long>(names));
  print(what, ours, "find ROOT -xdev", find);
}

void walk_many() {
  const fs::path root = fs::temp_directory_path() / ("plimsoll-bench-" + std::to_string(::getpid()));
  for (int i = 0; i < 100000; ++i) {
    const fs::path directory = root / ("d" + std::to_string(i / 4000)) / ("s" + std::to_string(i / 40 % 100));
    if (i % 40 == 0) fs::create_directories(directory);
    std::ofstream(directory / ("f" + std::to_string(i % 40)));
  }
  walk_directory(root.string(), "directory of 100 000 files");
  fs::remove_all(root);
}

double walk_archive(const std::string& file) {
  return best(5, [&] {
    Inventory visitor;
    auto image = open_archive(file);
    auto report = image.ok() ? image->tree->walk(visitor) : Result<WalkReport>(image.error());
    if (!report.ok()) {
      std::printf("failed: %s\n", report.error().to_string().c_str());
      return;
    }
    for (const auto& left : report->not_assessed)
      std::printf("  left out: %s: %s\n", left.what.c_str(), left.reason.c_str());
  });
}

void archive(const std::string& file) {
  const double ours = walk_archive(file);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %.1f MiB\n", static_cast<double>(usage.ru_maxrss) / 1024);
  const fs::path parts = fs::temp_directory_path() / ("plimsoll-bench-" + std::to_string(::getpid()));
  fs::create_directories(parts);
  run({"tar", "-C", parts.string(), "-xf", file});
  std::vector<std::string> unpack = {"gzip", "-dc"};
  for (const auto& entry : fs::recursive_directory_iterator(parts)) {
    char magic[2] = {};
    if (entry.is_regular_file()) std::ifstream(entry.path(), std::ios::binary).read(magic, 2);
    if (magic[0] == '\x1f' && magic[1] == '\x8b') unpack.push_back(entry.path().string());
  }
  if (unpack.size() > 2)
    print("archive with gzip layers", ours, "gzip -dc of the layers", best(2, [&] { run(unpack); }));
  print("archive", ours, "cat FILE", best(5, [&] { run({"cat", file}); }));
  fs::remove_all(parts);
}

void make(const std::string& root, const std::string& file) {
  constexpr size_t count = 4;
  std::vector<TarWriter> layers(count);
  size_t at = 0;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = fs::relative(entry->path(), root).string();
    if (entry->is_symlink() || !entry->is_regular_file() || name.size() > 99) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto mode = static_cast<unsigned>(entry->status().permissions());
    layers[at++ / 200 % count].file(name, content, mode & 07777U);
  }
  for (const bool packed : {true, false}) {
    TarWriter out;
    std::string names;
    for (size_t i = 0; i < count; ++i) {
      const std::string name = std::to_string(i) + "/layer.tar";
      out.file(name, packed ? deflated(layers[i].finish(), gzip_window) : layers[i].finish());
      names += (i == 0 ? "\"" : ",\"") + name + "\"";
    }
    out.file("c.json", R"({"rootfs":{"diff_ids":["a","b","c","d"]}})");
    out.file("manifest.json", R"([{"Config":"c.json","RepoTags":["bench:1"],"Layers":[)" + names + "]}]");
    std::ofstream(packed ? file : file + ".plain", std::ios::binary) << out.finish();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "directory" && argc == 3) {
    walk_directory(argv[2], "directory");
  } else if (what == "many") {
    walk_many();
  } else if (what == "archive" && argc == 3) {
    archive(argv[2]);
  } else if (what == "make" && argc == 4) {
    make(argv[2], argv[3]);
  } else {
    std::printf("usage: rootfs_bench directory ROOT | many | archive FILE | make ROOT FILE\n");
    return 2;
  }
  return 0;
}
