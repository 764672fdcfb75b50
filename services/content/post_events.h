// Content events of a post's present state.
#pragma once

#include "content/store.h"
#include "kit/outbox/outbox.h"

namespace nova::content {

kit::OutEvent postCreated(const Post& post);
kit::OutEvent postUpdated(const Post& post);
kit::OutEvent postDeleted(const Post& post);

}  // namespace nova::content
