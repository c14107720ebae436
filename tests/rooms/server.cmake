plimsoll_fuzzer(request_text DEPS server)
plimsoll_fuzzer(oidc_token DEPS server)
plimsoll_fuzzer(policy_messages DEPS server)
