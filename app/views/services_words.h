// What the Services view says in words and numbers, made from the catalogue and the state of the parts. Plain
// functions, no window.
#pragma once

#include <QDateTime>
#include <QHash>
#include <QString>
#include <QVector>
#include <vector>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/stack_types.h"
#include "app/views/services_figures.h"
#include "widgets/models/process_table_model.h"

namespace nova::views {

std::vector<models::ProcessRow> processRows(const stack::Catalogue& catalogue, const QVector<stack::PartStatus>& parts,
                                            const QDateTime& now, const FiguresByPart& figures = {});

// "8 processes · 6 ready · 2 starting"
QString summaryOf(const QVector<stack::PartStatus>& parts);

// What a banner says of the whole: nothing while all is well.
struct Notice {
    enum class Kind { none, stopped, starting, stopping, storeDown, partDown, partPaused, failed };
    Kind kind = Kind::none;
    QString headline;  // "Kafka is down since 23:52:02 (17 s)."
    QString text;      // what that means and what to do
    QString part;      // name of the part it is about; may be empty
    int replica = 0;
};
Notice noticeOf(const stack::Catalogue& catalogue, stack::Phase phase, const QVector<stack::PartStatus>& parts,
                const QString& failure, const QHash<QString, QDateTime>& downSince, const QDateTime& now,
                const FiguresByPart& figures = {});

// "Ready when: process ✓ PostgreSQL ✓ Kafka …"
QString readinessLine(const stack::Catalogue& catalogue, const QVector<stack::PartStatus>& parts,
                      const stack::PartStatus& part);

}  // namespace nova::views
