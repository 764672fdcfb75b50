// Ctrl+K: one field over ids, views, commands and users. Asks its finders at each change of the text; shows at most 60
// rows. GUI thread.
#pragma once

#include <QAbstractListModel>
#include <QLineEdit>
#include <QListView>
#include <QVector>

#include "app/shell/overlay.h"
#include "app/views/view.h"

class QLabel;

namespace nova::shell {

// Rows of the palette: headings and what was found, in the order go, run, set.
class FoundModel final : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setFound(const QVector<views::Found>& found);
    [[nodiscard]] const views::Found* at(const QModelIndex& index) const;  // null for a heading
    [[nodiscard]] QString heading(int row) const;
    [[nodiscard]] int nextRow(int from, int step) const;  // the next that is no heading
    [[nodiscard]] int foundCount() const { return int(m_found.size()); }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        int found = -1;  // into m_found; -1: a heading
        views::Found::Section section = views::Found::Section::go;
    };
    QVector<views::Found> m_found;
    QVector<Row> m_rows;
};

class CommandPalette final : public Overlay {
    Q_OBJECT
public:
    using Finder = std::function<QVector<views::Found>(const QString& text)>;
    explicit CommandPalette(QWidget* window);
    void addFinder(Finder finder) { m_finders.append(std::move(finder)); }
    void setText(const QString& text) { m_field->setText(text); }
    [[nodiscard]] const FoundModel& model() const { return m_model; }

    // All words of `text` occur in the title, detail or words of `found`, whatever the case.
    static bool matches(const views::Found& found, const QString& text);

protected:
    QRect place(const QSize& window) const override;
    void opened() override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void move(int step);
    void run(const QModelIndex& index);

    QLineEdit* m_field;
    QListView* m_list;
    QLabel* m_count;
    FoundModel m_model;
    QVector<Finder> m_finders;
};

}  // namespace nova::shell
