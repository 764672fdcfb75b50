// The bar at the foot: environment, stores, rate, ring, dropped, clocks, memory, time. Numbers change at most four
// times a second. Where the window is narrow, the segments of least weight fold first; text is never cut. GUI thread.
#pragma once

#include <QFrame>
#include <QTimeZone>
#include <QVector>
#include <QWidget>

#include "widgets/theme/status.h"

class QHBoxLayout;
class QLabel;

namespace nova::theme {
class StatusLabel;
}

namespace nova::shell {

// Text with digits of one width.
class Figure final : public QWidget {
    Q_OBJECT
public:
    explicit Figure(QWidget* parent);
    void setText(const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
};

struct StoreReading {
    QString name;  // "Kafka"
    theme::Status status = theme::Status::Unknown;
    QString word;  // "ready", spoken
    bool operator==(const StoreReading&) const = default;
};

class StoreSegment final : public QWidget {
    Q_OBJECT
public:
    explicit StoreSegment(QWidget* parent);
    void setReading(const StoreReading& reading);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    theme::StatusLabel* m_label;
};

struct TrafficReading {
    bool attached = false;  // something is being observed
    double perSecond = 0;
    quint64 held = 0;        // events in the ring
    double heldSeconds = 0;  // oldest to newest held
    quint64 dropped = 0;
};

class ReadsButton;

class StatusStrip final : public QFrame {
    Q_OBJECT
public:
    explicit StatusStrip(QWidget* parent = nullptr);
    // `environment`: local, staging, production, always with its word.
    void setEnvironment(const QString& environment, const QString& toolTip);
    void setStores(const QVector<StoreReading>& stores);
    void setTraffic(const TrafficReading& reading);
    // What is read from the cluster now and at most, bytes a second; shown once told. Negative: there is no budget.
    void setReads(qint64 now, qint64 most);
    void setMemory(qint64 bytes);
    void setNow(qint64 unixMs, const QTimeZone& zone);
    // One sentence for a while: who owns a Nova we are attached to, what is awaited on closing.
    void setMessage(const QString& text);

Q_SIGNALS:
    void mostReadsChosen(qint64 bytesPerSecond);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    Figure* addFigure(int position, int weight, const QString& toolTip);
    void fold();

    QHBoxLayout* m_row;
    QLabel* m_environment;
    ReadsButton* m_reads;
    bool m_hasReads = false;
    QVector<StoreSegment*> m_stores;
    QVector<QPair<int, QWidget*>> m_byWeight;  // heaviest first
    Figure* m_rate;
    Figure* m_ring;
    Figure* m_dropped;
    Figure* m_message;
    Figure* m_clock;
    Figure* m_memory;
    Figure* m_time;
};

}  // namespace nova::shell
