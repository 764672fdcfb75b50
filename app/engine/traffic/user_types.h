// Protobuf types that the user gives: descriptor sets (`protoc --include_imports --descriptor_set_out`) and .proto
// files. Immutable; thread: any.
#pragma once

#include <QStringList>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "kit/kafka/handles.h"
#include "kit/runtime/error.h"

namespace nova::engine {

class UserTypes {
public:
    // Imports are looked for beside the .proto file, in the folders above it, and among the well-known types. badInput
    // names the file and, of a .proto, the line.
    static kit::Result<std::shared_ptr<const UserTypes>> load(const QStringList& files);
    ~UserTypes();

    [[nodiscard]] std::size_t count() const;  // message types
    // By this rule: the type that a header's value names (in full, or by its last part where that is unique), else the
    // type that the topic's last part names, else the first type, in the order of the files, that takes all bytes and
    // leaves no unknown field. `type`: its full name; `why`: why there is none.
    [[nodiscard]] std::optional<nlohmann::ordered_json> decode(std::string_view topic,
                                                               const kit::kafka::HeaderList& headers,
                                                               const std::string& value, std::string& type,
                                                               std::string& why) const;

private:
    struct Impl;
    explicit UserTypes(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
