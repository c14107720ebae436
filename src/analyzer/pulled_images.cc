#include "analyzer/pulled_images.h"

#include <algorithm>

namespace plimsoll::analyzer {
namespace {

bool holds(const std::deque<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

void PulledImages::heard(const std::string& reference) {
  if (waiting_.size() < most && !holds(waiting_, reference)) waiting_.push_back(reference);
}

void PulledImages::read_again() {
  for (const std::string& reference : order_) heard(reference);
}

bool PulledImages::is_due(Clock::time_point now) const {
  const auto recent =
      std::count_if(read_.begin(), read_.end(), [&](Clock::time_point at) { return now - at < within; });
  return !waiting_.empty() && recent < static_cast<std::ptrdiff_t>(at_once);
}

std::vector<std::string> PulledImages::due(Clock::time_point now) {
  while (!read_.empty() && now - read_.front() >= within) read_.pop_front();
  std::vector<std::string> out;
  while (!waiting_.empty() && read_.size() < at_once) {
    out.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    read_.push_back(now);
  }
  return out;
}

void PulledImages::keep(const std::string& reference, AssetReport image) {
  std::erase(order_, reference);
  // Another name of the same image, or the name of another image now.
  for (const std::string& other : std::deque<std::string>(order_)) {
    if (kept_[other].asset.id == image.asset.id) drop(other);
  }
  order_.push_back(reference);
  kept_[reference] = std::move(image);
  if (order_.size() > most) drop(std::string(order_.front()));
}

bool PulledImages::drop(const std::string& reference) {
  std::erase(order_, reference);
  return kept_.erase(reference) > 0;
}

void PulledImages::add_to(Report& gathered) const {
  std::string node;
  for (const AssetReport& asset : gathered.assets) {
    if (asset.asset.kind == AssetKind::host) node = asset.asset.node;
  }
  for (const auto& [reference, image] : kept_) {
    gathered.assets.push_back(image);
    gathered.assets.back().asset.node = node;
  }
}

}  // namespace plimsoll::analyzer
