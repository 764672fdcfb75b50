#include "widgets/theme/resources.h"

#include <QResource>

// The macro must stand outside any namespace.
static void initUi() {
    Q_INIT_RESOURCE(ui);
}

namespace nova::theme {

void loadResources() {
    initUi();
}

}  // namespace nova::theme
