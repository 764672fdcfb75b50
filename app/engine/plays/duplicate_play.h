// duplicate: the record of a createPost is appended to its topic once more, byte for byte.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class DuplicatePlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
