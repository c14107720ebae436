#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/text.h"
#include "cli/db_commands.h"
#include "cli/exit_code.h"
#include "cli/sandboxed.h"
#include "threatdb/pack.h"
#include "threatdb/signing.h"
#include "threatdb/update.h"

namespace plimsoll::cli {
namespace {

struct PackOptions {
  std::string db, file, key, since, folder, base;
  std::string db_path() const { return db.empty() ? threatdb::default_path() : db; }
};

void print_pack(const threatdb::Manifest& manifest) {
  std::fprintf(stderr, "  made     %s\n  content  %s\n", format_rfc3339(manifest.created).c_str(),
               threatdb::hex_of(content_id(manifest.files)).substr(0, 16).c_str());
  if (manifest.is_delta())
    std::fprintf(stderr, "  changes  %s\n", threatdb::hex_of(manifest.base).substr(0, 16).c_str());
}

int run_pack(const PackOptions& options) {
  const auto key = threatdb::SigningKey::read_private(options.key);
  if (!key.ok()) return fail(key.error(), exit_usage);
  const std::string folder = options.folder.empty() ? threatdb::feeds_folder(options.db_path()) : options.folder;
  const auto done = threatdb::write_pack(folder, options.file, *key, options.since);
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  std::fprintf(stderr, "%s\n  bytes    %llu\n", printable(options.file).c_str(),
               static_cast<unsigned long long>(done->bytes));
  print_pack(done->manifest);
  return exit_done;
}

int run_unpack(const PackOptions& options) {
  const auto key = threatdb::SigningKey::read_public(options.key);
  if (!key.ok()) return fail(key.error(), exit_usage);
  const auto sandbox = start_sandbox();
  if (!sandbox.ok()) return fail(sandbox.error(), exit_incomplete);
  const auto done = threatdb::unpack(options.file, *key, options.db_path(), options.base, sandbox->get());
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  print_pack(done->manifest);
  print_info(done->built.info, stderr);
  print_left_out(done->built.skipped);
  return done->built.skipped.empty() ? exit_done : exit_incomplete;
}

int run_keygen(const PackOptions& options) {
  const Status made = threatdb::make_key_pair(options.file);
  if (!made.ok()) return fail(made.error(), exit_incomplete);
  std::fprintf(stderr, "%s      sign with it, and keep it secret\n%s.pub  give it to the machines that unpack\n",
               printable(options.file).c_str(), printable(options.file).c_str());
  return exit_done;
}

}  // namespace

void add_db_pack(CLI::App& db, Run& run) {
  const auto add = [&](const char* name, const char* help, const char* file_help, int (*body)(const PackOptions&)) {
    const auto o = std::make_shared<PackOptions>();
    CLI::App* command = db.add_subcommand(name, help);
    command->add_option("FILE", o->file, file_help)->required();
    command->callback([o, body, &run] { run = [o, body] { return body(*o); }; });
    return std::pair(command, o);
  };
  const auto [pack, p] = add("pack", "Put the feeds into one signed file", "The file to write", run_pack);
  pack->add_option("--key", p->key, "Private key (db keygen)")->required();
  pack->add_option("--since", p->since, "An older whole pack: write only what differs from it");
  pack->add_option("--dir", p->folder, "A mirror's directory (default: the feeds beside the database)");
  pack->add_option("--db", p->db, "Threat database file")->envname("PLIMSOLL_DB");
  const auto [unpack, u] = add("unpack", "Build the database from a signed file", "A file of db pack", run_unpack);
  unpack->add_option("--public-key", u->key, "Public key of who packed it (db keygen)")->required();
  unpack->add_option("--base", u->base, "For a delta: the whole pack it was made against (default: the feeds here)");
  unpack->add_option("--db", u->db, "Threat database file")->envname("PLIMSOLL_DB");
  add("keygen", "Make a key pair for packs", "The private key; the public one goes to FILE.pub", run_keygen);
}

}  // namespace plimsoll::cli
