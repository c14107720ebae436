#pragma once
#include <libpq-fe.h>

#include "base/result.h"

// libpq, loaded when a journal at a URL is opened: it brings a dozen libraries along, which a program that keeps its
// journal in a file, or none, need not wait for.
namespace plimsoll::journal::postgres {

// What we call of it.
// clang-format off: it would never end with this list.
#define PLIMSOLL_LIBPQ(X) \
  X(PQclear) \
  X(PQcmdTuples) \
  X(PQconndefaults) \
  X(PQconninfo) \
  X(PQconninfoFree) \
  X(PQconninfoParse) \
  X(PQconnectPoll) \
  X(PQconnectStartParams) \
  X(PQconsumeInput) \
  X(PQenterPipelineMode) \
  X(PQerrorMessage) \
  X(PQfinish) \
  X(PQflush) \
  X(PQfreemem) \
  X(PQftype) \
  X(PQgetisnull) \
  X(PQgetlength) \
  X(PQgetResult) \
  X(PQgetvalue) \
  X(PQisBusy) \
  X(PQntuples) \
  X(PQpass) \
  X(PQpipelineSync) \
  X(PQresultErrorField) \
  X(PQresultErrorMessage) \
  X(PQresultStatus) \
  X(PQsendPrepare) \
  X(PQsendQueryParams) \
  X(PQsendQueryPrepared) \
  X(PQserverVersion) \
  X(PQsetnonblocking) \
  X(PQsetNoticeProcessor) \
  X(PQsocket) \
  X(PQstatus) \
  X(PQtransactionStatus)
// clang-format on

struct Library {
#define PLIMSOLL_MEMBER(name) decltype(&::name) name = nullptr;
  PLIMSOLL_LIBPQ(PLIMSOLL_MEMBER)
#undef PLIMSOLL_MEMBER
};

// unsupported: it is not installed on this machine, or too old.
Result<const Library*> library();

}  // namespace plimsoll::journal::postgres
