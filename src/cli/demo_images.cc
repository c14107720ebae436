#include "cli/demo_images.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "base/text.h"
#include "cli/demo_scene.h"
#include "cli/spawn.h"

namespace plimsoll::cli {
namespace {

namespace fs = std::filesystem;
using Say = std::function<void(const std::string&)>;

constexpr const char* suite = "bookworm";
constexpr int step_seconds = 900;

// The Debian mirror this machine uses: the first URI of its sources that ends in /debian; else Debian's own name.
std::string mirror_in_use() {
  std::vector<fs::path> files = {"/etc/apt/sources.list"};
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/etc/apt/sources.list.d", none)) files.push_back(entry.path());
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) {
      if (trim(line).substr(0, 1) == "#") continue;
      for (std::string_view word : split_words(line)) {
        if (word.substr(0, 4) != "http") continue;
        while (!word.empty() && word.back() == '/') word.remove_suffix(1);
        if (word.size() > 7 && word.substr(word.size() - 7) == "/debian") return std::string(word);
      }
    }
  }
  return "http://deb.debian.org/debian";
}

Status write_text(const fs::path& path, const std::string& text) {
  std::error_code fault;
  fs::create_directories(path.parent_path(), fault);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return Error{ErrorKind::denied, "cannot write", path.string()};
  return Done{};
}

// The work area of one building of images; removed at its end.
class Workshop {
 public:
  Workshop(const DemoDocker& docker, std::string cache, const Say& say)
      : docker_(docker), cache_(std::move(cache)), say_(say) {}
  ~Workshop() {
    std::error_code none;
    for (const char* root : {"outdated", "patched", "role"}) fs::remove_all(path(root), none);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  Status make(const DemoImage& image) {
    say_("building " + image.name);
    PLIMSOLL_CHECK(need_outdated());
    std::string root = "outdated";
    if (image.patched) {
      PLIMSOLL_CHECK(need_patched());
      root = "patched";
    }
    // Each image is a copy: what one adds must not be in the next.
    std::error_code none;
    fs::remove_all(path("role"), none);
    PLIMSOLL_CHECK(run({"cp", "-a", path(root), path("role")}));
    if (!image.packages.empty()) PLIMSOLL_CHECK(install("role", image.packages));
    for (const auto& [file, content] : image.files) PLIMSOLL_CHECK(write_text(fs::path(path("role")) / file, content));
    for (const char* litter :
         {"var/cache/apt/archives", "var/lib/apt/lists", "etc/resolv.conf", "usr/sbin/policy-rc.d"}) {
      fs::remove_all(fs::path(path("role")) / litter, none);
    }
    return import(image);
  }

 private:
  std::string path(const std::string& name) const { return cache_ + "/" + name; }
  std::string log() const { return cache_ + "/build.log"; }
  Status run(const std::vector<std::string>& arguments) const { return run_program(arguments, log(), step_seconds); }

  // The smallest Debian system as the release itself has it: without the security updates since.
  Status need_outdated() {
    if (have_outdated_) return Done{};
    std::error_code none;
    fs::remove_all(path("outdated"), none);
    fs::create_directories(path("debs"), none);
    const std::string mirror = mirror_in_use();
    PLIMSOLL_CHECK(
        run({"debootstrap", "--variant=minbase", "--cache-dir=" + path("debs"), suite, path("outdated"), mirror}));
    have_outdated_ = true;
    return Done{};
  }

  // The same with every update the distribution offers.
  Status need_patched() {
    if (have_patched_) return Done{};
    std::error_code none;
    fs::remove_all(path("patched"), none);
    PLIMSOLL_CHECK(run({"cp", "-a", path("outdated"), path("patched")}));
    const std::string mirror = mirror_in_use();
    const std::string name = std::string(suite);
    PLIMSOLL_CHECK(write_text(path("patched") + "/etc/apt/sources.list",
                              "deb " + mirror + " " + name + " main\ndeb " + mirror + " " + name +
                                  "-updates main\ndeb " + mirror + "-security " + name + "-security main\n"));
    fs::copy_file("/etc/resolv.conf", path("patched") + "/etc/resolv.conf", fs::copy_options::overwrite_existing, none);
    // No service may start while packages are installed.
    PLIMSOLL_CHECK(write_text(path("patched") + "/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n"));
    fs::permissions(path("patched") + "/usr/sbin/policy-rc.d", fs::perms::owner_all, none);
    PLIMSOLL_CHECK(run({"chroot", path("patched"), "apt-get", "update", "-q"}));
    PLIMSOLL_CHECK(run(
        {"chroot", path("patched"), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "dist-upgrade", "-y", "-q"}));
    have_patched_ = true;
    return Done{};
  }

  Status install(const std::string& root, const std::vector<std::string>& packages) {
    std::vector<std::string> arguments = {"chroot",  path(root), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
                                          "install", "-y",       "-q",  "--no-install-recommends"};
    arguments.insert(arguments.end(), packages.begin(), packages.end());
    return run(arguments);
  }

  Status import(const DemoImage& image) {
    const size_t colon = image.name.find(':');
    PLIMSOLL_TRY(archive, ProgramOutput::start({"tar", "-C", path("role"), "--numeric-owner", "-c", "."}, log()));
    const std::string target = "/images/create?fromSrc=-&repo=" + image.name.substr(0, colon) +
                               "&tag=" + image.name.substr(colon + 1) + "&changes=LABEL%20plimsoll.demo=1";
    Result<std::string> reply = docker_.upload(target, archive.descriptor());
    PLIMSOLL_CHECK(archive.finish());
    if (!reply.ok()) return std::move(reply).error();
    return Done{};
  }

  const DemoDocker& docker_;
  const std::string cache_;
  const Say& say_;
  bool have_outdated_ = false, have_patched_ = false;
};

}  // namespace

Status make_demo_images(const DemoDocker& docker, const std::string& cache, const Say& say) {
  std::optional<Workshop> workshop;
  for (const DemoImage& image : demo_images()) {
    PLIMSOLL_TRY(present, docker.call("GET", "/images/" + image.name + "/json"));
    if (present.ok()) continue;
    if (::geteuid() != 0)
      return Error{ErrorKind::denied, "building the demo's images needs root", image.name,
                   "run it as root or with sudo"};
    if (!workshop) {
      std::error_code fault;
      fs::create_directories(cache, fault);
      if (fault) return Error{ErrorKind::denied, "cannot make the directory: " + fault.message(), cache};
      workshop.emplace(docker, cache, say);
    }
    PLIMSOLL_CHECK(workshop->make(image));
  }
  return Done{};
}

}  // namespace plimsoll::cli
