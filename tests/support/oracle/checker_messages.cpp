// Invariant 7: gapless numbers in each conversation, each acknowledged message once.
#include "tests/support/oracle/accusations.h"

namespace nova::test {

void checkMessages(const std::vector<Op>& ops, const World& world, Accusations& out) {
    if (!world.withMessages) return;
    std::map<std::string, std::set<std::int64_t>> numbers;
    std::map<std::string, std::vector<std::string>> byText;
    for (const auto& [id, message] : world.messages) {
        out.expect(numbers[message.conversation].insert(message.seq).second, 7, "two messages of one number",
                   message.conversation + "#" + std::to_string(message.seq));
        byText[message.text].push_back(id);
    }
    for (const auto& [conversation, seen] : numbers)
        out.expect(*seen.begin() == 1 && *seen.rbegin() == static_cast<std::int64_t>(seen.size()), 7,
                   "the numbers of a conversation have a gap", conversation);
    std::map<std::string, std::int64_t> told;  // per conversation: the last number in the log
    std::set<std::string> seen;
    for (const auto& e : world.events) {
        const auto row = world.messages.find(e.subject);
        if (e.type != "MessageSent" || row == world.messages.end() || !seen.insert(e.subject).second) continue;
        auto& last = told[row->second.conversation];
        out.expect(row->second.seq == last + 1, 3, "a conversation's messages are out of order in the log", e.subject);
        last = row->second.seq;
    }
    std::map<std::string, bool> asked;  // text → may have happened
    for (const Op& op : ops) {
        if (op.kind != Kind::sendMessage) continue;
        asked[op.token] |= op.answer != Answer::fail;
        if (op.answer == Answer::ok)
            out.expect(world.messages.contains(op.id), 1, "an acknowledged message is not in PostgreSQL", op.id);
    }
    for (const auto& [token, ids] : byText) {
        out.expect(ids.size() == 1, 7, "a message was stored more than once", token);
        const auto known = asked.find(token);
        out.expect(known != asked.end() && known->second, 1, "a message that nobody sent", token);
    }
}

}  // namespace nova::test
