// JSON or "name: value" text with coloured keys, strings and numbers. Read-only, selectable, copyable.
#pragma once

#include <QPlainTextEdit>

namespace nova::tables {

class JsonView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit JsonView(QWidget* parent = nullptr);

    // Longer text is cut at 1 MiB with a line that says so.
    void setText(const QString& text);
    // Marks every occurrence, without case.
    void setSearch(const QString& text);

protected:
    void changeEvent(QEvent* event) override;

private:
    QString m_search;
};

}  // namespace nova::tables
