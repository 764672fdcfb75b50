// A small picture, uploaded as a user does. Thread: main.
#pragma once

#include <optional>

#include "app/engine/actions/upload_caller.h"
#include "app/engine/plays/stage.h"

namespace nova::engine {

// A picture of its own for each call, 64 × 64 points of noise. None: not answered within Stage::waitMs, or stopped.
std::optional<UploadReply> uploadPicture(Stage& stage, const Person& who, const QString& postId, const QString& mode);

}  // namespace nova::engine
