// nova://<profile or "local">/<topic>/<partition>/<offset>: one record as text that travels by chat and mail and that
// the console opens. Values; thread: any.
#pragma once

#include <QString>
#include <optional>

namespace nova::views {

struct RecordLink {
    QString profile;  // "local": the Nova of this machine
    QString topic;
    int partition = 0;
    qint64 offset = 0;

    // None when it is no such link: another scheme, a part missing, a number that is none, below 0 or too large.
    static std::optional<RecordLink> parse(const QString& text);
    [[nodiscard]] QString print() const;  // parse() of it is the same again
    bool operator==(const RecordLink&) const = default;
};

}  // namespace nova::views
