// A post as gRPC carries it.
#pragma once

namespace nova::rpc::v1 {
class Post;
}

namespace nova::content {

struct Post;
void fill(rpc::v1::Post* to, const Post& post);

}  // namespace nova::content
