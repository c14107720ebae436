#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/flow.h"

namespace plimsoll::network {

// The beginnings of a conversation, as far as they came: of TCP the first bytes of each direction in order, of UDP the
// first datagram of each. At most 16 KiB each.
struct Heads {
  std::string_view client, server;
  uint16_t server_port = 0;
};

// What a recogniser found out. All but `application` are foreign text.
struct Identity {
  std::string_view application;  // of names.h; lives for ever
  std::string version;           // of the protocol
  std::string server_name, software, software_version;
  bool awaits_details = false;  // a sure one wants to see more, for what is still empty
};

enum class Verdict {
  no,      // it is not this protocol, whatever comes
  more,    // too little came to tell
  likely,  // what one side said fits, and the other did not speak, or not to the end
  sure,    // both sides fit, or one cannot be mistaken
};

// Recognises one protocol. Pure and bounded by the length of the heads; called again with longer heads, and a fresh
// Identity, until it says no or sure.
struct Recogniser {
  std::string_view name;
  Transport transport = Transport::tcp;
  Verdict (*look)(const Heads& heads, Identity& identity) = nullptr;
};

// The table, the more special ones first. At most 64.
std::span<const Recogniser> recognisers();

}  // namespace plimsoll::network
