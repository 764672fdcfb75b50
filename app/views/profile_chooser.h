// Which cluster to look at: each profile of the user with its environment, a file, or the local Nova. Where a profile
// cannot be opened it says why and where, and tries again.
#pragma once

#include <QVector>

#include "app/views/view.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace nova::views {

class NoticeBar;

class ProfileChooser final : public View {
    Q_OBJECT
public:
    struct Choice {
        QString profile;  // name, as it is asked for
        QString title, environment, detail;
        QString fault;  // why it cannot be opened; empty: it can be read
    };
    explicit ProfileChooser(QWidget* parent = nullptr);

    // Why `profile` could not be opened, with its place, and what to do; all empty: nothing is wrong.
    void setFault(const QString& profile, const QString& what, const QString& hint);
    void setChoices(const QVector<Choice>& choices, const QString& folder);
    bool clear() override;

Q_SIGNALS:
    void chosen(const QString& profile);  // empty: the local Nova
    void fileWanted();                    // let the person choose one
    void left();                          // Esc: back to what was looked at, if anything

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* choiceRow(const Choice& choice);
    QWidget* example(const QString& folder);

    QString m_asked;
    NoticeBar* m_notice;
    QVBoxLayout* m_list;
    QWidget* m_rows = nullptr;
    QLabel* m_where;
    QPushButton* m_again;
};

}  // namespace nova::views
