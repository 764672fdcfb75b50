// Which topics are followed, and from where: a list to search and tick, opened under a button, over the window. Esc and
// a click elsewhere close it. It only asks; who follows topics is told by wanted(). Bound: as many rows as the cluster
// has topics.
#pragma once

#include <QFrame>
#include <QMap>
#include <QStringList>

#include "app/engine/traffic/scan.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QSortFilterProxyModel;
class QStandardItemModel;

namespace nova::views {

class TopicChooser final : public QFrame {
    Q_OBJECT
public:
    explicit TopicChooser(QWidget* parent);

    void setTopics(const QStringList& all, const QStringList& chosen);
    void setRates(const QMap<QString, double>& perSecond);
    void setHint(const QString& words);  // what following costs
    void setPurpose(const QString& action, bool follows);  // the word on its button; follows: a start is asked for
    void openUnder(QWidget& button);
    [[nodiscard]] QStringList chosen() const;
    [[nodiscard]] qsizetype topics() const;  // how many there are to choose from
    [[nodiscard]] QLineEdit* searchField() { return m_search; }
    void setFrom(const QString& place);

Q_SIGNALS:
    void wanted(const QStringList& topics, const nova::engine::Place& from);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void buildList();
    void buildFoot();
    void tickShown(bool on);
    void count();
    void apply();
    void takeEnter();
    void closeWithoutFocus(QWidget* before, QWidget* now);

    QStandardItemModel* m_model;
    QSortFilterProxyModel* m_shown;
    QLineEdit* m_search;
    QListView* m_list;
    QLabel* m_count;
    QLabel* m_hint;
    QLabel* m_fault;
    QComboBox* m_from;
    QLabel* m_fromWord;
    QPushButton* m_follow;
    bool m_someChosen = false;  // when it was opened
};

}  // namespace nova::views
