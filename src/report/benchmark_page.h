#pragma once
#include <string>

#include "benchmark/rule.h"
#include "model/report.h"
#include "report/render.h"

namespace plimsoll::report {

struct BenchmarkView {
  const benchmark::ControlMap* map = nullptr;  // number rows by this benchmark's controls; null: by our rule ids
  bool all = false;                            // also rows that pass or do not apply
};

// The checks by section: number, level, result, title, and under it where and why. Sections tell their counts; rows
// that pass or do not apply are only counted unless asked for. One row a check and result, whatever many subjects.
std::string render_benchmark(const Report& report, const BenchmarkView& view, const Options& options);

}  // namespace plimsoll::report
