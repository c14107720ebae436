#include "inventory/rpm_header.h"

#include <fmt/format.h>

#include <optional>

#include "base/bytes.h"
#include "base/text.h"
#include "inventory/origin.h"

namespace plimsoll::inventory {
namespace {

// Tags and types of rpm's header (rpmtag.h).
enum Tag : uint32_t {
  tag_name = 1000,
  tag_version = 1001,
  tag_release = 1002,
  tag_epoch = 1003,
  tag_vendor = 1011,
  tag_arch = 1022,
  tag_old_file_names = 1027,
  tag_source_rpm = 1044,
  tag_dir_indexes = 1116,
  tag_base_names = 1117,
  tag_dir_names = 1118,
  tag_module = 5096,
};
enum Type : uint32_t { type_int32 = 4, type_string = 6, type_string_array = 8, type_i18n_string = 9 };

constexpr uint32_t max_index = 65'535;              // rpm's own bound on entries
constexpr uint32_t max_data = uint32_t{256} << 20;  // and on data
constexpr uint32_t max_items = 300'000;             // files of one package

struct Field {
  uint32_t type = 0, count = 0;
  std::string_view data;  // from its offset to the end of the store
};

struct Header {
  std::optional<Field> name, version, release, epoch, vendor, arch, source, module, base_names, dir_names, dir_indexes,
      old_names;

  std::optional<Field>* slot(uint32_t tag) {
    switch (tag) {
      case tag_name:
        return &name;
      case tag_version:
        return &version;
      case tag_release:
        return &release;
      case tag_epoch:
        return &epoch;
      case tag_vendor:
        return &vendor;
      case tag_arch:
        return &arch;
      case tag_source_rpm:
        return &source;
      case tag_module:
        return &module;
      case tag_base_names:
        return &base_names;
      case tag_dir_names:
        return &dir_names;
      case tag_dir_indexes:
        return &dir_indexes;
      case tag_old_file_names:
        return &old_names;
      default:
        return nullptr;
    }
  }
};

// A string ends at its NUL; without one it is broken.
std::optional<std::string_view> take_string(std::string_view& data) {
  const size_t end = data.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = data.substr(0, end);
  data.remove_prefix(end + 1);
  return text;
}

std::string text_of(const std::optional<Field>& field) {
  if (!field || (field->type != type_string && field->type != type_i18n_string && field->type != type_string_array))
    return {};
  std::string_view data = field->data;
  const auto text = take_string(data);
  return text && text->size() <= max_field ? std::string(*text) : std::string();
}

std::vector<std::string_view> texts_of(const std::optional<Field>& field) {
  std::vector<std::string_view> out;
  if (!field || field->count > max_items) return out;
  std::string_view data = field->data;
  for (uint32_t i = 0; i < field->count; ++i) {
    const auto text = take_string(data);
    if (!text) break;
    out.push_back(*text);
  }
  return out;
}

Result<Header> parse(std::string_view blob) {
  ByteReader reader(blob);
  const auto index = reader.u32be(), size = reader.u32be();
  if (!index || !size || *index > max_index || *size > max_data)
    return Error{ErrorKind::malformed, "header sizes out of bounds"};
  const uint64_t needed = 8 + uint64_t{*index} * 16 + *size;
  if (needed > blob.size()) return Error{ErrorKind::malformed, "header cut short"};
  const std::string_view store = blob.substr(8 + size_t{*index} * 16, *size);
  Header header;
  for (uint32_t i = 0; i < *index; ++i) {
    const uint32_t tag = *reader.u32be(), type = *reader.u32be(), offset = *reader.u32be(), count = *reader.u32be();
    std::optional<Field>* slot = header.slot(tag);
    if (!slot || *slot) continue;
    if (offset > store.size()) return Error{ErrorKind::malformed, "header entry outside its data"};
    *slot = Field{type, count, store.substr(offset)};
  }
  return header;
}

// "openssl-3.0.7-1.el9.src.rpm" -> openssl, 3.0.7-1.el9.
void set_source(Package& package, std::string_view source, std::string_view version_release) {
  package.source_name = package.name;
  package.source_version = package.version;
  for (const std::string_view ending : {std::string_view(".nosrc.rpm"), std::string_view(".src.rpm")}) {
    if (source.ends_with(ending)) source.remove_suffix(ending.size());
  }
  const size_t release = source.rfind('-');
  const size_t version =
      release == std::string_view::npos || release == 0 ? std::string_view::npos : source.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0) return;
  package.source_name = std::string(source.substr(0, version));
  // The file's name has no epoch: it is the binary's own where the rest is the same, else not known.
  if (source.substr(version + 1) != version_release) package.source_version = std::string(source.substr(version + 1));
}

void each_file(const Header& header, const std::string& package, const FileSink& files) {
  const auto bases = texts_of(header.base_names), directories = texts_of(header.dir_names);
  ByteReader indexes(header.dir_indexes ? header.dir_indexes->data : std::string_view{});
  std::string path;
  for (const std::string_view base : bases) {
    const auto index = indexes.u32be();
    if (!index) break;
    if (*index >= directories.size() || directories[*index].size() + base.size() > max_owned_path) continue;
    path = directories[*index];
    path += base;
    files(package, path);
  }
  for (const std::string_view old : texts_of(header.old_names)) {
    if (old.size() <= max_owned_path) files(package, old);
  }
}

}  // namespace

Status add_rpm_header(std::string_view blob, Found& found, const FileSink& files) {
  PLIMSOLL_TRY(header, parse(blob));
  Package package;
  package.type = PackageType::rpm;
  package.name = text_of(header.name);
  if (package.name == "gpg-pubkey") return Done{};
  const std::string version = text_of(header.version), release = text_of(header.release);
  if (package.name.empty() || version.empty() || release.empty())
    return Error{ErrorKind::malformed,
                 "package \"" + printable(package.name, 200) + "\" without name, version or release"};
  const std::string version_release = version + "-" + release;
  package.version = version_release;
  if (header.epoch && header.epoch->type == type_int32 && header.epoch->count > 0) {
    const auto epoch = ByteReader(header.epoch->data).u32be();
    if (!epoch)
      return Error{ErrorKind::malformed, "package \"" + printable(package.name, 200) + "\" with a broken epoch"};
    if (*epoch > 0) package.version = fmt::format("{}:{}", *epoch, version_release);
  }
  package.arch = text_of(header.arch);
  package.module = text_of(header.module);
  set_source(package, text_of(header.source), version_release);
  if (!is_distribution_vendor(text_of(header.vendor))) found.foreign.push_back(package.name);
  each_file(header, package.name, files);
  found.packages.push_back(std::move(package));
  return Done{};
}

bool RpmBlobs::take(std::string_view blob) {
  if (++seen_ > max_packages_in_file || blob.size() > left_) {
    full_ = true;
    return false;
  }
  left_ -= blob.size();
  if (const Status status = add_rpm_header(blob, found_, files_); !status.ok()) {
    if (refused_++ == 0) first_reason_ = status.error().message;
  }
  return true;
}

void RpmBlobs::finish() {
  if (refused_ > 0)
    not_assessed(found_, fmt::format("{} packages", refused_), "broken headers, the first: " + first_reason_);
  if (full_)
    not_assessed(found_, "the rest of the file", "more packages than the bound, or the same bytes several times");
}

}  // namespace plimsoll::inventory
