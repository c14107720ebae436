#pragma once
#include <utility>
#include <variant>

#include "base/error.h"

namespace plimsoll {

// A T or the reason why there is none. Must be looked at; value() on an error is a bug of the caller.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  T value_or(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

struct Done {};               // the value of a step that yields none
using Status = Result<Done>;  // success, or the reason against it

}  // namespace plimsoll

// Returns the error of `expression` from the enclosing function, else binds its value to `name`.
#define PLIMSOLL_TRY(name, expression)                                \
  auto name##_result_ = (expression);                                 \
  if (!name##_result_.ok()) return std::move(name##_result_).error(); \
  auto name = std::move(name##_result_).value()

// The same for a Status.
#define PLIMSOLL_CHECK(expression) \
  if (auto status_ = (expression); !status_.ok()) return std::move(status_).error()
