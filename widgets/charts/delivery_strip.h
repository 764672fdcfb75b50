// The times that a group was handed one event, in order and evenly spaced: when, what came of it, by whom. Where they
// do not all fit, the first and the last stand there with the number left out between them.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

#include "widgets/theme/status.h"

namespace nova::charts {

struct DeliveryMark {
    theme::Status status = theme::Status::Ok;
    QString time, title, detail;  // "23:41:52.947", "applied", "try 1 · feed-service/0"
    QString toolTip;
    bool operator==(const DeliveryMark&) const = default;
};

class DeliveryStrip final : public QWidget {
    Q_OBJECT
public:
    explicit DeliveryStrip(QWidget* parent = nullptr);
    void setMarks(std::vector<DeliveryMark> marks);
    [[nodiscard]] const std::vector<DeliveryMark>& marks() const { return m_marks; }
    void setEmptyText(const QString& text);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Place {
        std::size_t mark;
        double left;
    };
    [[nodiscard]] std::vector<Place> places() const;
    [[nodiscard]] std::size_t leftOut() const;

    std::vector<DeliveryMark> m_marks;
    QString m_emptyText;
};

}  // namespace nova::charts
