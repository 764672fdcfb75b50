// What stands before a local Nova when something is missing: each requirement, found or with the command that brings
// it, and Start.
#pragma once

#include <QVector>

#include "app/engine/stack/stack_types.h"
#include "app/views/view.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace nova::views {

class FirstRunView final : public View {
    Q_OBJECT
public:
    explicit FirstRunView(QWidget* parent = nullptr);
    void setRequirements(const QVector<stack::Requirement>& requirements);
    [[nodiscard]] bool canStart() const { return m_canStart; }
    bool clear() override { return false; }

Q_SIGNALS:
    void startWanted();
    void checkWanted();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* buildCard();
    void addRow(int row, const stack::Requirement& requirement);

    QGridLayout* m_list;
    QWidget* m_rows = nullptr;
    QLabel* m_help;
    QPushButton* m_start;
    QPushButton* m_check;
    bool m_canStart = false;
};

}  // namespace nova::views
