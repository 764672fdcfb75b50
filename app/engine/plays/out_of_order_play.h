// out-of-order: a post is edited and deleted, then its older records come again under new event ids.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class OutOfOrderPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
