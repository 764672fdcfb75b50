// Headers of a record, in order: the names in a column of their own, the values beside them, wrapped under themselves.
// Values are bytes: shown as text where they are UTF-8 and in hex where not, or all in hex or base64. Read-only,
// selectable, copyable.
#pragma once

#include <QByteArray>
#include <QTextEdit>
#include <QVector>
#include <utility>

namespace nova::tables {

class HeaderView : public QTextEdit {
    Q_OBJECT

public:
    enum class Form { text, hex, base64 };
    using Header = std::pair<QString, QByteArray>;
    static constexpr qsizetype longestValue = 4'096;  // bytes shown of one; the rest is counted

    explicit HeaderView(QWidget* parent = nullptr);

    void setHeaders(const QVector<Header>& headers);
    void setForm(Form form);
    [[nodiscard]] Form form() const { return m_form; }
    // Marks every occurrence, without case.
    void setSearch(const QString& text);
    // One value as it is shown: "0x" stands before hex.
    static QString shown(const QByteArray& value, Form form);

protected:
    void changeEvent(QEvent* event) override;

private:
    void rebuild();

    QVector<Header> m_headers;
    QString m_search;
    Form m_form = Form::text;
};

}  // namespace nova::tables
