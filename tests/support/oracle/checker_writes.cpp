// Invariants 1 and 8: what was acknowledged is there, what was refused is not, what is unclear is there at most once.
// And of 11: what was uploaded is ready and stands once in the post that it was meant for.
#include <algorithm>
#include <set>

#include "tests/support/oracle/accusations.h"

namespace nova::test {
namespace {

struct PostHistory {
    const Op* created = nullptr;  // the acknowledged one
    int createTries = 0;          // not refused
    int updatesOk = 0, updatesInfo = 0;
    std::string lastToken;          // of the last acknowledged update; "" is the text of the creation
    std::set<std::string> unclear;  // tokens of updates that may have come later
    bool deleteOk = false, deleteInfo = false;
};

// A text is "<token of the creation> <token of the last update>".
std::string word(const std::string& text, int which) {
    const auto space = text.find(' ');
    if (which == 0) return text.substr(0, space);
    return space == std::string::npos ? "" : text.substr(space + 1);
}

void note(PostHistory& post, const Op& op) {
    if (op.answer == Answer::fail) return;
    const bool ok = op.answer == Answer::ok;
    if (op.kind == Kind::updatePost) {
        ++(ok ? post.updatesOk : post.updatesInfo);
        if (ok)
            post.lastToken = op.token;
        else
            post.unclear.insert(op.token);
    } else if (op.kind == Kind::deletePost) {
        (ok ? post.deleteOk : post.deleteInfo) = true;
    }
}

void checkPost(const std::string& id, const PostHistory& history, const World& world, Accusations& out) {
    const auto found = world.posts.find(id);
    if (found == world.posts.end()) return out.add(1, "an acknowledged post is not in PostgreSQL", id);
    const PostRow& row = found->second;
    if (history.deleteOk) out.expect(row.deleted, 1, "an acknowledged delete is not in PostgreSQL", id);
    if (!history.deleteOk && !history.deleteInfo)
        out.expect(!row.deleted, 1, "a post is deleted that nobody deleted", id);
    const auto fewest = 1 + history.updatesOk + (row.deleted ? 1 : 0) + std::ssize(row.media);
    out.expect(row.version >= fewest, 1, "an acknowledged update is not in PostgreSQL", id);
    out.expect(row.version <= fewest + history.updatesInfo, 1, "a change was made more than once", id);
    const auto token = word(row.content, 1);
    out.expect(token == history.lastToken || history.unclear.contains(token), 1,
               "the text is not that of the last update", id);
}

void checkPosts(const std::vector<Op>& ops, const World& world, Accusations& out) {
    std::map<std::string, PostHistory> byToken;  // of creations
    std::map<std::string, std::string> tokenOf;  // post → its creation's token
    std::map<std::string, std::vector<std::string>> rowsOf;
    for (const auto& [id, row] : world.posts) {
        tokenOf[id] = word(row.content, 0);
        rowsOf[tokenOf[id]].push_back(id);
    }
    for (const Op& op : ops) {
        if (op.kind != Kind::createPost) continue;
        auto& post = byToken[op.token];
        if (op.answer != Answer::fail) ++post.createTries;
        if (op.answer != Answer::ok) continue;
        if (post.created && post.created->id != op.id) out.add(8, "one idempotency key made two posts", op.key);
        post.created = &op;
        tokenOf[op.id] = op.token;
    }
    for (const Op& op : ops) {
        if (op.kind != Kind::updatePost && op.kind != Kind::deletePost) continue;
        if (const auto token = tokenOf.find(op.target); token != tokenOf.end()) note(byToken[token->second], op);
    }
    for (const auto& [token, post] : byToken) {
        const auto& rows = rowsOf[token];
        if (post.created) checkPost(post.created->id, post, world, out);
        out.expect(rows.size() <= 1, 1, "one creation made several posts", token);
        out.expect(rows.empty() || post.createTries > 0, 1, "a refused post is in PostgreSQL", token);
    }
    for (const auto& [token, rows] : rowsOf)
        for (const auto& id : rows) out.expect(byToken.contains(token), 1, "a post that nobody asked for", id);
}

// Likes and follows: as last acknowledged, or as an unclear one left it, whenever that came.
void checkRelations(const std::vector<Op>& ops, Kind on, Kind off, const std::set<Pair>& rows, const char* what,
                    Accusations& out) {
    struct States {
        bool last = false;
        std::set<bool> unclear;
    };
    std::map<Pair, States> possible;
    for (const Op& op : ops) {
        if ((op.kind != on && op.kind != off) || op.answer == Answer::fail) continue;
        const Pair pair = on == Kind::like ? Pair{op.target, op.user} : Pair{op.user, op.target};
        auto& states = possible[pair];
        if (op.answer == Answer::ok)
            states.last = op.kind == on;
        else
            states.unclear.insert(op.kind == on);
    }
    for (const auto& [pair, states] : possible)
        out.expect(states.last == rows.contains(pair) || states.unclear.contains(rows.contains(pair)), 1,
                   std::string("the row is not as last acknowledged: ") + what, pair.first + "/" + pair.second);
    for (const auto& pair : rows)
        out.expect(possible.contains(pair), 1, std::string("a row that nobody asked for: ") + what,
                   pair.first + "/" + pair.second);
}

void checkUploads(const std::vector<Op>& ops, const World& world, Accusations& out) {
    for (const Op& op : ops) {
        if (op.kind != Kind::upload || op.answer != Answer::ok) continue;
        const auto row = world.media.find(op.id);
        out.expect(row != world.media.end() && row->second.state == "ready", 1,
                   "an acknowledged upload is not in PostgreSQL", op.id);
    }
    for (const auto& [id, media] : world.media) {
        const auto post = world.posts.find(media.post);
        if (media.state != "ready" || post == world.posts.end() || post->second.deleted) continue;
        if (post->second.author != media.owner) continue;
        out.expect(std::ranges::count(post->second.media, id) == 1, 11, "an upload does not stand once in its post",
                   id);
    }
}

// Read: as somebody asked for. A receiver reads a message, or nobody does.
void checkReads(const std::vector<Op>& ops, const World& world, Accusations& out) {
    std::map<std::string, Answer> asked;  // message → the clearest answer
    for (const Op& op : ops) {
        if (op.kind != Kind::markRead || op.answer == Answer::fail) continue;
        auto& answer = asked.try_emplace(op.target, op.answer).first->second;
        if (op.answer == Answer::ok) answer = Answer::ok;
    }
    for (const auto& [id, message] : world.messages) {
        const auto known = asked.find(id);
        if (message.read)
            out.expect(known != asked.end(), 1, "a message is read that nobody read", id);
        else
            out.expect(known == asked.end() || known->second != Answer::ok, 1,
                       "an acknowledged reading is not in PostgreSQL", id);
    }
}

void checkKeys(const std::vector<Op>& ops, Accusations& out) {
    std::map<Pair, std::set<std::string>> ids;
    for (const Op& op : ops)
        if (!op.key.empty() && op.answer == Answer::ok) ids[{op.user, op.key}].insert(op.id);
    for (const auto& [key, seen] : ids)
        out.expect(seen.size() == 1, 8, "one idempotency key was answered with several ids", key.second);
}

}  // namespace

void checkWrites(const std::vector<Op>& ops, const World& world, Accusations& out) {
    checkPosts(ops, world, out);
    checkRelations(ops, Kind::like, Kind::unlike, world.likes, "likes", out);
    checkRelations(ops, Kind::follow, Kind::unfollow, world.follows, "follows", out);
    checkUploads(ops, world, out);
    checkReads(ops, world, out);
    checkKeys(ops, out);
}

}  // namespace nova::test
