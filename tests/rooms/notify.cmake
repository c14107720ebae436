plimsoll_fuzzer(notify_message DEPS notify)
plimsoll_fuzzer(notify_settings DEPS notify)
plimsoll_fuzzer(time_zone DEPS notify)
