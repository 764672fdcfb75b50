// The field for the filter language: coloured words, the place of an error underlined, what a filter costs and finds at
// its right end, and proposals from what was seen. Keys: Tab or Down Enter take a proposal, Ctrl+Space asks for them,
// Esc closes them.
#pragma once

#include <QLineEdit>
#include <QPointer>
#include <functional>
#include <optional>

#include "app/engine/traffic/filter.h"

class QLabel;

namespace nova::views {

class CompletionList;

class FilterField final : public QLineEdit {
    Q_OBJECT
public:
    explicit FilterField(QWidget* parent = nullptr);
    ~FilterField() override;

    void setProblem(const std::optional<engine::FilterError>& problem);
    [[nodiscard]] const std::optional<engine::FilterError>& problem() const { return m_problem; }
    // Stand at the right end; `full` is the tool tip, `brief` is shown where it leaves no room for the text.
    void setFigures(const QString& full, const QString& brief);
    // Asked when proposals are made.
    void setSeen(std::function<engine::SeenValues()> seen) { m_seen = std::move(seen); }
    [[nodiscard]] CompletionList* proposals() const;
    bool closeProposals();  // false: there were none

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void paintWords();
    void placeFigures();
    void propose(bool asked);
    void take(const engine::Completion& completion);

    std::function<engine::SeenValues()> m_seen;
    std::optional<engine::FilterError> m_problem;
    QLabel* m_figures;
    QString m_full, m_brief;
    QPointer<CompletionList> m_list;  // of the window
};

}  // namespace nova::views
