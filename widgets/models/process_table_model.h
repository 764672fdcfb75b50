// The processes of a stack, one row each.
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "widgets/theme/status.h"

namespace nova::models {

struct ProcessRow {
    QString name;  // "feed-service"
    int replica = 0;
    QString state;          // contract §7: waiting starting ready degraded paused stopping stopped failed
    qint64 pid = 0;         // 0: none
    double cpuPercent = 0;  // of one core
    qint64 rssBytes = 0;
    int restarts = 0;
    std::optional<double> readyMs;    // start to first ready
    int port = 0;                     // 0: none
    std::optional<double> upSeconds;  // none: not running
    QString note;                     // said in place of "up": "exited 137", "waits for PostgreSQL"
    bool noteIsBad = false;
    bool dependency = false;  // kafka, postgres, redis, s3
    QString badge;            // "lagging"; replaces the word of the state, with a triangle

    QString id() const { return name + u'/' + QString::number(replica); }
    bool operator==(const ProcessRow&) const = default;
};

class ProcessTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Replica, State, Pid, Cpu, Memory, Restarts, Ready, Port, Up, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole,  // QString "feed-service/0"
        StatusRole,             // int of theme::Status, State column
        FractionRole,           // 0..1 of one core, Cpu column
        ColorKeyRole,           // QString for theme::Tokens::service(), Name column
        ToneRole                // int of Tone
    };
    enum Tone { Plain, Second, WarnTone, ErrTone, InfoTone };

    explicit ProcessTableModel(QObject* parent = nullptr);

    // Rows keep their order; unchanged ones are not announced, the same processes never reset the model.
    void setRows(std::vector<ProcessRow> rows);
    const std::vector<ProcessRow>& rows() const { return m_rows; }
    int rowOf(const QString& id) const;  // -1: none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const ProcessRow& row, int column) const;
    int tone(const ProcessRow& row, int column) const;

    std::vector<ProcessRow> m_rows;
};

}  // namespace nova::models
