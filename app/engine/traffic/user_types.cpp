#include "app/engine/traffic/user_types.h"

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/stubs/logging.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/engine/traffic/proto_json.h"

namespace nova::engine {
namespace {

namespace pb = google::protobuf;
using Json = nlohmann::ordered_json;

// Lower case letters and digits alone: "order-placed" and "OrderPlaced" are the same name.
std::string plain(std::string_view name) {
    std::string letters;
    for (const char c : name) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) letters += lower;
    }
    return letters;
}

std::string_view lastPart(std::string_view name) {
    const auto dot = name.find_last_of("./");
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool hasUnknown(const pb::Message& message) {
    const auto& reflection = *message.GetReflection();
    if (!reflection.GetUnknownFields(message).empty()) return true;
    std::vector<const pb::FieldDescriptor*> set;
    reflection.ListFields(message, &set);
    for (const auto* field : set) {
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
        const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
        for (int i = 0; i < count; ++i) {
            const auto& part = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                    : reflection.GetMessage(message, field);
            if (hasUnknown(part)) return true;
        }
    }
    return false;
}

class Faults final : public pb::compiler::MultiFileErrorCollector, public pb::DescriptorPool::ErrorCollector {
public:
    void AddError(const std::string& file, int line, int column, const std::string& text) override {
        say(file + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + text);
    }
    void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation,
                  const std::string& text) override {
        say(file + ", " + element + ": " + text);
    }
    std::string first;

private:
    void say(std::string text) {
        if (first.empty()) first = std::move(text);
    }
};

}  // namespace

struct UserTypes::Impl {
    // Sources of descriptors outlive the pools that ask them, and pools the messages.
    pb::DescriptorPoolDatabase wellKnown{*pb::DescriptorPool::generated_pool()};
    std::vector<std::unique_ptr<Faults>> collectors;
    std::vector<std::unique_ptr<pb::compiler::DiskSourceTree>> trees;
    std::vector<std::unique_ptr<pb::DescriptorDatabase>> databases;
    std::vector<std::unique_ptr<pb::DescriptorPool>> pools;
    mutable pb::DynamicMessageFactory factory;
    std::vector<const pb::Descriptor*> types;                  // in the order of the files
    std::multimap<std::string, const pb::Descriptor*> byName;  // full name, and the plain last part

    void add(const pb::Descriptor* type) {
        if (type->options().map_entry()) return;
        types.push_back(type);
        byName.emplace(type->full_name(), type);
        byName.emplace(plain(type->name()), type);
        for (int i = 0; i < type->nested_type_count(); ++i) add(type->nested_type(i));
    }
    void add(const pb::FileDescriptor& file) {
        for (int i = 0; i < file.message_type_count(); ++i) add(file.message_type(i));
    }

    kit::Result<void> addSet(const QString& name, const QByteArray& bytes) {
        pb::FileDescriptorSet set;
        if (!set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || set.file_size() == 0)
            return kit::badInput(name.toStdString() + " is no Protobuf descriptor set",
                                 "protoc --include_imports --descriptor_set_out=FILE makes one");
        auto own = std::make_unique<pb::SimpleDescriptorDatabase>();
        for (const auto& file : set.file()) own->Add(file);
        auto merged = std::make_unique<pb::MergedDescriptorDatabase>(own.get(), &wellKnown);
        const auto& faults = *collectors.emplace_back(std::make_unique<Faults>());
        pools.push_back(std::make_unique<pb::DescriptorPool>(merged.get(), collectors.back().get()));
        databases.push_back(std::move(own));
        databases.push_back(std::move(merged));
        for (const auto& file : set.file()) {
            const auto* found = pools.back()->FindFileByName(file.name());
            if (!found) return kit::badInput(name.toStdString() + ": " + faults.first);
            if (!file.name().starts_with("google/protobuf/")) add(*found);
        }
        return kit::outcome::success();
    }

    kit::Result<void> addProto(const QString& name) {
        auto tree = std::make_unique<pb::compiler::DiskSourceTree>();
        const QFileInfo info(name);
        for (QDir folder = info.absoluteDir(); !folder.isRoot(); folder.cdUp())
            tree->MapPath("", folder.absolutePath().toStdString());
        auto database = std::make_unique<pb::compiler::SourceTreeDescriptorDatabase>(tree.get(), &wellKnown);
        Faults faults;
        database->RecordErrorsTo(&faults);
        pools.push_back(std::make_unique<pb::DescriptorPool>(database.get(), database->GetValidationErrorCollector()));
        const auto* file = pools.back()->FindFileByName(info.fileName().toStdString());
        if (!file) return kit::badInput(info.absolutePath().toStdString() + "/" + faults.first);
        database->RecordErrorsTo(nullptr);
        trees.push_back(std::move(tree));
        databases.push_back(std::move(database));
        add(*file);
        return kit::outcome::success();
    }

    // The type that a name means; null when none or several.
    const pb::Descriptor* named(std::string_view name) const {
        const std::string full(name);
        if (byName.count(full) == 1) return byName.find(full)->second;
        const auto last = plain(lastPart(name));
        return byName.count(last) == 1 ? byName.find(last)->second : nullptr;
    }

    std::unique_ptr<pb::Message> parse(const pb::Descriptor& type, const std::string& value) const {
        const pb::LogSilencer silence;  // that a type does not fit is no error
        std::unique_ptr<pb::Message> message(factory.GetPrototype(&type)->New());
        return message->ParseFromString(value) ? std::move(message) : nullptr;
    }

    std::optional<Json> as(const pb::Descriptor& type, const std::string& value, const std::string& by,
                           std::string& name, std::string& why) const {
        const auto message = parse(type, value);
        name = type.full_name();
        if (message) return protoToJson(*message);
        why = "the " + std::to_string(value.size()) + " bytes are no " + type.full_name() + ", which " + by + " names";
        return std::nullopt;
    }
};

UserTypes::UserTypes(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
UserTypes::~UserTypes() = default;

kit::Result<std::shared_ptr<const UserTypes>> UserTypes::load(const QStringList& files) {
    auto impl = std::make_unique<Impl>();
    for (const auto& name : files) {
        QFile file(name);
        if (!file.open(QIODevice::ReadOnly))
            return kit::badInput(name.toStdString() + " cannot be read: " + file.errorString().toStdString());
        if (name.endsWith(QLatin1String(".proto"))) {
            BOOST_OUTCOME_TRY(impl->addProto(name));
        } else {
            BOOST_OUTCOME_TRY(impl->addSet(name, file.readAll()));
        }
    }
    return std::shared_ptr<const UserTypes>(new UserTypes(std::move(impl)));
}

std::size_t UserTypes::count() const {
    return m_impl->types.size();
}

std::optional<Json> UserTypes::decode(std::string_view topic, const kit::kafka::HeaderList& headers,
                                      const std::string& value, std::string& name, std::string& why) const {
    for (const auto& [header, text] : headers) {
        if (const auto* type = text.empty() ? nullptr : m_impl->named(text))
            return m_impl->as(*type, value, "the header " + header, name, why);
    }
    if (const auto* type = m_impl->named(topic)) return m_impl->as(*type, value, "the topic", name, why);
    for (const auto* type : m_impl->types) {
        const auto message = m_impl->parse(*type, value);
        if (!message || value.empty() || hasUnknown(*message)) continue;
        name = type->full_name();
        return protoToJson(*message);
    }
    why = "no header and no topic names one of the " + std::to_string(count()) +
          " types, and none of them takes these bytes without unknown fields";
    return std::nullopt;
}

}  // namespace nova::engine
