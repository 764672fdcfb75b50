// "?": the keys that work here, those of the view first.
#pragma once

#include "app/shell/overlay.h"
#include "app/views/view.h"

class QGridLayout;

namespace nova::shell {

class KeySheet final : public Overlay {
    Q_OBJECT
public:
    explicit KeySheet(QWidget* window);
    void show(const QString& view, const QVector<views::KeyHint>& ofView, const QVector<views::KeyHint>& everywhere);

protected:
    QRect place(const QSize& window) const override;
    void opened() override;

private:
    int addSection(int row, const QString& title, const QVector<views::KeyHint>& keys);
    QGridLayout* m_grid;
};

}  // namespace nova::shell
