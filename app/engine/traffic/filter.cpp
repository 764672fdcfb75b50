#include "app/engine/traffic/filter.h"

#include <QCoreApplication>
#include <QDateTime>

#include "app/engine/traffic/filter_parser.h"
#include "app/engine/traffic/filter_program.h"

using namespace Qt::StringLiterals;

namespace nova::engine {

QString FilterError::sentence() const {
    const auto place =
        QCoreApplication::translate("nova::engine::Filter", "%1, at character %2").arg(what).arg(position + 1);
    if (expected.isEmpty()) return place;
    if (expected.endsWith(u'?')) return place + u"; "_s + expected;
    return QCoreApplication::translate("nova::engine::Filter", "%1; expected: %2").arg(place, expected);
}

struct Filter::Impl {
    std::shared_ptr<const filter::Program> program;
    filter::Run run;
    QString text;
    std::uint64_t errors = 0;

    Impl() = default;
    Impl(const Impl&) = default;
    Impl& operator=(const Impl&) = delete;
};

std::variant<Filter, FilterError> Filter::compile(const QString& text, FilterContext context) {
    auto tree = filter::parse(text);
    if (const auto* error = std::get_if<FilterError>(&tree)) return *error;
    if (context.nowMs == 0) context.nowMs = QDateTime::currentMSecsSinceEpoch();
    auto program = filter::compileProgram(std::get<filter::Node>(std::move(tree)), context);
    if (const auto* error = std::get_if<FilterError>(&program)) return *error;
    Filter filter;
    filter.m_impl->program = std::get<std::shared_ptr<const filter::Program>>(std::move(program));
    filter.m_impl->run.verdicts.resize(filter.m_impl->program->slots);
    filter.m_impl->run.context = std::make_shared<const FilterContext>(std::move(context));
    filter.m_impl->text = text;
    return filter;
}

Filter::Filter() : m_impl(std::make_unique<Impl>()) {}
Filter::~Filter() = default;
Filter::Filter(const Filter& other) : m_impl(std::make_unique<Impl>(*other.m_impl)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(const Filter& other) {
    if (this != &other) m_impl = std::make_unique<Impl>(*other.m_impl);
    return *this;
}
Filter& Filter::operator=(Filter&&) noexcept = default;

bool Filter::matches(const Event& event) {
    if (matchesAll()) return true;
    auto& run = m_impl->run;
    run.failed = false;
    run.payload.begin(event);
    const bool matched = m_impl->program->root.matches(event, run);
    if (run.failed) ++m_impl->errors;
    return matched;
}

std::uint64_t Filter::errors() const {
    return m_impl->errors;
}

const FilterNeeds& Filter::needs() const {
    static const FilterNeeds nothing;
    return m_impl->program ? m_impl->program->needs : nothing;
}

QString Filter::text() const {
    return m_impl->text;
}
QString Filter::canonical() const {
    return m_impl->program ? filter::print(m_impl->program->tree) : QString();
}

bool Filter::matchesAll() const {
    return !m_impl->program ||
           (m_impl->program->tree.kind == filter::Node::Kind::all && m_impl->program->tree.children.empty());
}

QStringList Filter::searchedWords() const {
    return m_impl->program ? m_impl->program->words : QStringList();
}

}  // namespace nova::engine
