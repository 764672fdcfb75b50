// create-post: Alice and Bob sign up, Bob follows Alice, Alice posts, Bob's feed shows it.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class CreatePostPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
