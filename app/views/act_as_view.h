// Alice and Bob side by side, through the real gateway. A post is marked with the moment it became readable.
#pragma once

#include <array>

#include "app/views/people.h"
#include "app/views/post_list.h"
#include "app/views/view.h"

class QLabel;
class QPushButton;

namespace nova::views {

class NoticeBar;
class PersonPane;

class ActAsView final : public View {
    Q_OBJECT
public:
    // People outlive the view.
    explicit ActAsView(People& people, QWidget* parent = nullptr);
    void setReachOf(const ReachOf& reachOf);
    void refreshMarks();  // after actions changed
    // Whether feed-service can be paused here, and is.
    void setSlowdown(bool possible, bool paused);
    [[nodiscard]] PersonPane* pane(Who who) { return m_panes[static_cast<std::size_t>(who)]; }

    void focusFilter() override;
    void setLive(bool live) override;
    void timeZoneChanged() override;
    QVector<Found> find(const QString& text) override;
    QVector<KeyHint> keys() const override;

Q_SIGNALS:
    void slowdownWanted(bool paused);  // of feed-service

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void refresh();

    People& m_people;
    std::array<PersonPane*, 2> m_panes{};
    QLabel* m_summary;
    QPushButton* m_setUp;
    QPushButton* m_last;
    QPushButton* m_pause;
    NoticeBar* m_notice;
    bool m_paused = false;
    QString m_lastTrace;
    bool m_live = true;
};

}  // namespace nova::views
