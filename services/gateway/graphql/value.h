// Values at run time: variables as they came in JSON, and arguments after coercion. Nesting is bounded by whoever makes
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nova::graphql {

class Value {
public:
    using List = std::vector<Value>;
    using Object = std::vector<std::pair<std::string, Value>>;  // in order; the last of equal names counts

    Value();
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();
    Value(bool v) : m_data(v) {}                      // NOLINT(google-explicit-constructor)
    Value(std::int64_t v) : m_data(v) {}              // NOLINT(google-explicit-constructor)
    Value(int v) : m_data(std::int64_t{v}) {}         // NOLINT(google-explicit-constructor)
    Value(double v) : m_data(v) {}                    // NOLINT(google-explicit-constructor)
    Value(std::string v) : m_data(std::move(v)) {}    // NOLINT(google-explicit-constructor)
    Value(const char* v) : m_data(std::string(v)) {}  // NOLINT(google-explicit-constructor)
    Value(List v) : m_data(std::move(v)) {}           // NOLINT(google-explicit-constructor)
    Value(Object v) : m_data(std::move(v)) {}         // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool isNull() const { return std::holds_alternative<std::monostate>(m_data); }
    template <typename T>
    [[nodiscard]] const T* as() const {  // nullptr when it is something else
        return std::get_if<T>(&m_data);
    }
    template <typename Visitor>
    decltype(auto) visit(Visitor&& visitor) const {
        return std::visit(std::forward<Visitor>(visitor), m_data);
    }
    [[nodiscard]] const Value* find(std::string_view name) const;  // a member of an object, or nullptr
    bool operator==(const Value&) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object> m_data;
};

}  // namespace nova::graphql
