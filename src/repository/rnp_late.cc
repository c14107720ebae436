// librnp, loaded when the first signature is checked: with the library of ciphers it stands on it would take a fourth
// of the start of a program that most often checks none. These are the functions of librnp that we call, each handing
// on to the real one; where the library is missing no context can be made, which callers report.
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include "base/late_library.h"
#include "repository/openpgp.h"

namespace {

const plimsoll::LateLibrary& library() {
  static const plimsoll::LateLibrary loaded("librnp.so.0");
  return loaded;
}

}  // namespace

namespace plimsoll::repository {

void load_openpgp() { library(); }

}  // namespace plimsoll::repository

// NAME(PARAMETERS) -> ARGUMENTS: hands on a call that says whether it worked.
#define HAND_ON(name, parameters, arguments)                                \
  rnp_result_t name parameters {                                            \
    static const auto function = library().find<decltype(name)>(#name);     \
    return function ? function arguments : rnp_result_t{RNP_ERROR_GENERIC}; \
  }
// The same for what only gives something back.
#define HAND_BACK(name, parameters, arguments)                          \
  void name parameters {                                                \
    static const auto function = library().find<decltype(name)>(#name); \
    if (function) function arguments;                                   \
  }

extern "C" {

HAND_ON(rnp_ffi_create, (rnp_ffi_t * ffi, const char* secret, const char* open), (ffi, secret, open))
HAND_ON(rnp_ffi_destroy, (rnp_ffi_t ffi), (ffi))
HAND_ON(rnp_ffi_set_key_provider, (rnp_ffi_t ffi, rnp_get_key_cb provider, void* context), (ffi, provider, context))
HAND_ON(rnp_get_public_key_count, (rnp_ffi_t ffi, size_t* count), (ffi, count))
HAND_ON(rnp_import_keys, (rnp_ffi_t ffi, rnp_input_t input, uint32_t flags, char** results),
        (ffi, input, flags, results))
HAND_ON(rnp_key_get_fprint, (rnp_key_handle_t key, char** text), (key, text))
HAND_ON(rnp_key_get_primary_fprint, (rnp_key_handle_t key, char** text), (key, text))
HAND_ON(rnp_key_handle_destroy, (rnp_key_handle_t key), (key))
HAND_ON(rnp_input_from_memory, (rnp_input_t * input, const uint8_t* bytes, size_t size, bool copy),
        (input, bytes, size, copy))
HAND_ON(rnp_input_destroy, (rnp_input_t input), (input))
HAND_ON(rnp_output_to_memory, (rnp_output_t * output, size_t most), (output, most))
HAND_ON(rnp_output_memory_get_buf, (rnp_output_t output, uint8_t** bytes, size_t* size, bool copy),
        (output, bytes, size, copy))
HAND_ON(rnp_output_destroy, (rnp_output_t output), (output))
HAND_ON(rnp_dearmor, (rnp_input_t input, rnp_output_t output), (input, output))
HAND_ON(rnp_op_verify_create, (rnp_op_verify_t * verify, rnp_ffi_t ffi, rnp_input_t input, rnp_output_t output),
        (verify, ffi, input, output))
HAND_ON(rnp_op_verify_detached_create,
        (rnp_op_verify_t * verify, rnp_ffi_t ffi, rnp_input_t input, rnp_input_t signature),
        (verify, ffi, input, signature))
HAND_ON(rnp_op_verify_execute, (rnp_op_verify_t verify), (verify))
HAND_ON(rnp_op_verify_get_signature_count, (rnp_op_verify_t verify, size_t* count), (verify, count))
HAND_ON(rnp_op_verify_get_signature_at, (rnp_op_verify_t verify, size_t at, rnp_op_verify_signature_t* signature),
        (verify, at, signature))
HAND_ON(rnp_op_verify_signature_get_status, (rnp_op_verify_signature_t signature), (signature))
HAND_ON(rnp_op_verify_signature_get_key, (rnp_op_verify_signature_t signature, rnp_key_handle_t* key), (signature, key))
HAND_ON(rnp_op_verify_destroy, (rnp_op_verify_t verify), (verify))
HAND_BACK(rnp_buffer_destroy, (void* bytes), (bytes))

}  // extern "C"
