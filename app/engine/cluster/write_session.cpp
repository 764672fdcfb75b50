#include "app/engine/cluster/write_session.h"

#include "kit/trace/exporter.h"

namespace nova::engine {

std::unique_ptr<kit::trace::Exporter> WriteSession::spanExporter() const {
    return std::make_unique<kit::trace::Exporter>(m_bootstrap, "console", "console/0", nullptr);
}

}  // namespace nova::engine
