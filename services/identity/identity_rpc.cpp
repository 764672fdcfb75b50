#include "identity/identity_rpc.h"

#include "identity/accounts.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"

namespace nova::identity {
namespace {

using kit::NeedsUser;
using kit::Result;

void fill(rpc::v1::User* to, const User& user) {
    to->set_id(user.id);
    to->set_handle(user.handle);
    to->set_display_name(user.displayName);
    to->set_tier(user.tier);
}

Result<void> answer(rpc::v1::SessionReply* reply, const Result<Session>& session) {
    if (!session) return session.error();
    fill(reply->mutable_user(), session.value().user);
    reply->set_token(session.value().token);
    kit::setTime(reply->mutable_expires_at(), session.value().expires);
    return kit::outcome::success();
}

}  // namespace

grpc::Status IdentityRpc::CreateUser(grpc::ServerContext* context, const rpc::v1::CreateUserRequest* request,
                                     rpc::v1::SessionReply* reply) {
    return kit::serveCall(*context, {"Identity/CreateUser", &m_tokens, NeedsUser::no, m_delayMs},
                          [&](const kit::Claims&) {
                              return answer(reply, m_accounts.signUp(request->handle(), request->password(),
                                                                     request->display_name(), request->tier()));
                          });
}

grpc::Status IdentityRpc::Authenticate(grpc::ServerContext* context, const rpc::v1::AuthenticateRequest* request,
                                       rpc::v1::SessionReply* reply) {
    return kit::serveCall(
        *context, {"Identity/Authenticate", &m_tokens, NeedsUser::no, m_delayMs},
        [&](const kit::Claims&) { return answer(reply, m_accounts.signIn(request->handle(), request->password())); });
}

grpc::Status IdentityRpc::GetUsers(grpc::ServerContext* context, const rpc::v1::GetUsersRequest* request,
                                   rpc::v1::GetUsersReply* reply) {
    return kit::serveCall(*context, {"Identity/GetUsers", &m_tokens, NeedsUser::no, m_delayMs},
                          [&](const kit::Claims&) -> Result<void> {
                              auto users = m_accounts.users({request->ids().begin(), request->ids().end()},
                                                            {request->handles().begin(), request->handles().end()});
                              if (!users) return users.error();
                              for (const auto& user : users.value()) fill(reply->add_users(), user);
                              return kit::outcome::success();
                          });
}

}  // namespace nova::identity
