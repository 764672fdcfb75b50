#include "gateway/graphql/execute.h"

#include <fmt/format.h>

#include <deque>

#include "gateway/graphql/result.h"

namespace nova::graphql {
namespace {

using Wrap = ast::TypeRef::Wrap;

// Objects at one place of the query, and what is asked of them.
struct Batch {
    const Plan* plan = nullptr;
    std::vector<Object> objects;
    std::vector<Node*> nodes;  // beside `objects`
};

struct TooLarge {};

class Executor {
public:
    Executor(const Resolvers& resolvers, const ast::Document& document, Request& request, const Limits& limits,
             std::chrono::steady_clock::time_point deadline)
        : m_resolvers(resolvers), m_document(document), m_request(request), m_limits(limits), m_deadline(deadline) {}

    Executed run(const Plan& plan, bool serially) try {
        Node& root = m_tree.add();
        openObject(root, plan);
        Batch top{&plan, {Object()}, {&root}};
        for (std::size_t i = 0; i < plan.fields.size(); ++i) {
            resolve(top, i);
            if (serially) drain();
        }
        drain();
        Executed done;
        if (!finish(root)) root.kind = Node::Kind::null;
        write(done.data, root);
        done.errors = std::move(m_errors);
        return done;
    } catch (const TooLarge&) {
        return {"null",
                {{fmt::format("The answer is too large: at most {} values allowed.", m_limits.nodes),
                  {},
                  {},
                  std::string(code::badInput)}}};
    }

private:
    void drain() {
        while (!m_open.empty()) {
            const Batch batch = std::move(m_open.front());
            m_open.pop_front();
            for (std::size_t i = 0; i < batch.plan->fields.size(); ++i) resolve(batch, i);
        }
    }

    void resolve(const Batch& batch, std::size_t index) {
        const PlannedField& planned = batch.plan->fields[index];
        auto answers = ask(planned, batch);
        Batch below{planned.below.get(), {}, {}};
        for (std::size_t i = 0; i < answers.size(); ++i) {
            Node& node = add(*batch.nodes[i]);
            node.field = &planned;
            batch.nodes[i]->children[index] = &node;
            complete(node, planned, planned.field->type.ref.wraps.size(), answers[i], below);
        }
        if (!below.objects.empty()) m_open.push_back(std::move(below));
    }

    std::vector<Resolved> ask(const PlannedField& planned, const Batch& batch) {
        const std::size_t count = batch.objects.size();
        if (planned.field == &m_resolvers.schema().typenameField())
            return std::vector<Resolved>(count, Resolved(Value(batch.plan->type->name)));
        if (planned.wrong)
            return std::vector<Resolved>(count, Resolved(Failure{planned.wrong->message, std::string(code::badInput)}));
        if (std::chrono::steady_clock::now() >= m_deadline) {
            return std::vector<Resolved>(
                count, Resolved(Failure{"The request took too long.", std::string(code::unavailable)}));
        }
        auto answers =
            m_resolvers.of(*planned.field)({m_request, *planned.field, planned.arguments, planned.path}, batch.objects);
        answers.resize(count, Resolved(Failure{"No answer for this field."}));
        return answers;
    }

    // `level`: how many wrappers of the field's type are still to be unwrapped.
    void complete(Node& node, const PlannedField& planned, std::size_t level, Resolved& answer, Batch& below) {
        const auto& wraps = planned.field->type.ref.wraps;
        node.nonNull = level > 0 && wraps[level - 1] == Wrap::nonNull;
        if (node.nonNull) --level;
        if (auto* failure = answer.as<Failure>())
            return fail(node, planned, std::move(failure->message), std::move(failure->code));
        if (auto* leaf = answer.as<Value>(); leaf != nullptr && leaf->isNull()) {
            if (node.nonNull)
                fail(node, planned, "No value for a field that is never null.", std::string(code::unavailable));
            return;
        }
        if (level > 0) return completeList(node, planned, level - 1, answer, below);
        if (planned.below != nullptr) return completeObject(node, planned, answer, below);
        completeLeaf(node, planned, answer);
    }

    void completeList(Node& node, const PlannedField& planned, std::size_t level, Resolved& answer, Batch& below) {
        auto* list = answer.as<Resolved::List>();
        if (list == nullptr) return wrongKind(node, planned);
        node.kind = Node::Kind::list;
        node.children.reserve(list->size());
        for (std::size_t i = 0; i < list->size(); ++i) {
            Node& item = add(node);
            item.index = static_cast<std::int64_t>(i);
            node.children.push_back(&item);
            complete(item, planned, level, (*list)[i], below);
        }
    }

    void completeObject(Node& node, const PlannedField& planned, Resolved& answer, Batch& below) {
        auto* object = answer.as<Object>();
        if (object == nullptr) return wrongKind(node, planned);
        openObject(node, *planned.below);
        below.objects.push_back(std::move(*object));
        below.nodes.push_back(&node);
    }

    void completeLeaf(Node& node, const PlannedField& planned, Resolved& answer) {
        if (auto* late = answer.as<Resolved::Late>()) {
            node.kind = Node::Kind::late;
            node.late = std::move(*late);
            return;
        }
        const TypeDef& type = *planned.field->type.type;
        auto* leaf = answer.as<Value>();
        const auto* text = leaf != nullptr ? leaf->as<std::string>() : nullptr;
        const bool fits =
            leaf != nullptr && (type.kind == TypeDef::Kind::enumeration ? text != nullptr && type.hasValue(*text)
                                                                        : fitsScalar(type.name, *leaf));
        if (!fits) return wrongKind(node, planned);
        node.kind = Node::Kind::leaf;
        node.leaf = std::move(*leaf);
    }

    static void openObject(Node& node, const Plan& plan) {
        node.kind = Node::Kind::object;
        node.plan = &plan;
        node.children.assign(plan.fields.size(), nullptr);
    }

    Node& add(const Node& parent) {
        if (m_tree.size() >= m_limits.nodes) throw TooLarge{};
        Node& node = m_tree.add();
        node.parent = &parent;
        return node;
    }

    void wrongKind(Node& node, const PlannedField& planned) {
        fail(node, planned,
             fmt::format("The value of \"{}\" is not of type {}.", planned.field->name,
                         ast::print(planned.field->type.ref)),
             std::string(code::unavailable));
    }

    void fail(Node& node, const PlannedField& planned, std::string message, std::string errorCode) {
        node.kind = Node::Kind::null;
        if (std::ssize(m_errors) >= m_limits.errors) return;
        Error error{std::move(message), {}, node.path(), std::move(errorCode)};
        for (const auto* selection : planned.selections)
            error.locations.push_back(locate(m_document.source, selection->at));
        m_errors.push_back(std::move(error));
    }

    const Resolvers& m_resolvers;
    const ast::Document& m_document;
    Request& m_request;
    const Limits& m_limits;
    std::chrono::steady_clock::time_point m_deadline;
    ResultTree m_tree;
    std::deque<Batch> m_open;  // places of the next levels
    Errors m_errors;
};

}  // namespace

Executed execute(const Resolvers& resolvers, const ast::Document& document, const Plan& plan, bool serially,
                 Request& request, const Limits& limits, std::chrono::steady_clock::time_point deadline) {
    return Executor(resolvers, document, request, limits, deadline).run(plan, serially);
}

}  // namespace nova::graphql
