plimsoll_bench(feed DEPS feed LIBS simdjson::simdjson)
