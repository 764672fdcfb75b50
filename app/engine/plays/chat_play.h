// chat: two sockets; a message from Alice to Bob's, and the read receipt back to hers.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class ChatPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
