#pragma once
#include "notify/delivery.h"

// The ways that make_delivery() chooses among, each in a file of its own.
namespace plimsoll::notify {

std::unique_ptr<Delivery> make_http_way(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds);
std::unique_ptr<Delivery> make_mail_way(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds);
std::unique_ptr<Delivery> make_syslog_way(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds);
// Files appear whole, by renaming; a message that comes again takes its own place.
std::unique_ptr<Delivery> make_directory_way(const Receiver& receiver);

}  // namespace plimsoll::notify
