// Parts of a record as text for a person. Values; thread: any.
#pragma once

#include <QString>
#include <string>

#include "app/engine/traffic/event.h"

namespace nova::views {

QString utf8(const std::string& bytes);
bool isUtf8(const std::string& bytes);
// Text as it is, and bytes that are none in hex: "0x0aff".
QString textOrHex(const std::string& bytes);
QString topicOf(const engine::Event& event);
QString typeOf(const engine::Event& event);  // may be empty
// "PostCreated p3 @ 51 880"; without a type the topic.
QString titleOf(const engine::Event& event);
QString fullTime(qint64 unixMs);  // with date, milliseconds and zone

}  // namespace nova::views
