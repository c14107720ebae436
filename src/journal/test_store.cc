#include "journal/test_store.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "journal/postgres.h"
#include "journal/sqlite.h"

namespace plimsoll::journal {
namespace {

namespace fs = std::filesystem;

// Debian's place, newest first.
std::string find_programs() {
  for (int version = 20; version >= 13; --version) {
    const std::string place = "/usr/lib/postgresql/" + std::to_string(version) + "/bin";
    if (fs::exists(place + "/postgres")) return place;
  }
  return {};
}

void leave_root() {
  if (::geteuid() != 0) return;
  const passwd* user = ::getpwnam("nobody");
  if (user == nullptr || ::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)
    _exit(126);
}

pid_t spawn(const std::string& program, const std::vector<std::string>& arguments, const std::string& log) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  leave_root();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_IGN);
  if (::chdir("/") != 0) _exit(126);
  std::vector<char*> list{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) list.push_back(const_cast<char*>(argument.c_str()));
  list.push_back(nullptr);
  ::execv(program.c_str(), list.data());
  _exit(127);
}

std::map<std::string, std::string> settings_of(const std::string& url) {
  const auto place = find_place(url);
  EXPECT_TRUE(place.ok()) << place.error().to_string();
  return place.ok() ? place->settings : std::map<std::string, std::string>();
}

}  // namespace

TestServer& TestServer::the_one() {
  static TestServer server;
  return server;
}

TestServer::TestServer() {
  const std::string programs = find_programs();
  if (programs.empty()) {
    fault_ = "PostgreSQL is not installed (Debian: postgresql)";
    return;
  }
  directory_ = "/tmp/plimsoll-postgres-XXXXXX";
  if (::mkdtemp(directory_.data()) == nullptr) {
    fault_ = "no temporary directory";
    return;
  }
  if (const passwd* user = ::getpwnam("nobody"); ::geteuid() == 0 && user != nullptr)
    (void)!::chown(directory_.c_str(), user->pw_uid, user->pw_gid);
  run(programs + "/initdb", {"-D", directory_ + "/data", "-U", "plimsoll", "-A", "trust", "-E", "UTF8", "--locale=C"});
  if (fault_.empty()) start();
}

TestServer::~TestServer() {
  if (process_ > 0) {
    ::kill(process_, SIGQUIT);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

void TestServer::run(const std::string& program, const std::vector<std::string>& arguments) {
  const std::string log = directory_ + "/log";
  int status = 0;
  ::waitpid(spawn(program, arguments, log), &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fault_ = program + " failed: " + read_file(log).value_or("nothing said");
}

std::string TestServer::url(const std::string& database) const {
  return "postgresql:///" + database + "?host=" + directory_ + "&user=plimsoll";
}

void TestServer::start() {
  // Only the machine's own end would tell fsync: tests end processes.
  process_ = spawn(find_programs() + "/postgres",
                   {"-D", directory_ + "/data", "-k", directory_, "-c", "listen_addresses=", "-c", "max_connections=60",
                    "-c", "shared_buffers=64MB", "-c", "fsync=off"},
                   directory_ + "/log");
  const auto settings = settings_of(url("postgres"));
  for (int i = 0; i < 600; ++i) {
    if (postgres::Connection::open(settings, Access::read).ok()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  fault_ = "PostgreSQL does not start: " + read_file(directory_ + "/log").value_or("nothing said");
}

void TestServer::kill() {
  // The signal for an end without any tidying; the children of a killed server would live on for a while.
  ::kill(process_, SIGQUIT);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

namespace {
void signal_all(int server, int signal) {
  std::ifstream children("/proc/" + std::to_string(server) + "/task/" + std::to_string(server) + "/children");
  for (int child = 0; children >> child;) ::kill(child, signal);
  ::kill(server, signal);
}
}  // namespace

void TestServer::freeze() { signal_all(process_, SIGSTOP); }
void TestServer::thaw() { signal_all(process_, SIGCONT); }

std::string TestServer::make_database() {
  const std::string name = "test" + std::to_string(++made_);
  const auto db = postgres::Connection::open(settings_of(url("postgres")), Access::write);
  EXPECT_TRUE(db.ok()) << db.error().to_string();
  const Status done = (*db)->script("CREATE DATABASE " + name);
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  return name;
}

TestStore::TestStore(Engine engine) : engine_(engine) {
  where_ = engine == Engine::sqlite ? directory_ / "journal.db"
                                    : TestServer::the_one().url(TestServer::the_one().make_database());
}

Result<std::unique_ptr<Journal>> TestStore::open(Opening opening) const {
  opening.key = key();
  return open_journal(where_, opening);
}

std::unique_ptr<Database> TestStore::behind() const {
  if (engine_ == Engine::sqlite) {
    auto db = sqlite::Connection::open(where_, Access::write);
    EXPECT_TRUE(db.ok());
    return *std::move(db);
  }
  auto db = postgres::Connection::open(settings_of(where_), Access::write);
  EXPECT_TRUE(db.ok()) << db.error().to_string();
  return *std::move(db);
}

}  // namespace plimsoll::journal
