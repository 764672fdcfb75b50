#include "app/views/completion_list.h"

#include <QPainter>
#include <QStyledItemDelegate>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::views {

namespace metrics = theme::metrics;

namespace {

constexpr int shownRows = 10, leastWidth = 260, mostWidth = 520;

class Delegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& t = theme::tokens();
        if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, t.sel);
        const QRect inner = option.rect.adjusted(metrics::cellPadding, 0, -metrics::cellPadding, 0);
        painter->setFont(theme::font(theme::Type::MonoTable));
        painter->setPen(t.t1);
        const QString label = index.data().toString();
        painter->drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, label);
        const int used = painter->fontMetrics().horizontalAdvance(label) + 16;
        painter->setFont(theme::font(theme::Type::Hint));
        painter->setPen(t.t2);
        const QString detail = index.data(Qt::UserRole).toString();
        painter->drawText(inner, Qt::AlignRight | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(detail, Qt::ElideRight, inner.width() - used));
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {100, metrics::row}; }
};

}  // namespace

CompletionList::CompletionList(QWidget* parent) : QListWidget(parent) {
    setObjectName(QStringLiteral("completions"));
    setAccessibleName(tr("Proposals"));
    setFocusPolicy(Qt::NoFocus);
    setItemDelegate(new Delegate(this));
    setFrameShape(QFrame::Box);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setStyleSheet(QStringLiteral("nova--views--CompletionList { border: 1px solid palette(mid); }"));
    hide();
    connect(this, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
        Q_EMIT taken(m_completions[row(item)]);
    });
}

void CompletionList::propose(const QVector<engine::Completion>& completions, QWidget& field) {
    m_completions = completions;
    clear();
    int width = leastWidth;
    const QFontMetrics mono(theme::font(theme::Type::MonoTable)), hint(theme::font(theme::Type::Hint));
    for (const auto& completion : completions) {
        auto* item = new QListWidgetItem(completion.label, this);
        item->setData(Qt::UserRole, completion.detail);
        width =
            std::max(width, mono.horizontalAdvance(completion.label) + hint.horizontalAdvance(completion.detail) + 56);
    }
    if (completions.isEmpty()) return hide();
    const QWidget* window = field.window();
    const QPoint place = field.mapTo(window, QPoint(0, field.height() + 2));
    const int rows = std::min<int>(shownRows, int(completions.size()));
    setGeometry(place.x(), place.y(), std::min({width, mostWidth, window->width() - place.x() - metrics::panePadding}),
                rows * metrics::row + 2);
    raise();
    show();
}

void CompletionList::step(int rows) {
    const int next = currentRow() < 0 ? (rows > 0 ? 0 : count() - 1) : currentRow() + rows;
    setCurrentRow((next + count()) % count());
}

std::optional<engine::Completion> CompletionList::chosen() const {
    if (!isVisible() || currentRow() < 0) return std::nullopt;
    return m_completions[currentRow()];
}

std::optional<engine::Completion> CompletionList::best() const {
    if (!isVisible() || m_completions.isEmpty()) return std::nullopt;
    return m_completions[std::max(0, currentRow())];
}

}  // namespace nova::views
