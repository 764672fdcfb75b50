#include "app/shell/command_palette.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using namespace theme;
using views::Found;

namespace {

constexpr int rowLimit = 60;
constexpr int itemHeight = 36;
constexpr int headingHeight = 30;
constexpr int panelWidth = 680;
constexpr int panelHeight = 496;

class FoundDelegate final : public QStyledItemDelegate {
public:
    FoundDelegate(const FoundModel& model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
        return {100, m_model.at(index) ? itemHeight : headingHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Found* found = m_model.at(index);
        found ? paintFound(*painter, option, *found)
              : paintHeading(*painter, option.rect, m_model.heading(index.row()));
    }

private:
    static void paintHeading(QPainter& painter, const QRect& rect, const QString& text) {
        painter.setFont(theme::font(Type::Hint, QFont::DemiBold));
        painter.setPen(tokens().t2);
        painter.drawText(rect.adjusted(16, 0, -16, 0), Qt::AlignVCenter, text);
    }

    // The key cap at the right; returns the x where it begins.
    static int paintKey(QPainter& painter, const QRect& rect, const QString& key) {
        if (key.isEmpty()) return rect.right() - 16;
        const Tokens& t = tokens();
        const QFont font = theme::font(Type::MonoHex);
        const int width = QFontMetrics(font).horizontalAdvance(key) + 10;
        const QRectF cap(rect.right() - 16 - width + .5, rect.center().y() - 8 + .5, width, 17);
        painter.setPen(t.line2);
        painter.setBrush(t.bg1);
        painter.drawRoundedRect(cap, 3, 3);
        painter.setFont(font);
        painter.setPen(t.t2);
        painter.drawText(cap, Qt::AlignCenter, key);
        return int(cap.left()) - 8;
    }

    static void paintFound(QPainter& painter, const QStyleOptionViewItem& option, const Found& found) {
        const Tokens& t = tokens();
        const QRect rect = option.rect;
        painter.setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected) painter.fillRect(rect, t.sel);
        const bool able = found.blocked.isEmpty();
        const qreal ratio = painter.device()->devicePixelRatioF();
        painter.drawPixmap(rect.left() + 16, rect.center().y() - 7,
                           iconPixmap(found.icon, 16, able ? t.t2 : t.t3, ratio));
        const int right = paintKey(painter, rect, found.key);
        painter.setFont(theme::font(Type::Body));
        painter.setPen(able ? t.t1 : t.t3);
        const QRect text(rect.left() + 44, rect.top(), right - rect.left() - 44, rect.height());
        const QString title = painter.fontMetrics().elidedText(found.title, Qt::ElideRight, text.width());
        painter.drawText(text, Qt::AlignVCenter, title);
        const int used = painter.fontMetrics().horizontalAdvance(title) + 10;
        painter.setFont(theme::font(Type::Control));
        painter.setPen(able ? t.t2 : t.warn);
        const QRect rest = text.adjusted(used, 1, 0, 1);
        painter.drawText(
            rest, Qt::AlignVCenter,
            painter.fontMetrics().elidedText(able ? found.detail : found.blocked, Qt::ElideRight, rest.width()));
    }

    const FoundModel& m_model;
};

QLabel* hint(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", u"hint"_s);
    return label;
}

}  // namespace

void FoundModel::setFound(const QVector<Found>& found) {
    beginResetModel();
    m_found = found;
    m_rows.clear();
    for (const auto section : {Found::Section::go, Found::Section::run, Found::Section::set}) {
        bool headed = false;
        for (int i = 0; i < m_found.size() && m_rows.size() < rowLimit; ++i) {
            if (m_found[i].section != section) continue;
            if (!std::exchange(headed, true)) m_rows.append({-1, section});
            m_rows.append({i, section});
        }
    }
    endResetModel();
}

const Found* FoundModel::at(const QModelIndex& index) const {
    if (!index.isValid() || m_rows[index.row()].found < 0) return nullptr;
    return &m_found[m_rows[index.row()].found];
}

QString FoundModel::heading(int row) const {
    switch (m_rows[row].section) {
        case Found::Section::go:
            return tr("Go to");
        case Found::Section::run:
            return tr("Run");
        case Found::Section::set:
            break;
    }
    return tr("Set");
}

int FoundModel::nextRow(int from, int step) const {
    for (int row = from + step; row >= 0 && row < m_rows.size(); row += step) {
        if (m_rows[row].found >= 0) return row;
    }
    return from;
}

int FoundModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant FoundModel::data(const QModelIndex& index, int role) const {
    const Found* found = at(index);
    if (role == Qt::DisplayRole) return found ? QString(found->title) : heading(index.row());
    if (role == Qt::AccessibleDescriptionRole && found)
        return found->blocked.isEmpty() ? found->detail : found->blocked;
    return {};
}

Qt::ItemFlags FoundModel::flags(const QModelIndex& index) const {
    return at(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

CommandPalette::CommandPalette(QWidget* window)
    : Overlay(window), m_field(new QLineEdit(panel())), m_list(new QListView(panel())), m_count(hint({}, panel())) {
    auto* column = new QVBoxLayout(panel());
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(12, 8, 16, 8);
    m_field->setPlaceholderText(tr("Find an id, go to, run…"));
    m_field->setProperty("search", true);
    m_field->setAccessibleName(tr("Find an id, a view, a command or a user"));
    m_field->installEventFilter(this);
    top->addWidget(m_field, 1);
    top->addSpacing(8);
    top->addWidget(hint(tr("> run   # event   @ user"), panel()));
    column->addLayout(top);
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new FoundDelegate(m_model, this));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("What was found"));
    column->addWidget(m_list, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(16, 6, 16, 8);
    bottom->addWidget(hint(tr("↑↓ choose    Enter open    Esc close"), panel()));
    bottom->addStretch(1);
    bottom->addWidget(m_count);
    column->addLayout(bottom);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
}

bool CommandPalette::matches(const Found& found, const QString& text) {
    const QString all = found.title + u' ' + found.detail + u' ' + found.words;
    const auto words = text.split(u' ', Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(),
                       [&](const QString& w) { return all.contains(w, Qt::CaseInsensitive); });
}

QRect CommandPalette::place(const QSize& window) const {
    const int width = std::min(panelWidth, window.width() - 48);
    return {(window.width() - width) / 2, 96, width, std::min(panelHeight, window.height() - 96 - 48)};
}

void CommandPalette::opened() {
    m_field->clear();
    search();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::search() {
    const QString text = m_field->text().trimmed();
    const bool commandsOnly = text.startsWith(u'>');
    QVector<Found> found;
    for (const auto& finder : m_finders) {
        for (auto& item : finder(commandsOnly ? text.mid(1).trimmed() : text)) {
            if (!commandsOnly || item.section != Found::Section::go) found.append(std::move(item));
        }
    }
    m_model.setFound(found);
    m_list->setCurrentIndex(m_model.index(m_model.nextRow(-1, 1)));
    m_count->setText(found.isEmpty() ? tr("Nothing is called so") : tr("%1 found").arg(found.size()));
}

void CommandPalette::move(int step) {
    int row = m_list->currentIndex().row();
    for (int i = 0; i < std::abs(step); ++i) row = m_model.nextRow(row, step > 0 ? 1 : -1);
    m_list->setCurrentIndex(m_model.index(row));
}

void CommandPalette::run(const QModelIndex& index) {
    const Found* found = m_model.at(index);
    if (!found || !found->blocked.isEmpty() || !found->run) return;
    const auto act = found->run;
    close();
    act();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
            case Qt::Key_Up:
                move(-1);
                return true;
            case Qt::Key_Down:
                move(1);
                return true;
            case Qt::Key_PageUp:
                move(-8);
                return true;
            case Qt::Key_PageDown:
                move(8);
                return true;
            case Qt::Key_Return:
            case Qt::Key_Enter:
                run(m_list->currentIndex());
                return true;
            case Qt::Key_Tab:
                return true;
            case Qt::Key_Escape:
                close();
                return true;
            default:
                break;
        }
    }
    return Overlay::eventFilter(watched, event);
}

}  // namespace nova::shell
