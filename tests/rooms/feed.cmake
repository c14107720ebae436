foreach(name osv kev epss cvss_lines zip cvss_vector)
  plimsoll_fuzzer(${name} DEPS feed)
endforeach()
plimsoll_bench(feed DEPS feed LIBS simdjson::simdjson)
