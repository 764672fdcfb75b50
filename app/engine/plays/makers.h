// The plays, each made in the file of its name; scenarios.h tells what they show.
#pragma once

#include <memory>

#include "app/engine/plays/play.h"

namespace nova::engine {

std::unique_ptr<Play> createPostPlay(PlaySettings settings);
std::unique_ptr<Play> uploadMediaPlay(PlaySettings settings);
std::unique_ptr<Play> chatPlay(PlaySettings settings);
std::unique_ptr<Play> aliceBobPlay(PlaySettings settings);
std::unique_ptr<Play> burstPlay(PlaySettings settings);
std::unique_ptr<Play> killFeedPlay(PlaySettings settings);
std::unique_ptr<Play> outOfOrderPlay(PlaySettings settings);
std::unique_ptr<Play> duplicatePlay(PlaySettings settings);
std::unique_ptr<Play> brokerOutagePlay(PlaySettings settings);
std::unique_ptr<Play> loseRedisPlay(PlaySettings settings);
std::unique_ptr<Play> beforeAfterPlay(PlaySettings settings);

}  // namespace nova::engine
