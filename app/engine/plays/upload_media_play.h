// upload-media: Alice posts, uploads a picture for that post, and the post shows it.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class UploadMediaPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
