// Proposals under a field: what would be put in, and what it is. A child of the window, so that it needs no window of
// its own and never takes the focus.
#pragma once

#include <QListWidget>
#include <optional>

#include "app/engine/traffic/filter.h"

namespace nova::views {

class CompletionList final : public QListWidget {
    Q_OBJECT
public:
    explicit CompletionList(QWidget* parent);
    // Below `field`, as wide as its words; hidden when there are none.
    void propose(const QVector<engine::Completion>& completions, QWidget& field);
    void step(int rows);                                          // chooses the next or the former
    [[nodiscard]] std::optional<engine::Completion> chosen() const;  // none: nothing is chosen
    [[nodiscard]] std::optional<engine::Completion> best() const;    // the chosen one, else the first

Q_SIGNALS:
    void taken(const nova::engine::Completion& completion);  // by the mouse

private:
    QVector<engine::Completion> m_completions;
};

}  // namespace nova::views
