#include <QRegularExpression>

#include "widgets/theme/theme.h"

namespace nova::theme {
namespace {

// @name stands for a token. Heights leave out the 1-px borders: 24 + 2 = the 26-px control.
const char* const buttons = R"(
QPushButton, QToolButton { min-height: 24px; border: 1px solid @line2; border-radius: 4px; background: @bg2; color: @t1;
  padding: 0 10px; font-size: 12px; }
QPushButton:hover, QToolButton:hover { background: @bg3; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked { background: @sel; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 0 9px; min-height: 22px; }
QPushButton:disabled, QToolButton:disabled { color: @t3; border-color: @line; background: transparent; }
QPushButton[small="true"], QToolButton[small="true"] { min-height: 20px; padding: 0 8px; }
QPushButton[small="true"]:focus, QToolButton[small="true"]:focus { min-height: 18px; padding: 0 7px; }
QPushButton[kind="primary"], QToolButton[kind="primary"] { background: @accentFill; border-color: @accentFill; color: @onAccent;
  font-weight: 500; }
QPushButton[kind="primary"]:hover { border-color: @accent; }
QPushButton[kind="primary"]:focus { border-color: @t1; }
QPushButton[kind="primary"]:disabled { background: @bg3; border-color: @bg3; color: @t3; }
QPushButton[kind="danger"], QToolButton[kind="danger"] { border-color: @err; color: @err; }
QPushButton[kind="danger"]:disabled { border-color: @line; color: @t3; }
QPushButton[kind="ghost"], QToolButton[kind="ghost"] { border-color: transparent; background: transparent; color: @t2; padding: 0 6px; }
QPushButton[kind="ghost"]:hover, QToolButton[kind="ghost"]:hover { background: @bg3; color: @t1; }
QPushButton[kind="ghost"]:focus, QToolButton[kind="ghost"]:focus { border-color: @accent; padding: 0 5px; }
QPushButton[kind="link"], QToolButton[kind="link"] { border: 0; background: transparent; color: @accent; padding: 0; font-weight: 600; }
QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus { border: 0; text-decoration: underline; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: url(:/nova/themes/@theme/down.svg); subcontrol-position: right center; subcontrol-origin: padding; right: 6px;
  width: 12px; height: 12px; }
QToolButton[popupMode="2"], QPushButton[menu="true"] { padding-right: 24px; }
QToolButton[segment] { min-height: 0; border-radius: 0; border-left-width: 0; color: @t2; padding: 0 9px; }
QToolButton[segment="first"] { border-left-width: 1px; border-top-left-radius: 4px; border-bottom-left-radius: 4px; }
QToolButton[segment="last"] { border-top-right-radius: 4px; border-bottom-right-radius: 4px; }
QToolButton[segment="first last"] { border-left-width: 1px; border-radius: 4px; }
QToolButton[segment]:checked { background: @sel; color: @t1; font-weight: 500; }
QToolButton[segment]:focus { border: 2px solid @accent; padding: 0 8px; min-height: 0; }
)";

const char* const inputs = R"(
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateTimeEdit { min-height: 24px; border: 1px solid @line2; border-radius: 4px;
  background: @field; color: @t1; padding: 0 8px; font-size: 12px; selection-background-color: @accentFill;
  selection-color: @onAccent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus { border: 2px solid @accent;
  padding: 0 7px; min-height: 22px; }
QLineEdit[small="true"], QComboBox[small="true"] { min-height: 20px; }
QLineEdit[small="true"]:focus, QComboBox[small="true"]:focus { min-height: 18px; }
QLineEdit[search="true"] { min-height: 30px; }
QLineEdit[search="true"]:focus { min-height: 28px; }
QLineEdit { lineedit-clear-button-icon: url(:/nova/themes/@theme/close.svg); }
QLineEdit > QToolButton, QLineEdit > QToolButton:hover, QLineEdit > QToolButton:pressed { min-height: 0; border: 0; padding: 0;
  background: transparent; }
QLineEdit[invalid="true"] { border-color: @err; }
QLineEdit:disabled, QComboBox:disabled { color: @t3; border-color: @line; background: @bg1; }
QComboBox { background: @bg2; padding-right: 22px; }
QComboBox:hover { background: @bg3; }
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: url(:/nova/themes/@theme/down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @bg2; border: 1px solid @line2; outline: 0; padding: 4px 0; }
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 8px; color: @t1; }
QComboBox QAbstractItemView::item:selected { background: @sel; color: @t1; }
QPlainTextEdit, QTextEdit { background: @bg1; border: 0; color: @t1; selection-background-color: @accentFill; selection-color: @onAccent; }
QCheckBox, QRadioButton { spacing: 8px; font-size: 12px; color: @t1; }
QCheckBox:disabled, QRadioButton:disabled { color: @t3; }
)";

const char* const views = R"(
QTableView, QListView, QTreeView { background: @bg1; border: 0; outline: 0; color: @t1; font-size: 12px; gridline-color: @grid;
  selection-background-color: @sel; selection-color: @t1; }
QTableView::item, QListView::item, QTreeView::item { padding: 0 8px; }
QTreeView::item { min-height: 24px; }
QTreeView::item:selected, QListView::item:selected { background: @sel; color: @t1; }
QHeaderView { background: @bg2; border: 0; }
QHeaderView::section { background: @bg2; color: @t2; border: 0; border-bottom: 1px solid @line; padding: 0 8px; font-size: 11px;
  font-weight: 500; }
QTableCornerButton::section { background: @bg2; border: 0; }
QAbstractScrollArea { background: @bg1; border: 0; }
QAbstractScrollArea::corner { background: @bg1; }
QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: @line2; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @t3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)";

const char* const shell = R"(
QMainWindow, QDialog { background: @bg1; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: @accent; }
QToolTip { background: @bg3; color: @t1; border: 1px solid @line2; padding: 4px 6px; font-size: 12px; }
QMenu { background: @bg2; border: 1px solid @line2; padding: 4px 0; color: @t1; font-size: 12px; }
QMenu::item { padding: 4px 24px 4px 12px; min-height: 18px; }
QMenu::item:selected { background: @sel; }
QMenu::item:disabled { color: @t3; }
QMenu::separator { height: 1px; background: @line; margin: 4px 0; }
QMenu::icon { padding-left: 12px; }
QMenuBar { background: @bg2; color: @t1; font-size: 12px; }
QMenuBar::item { padding: 4px 8px; background: transparent; }
QMenuBar::item:selected { background: @bg3; }
QDockWidget { color: @t1; font-size: 12px; font-weight: 600; titlebar-close-icon: none; }
QDockWidget::title { background: @bg2; padding: 8px 12px; border-bottom: 1px solid @line; text-align: left; }
QTabWidget::pane { border: 0; border-top: 1px solid @line; }
QTabBar::tab { background: transparent; color: @t2; padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; font-size: 12px; }
QTabBar::tab:selected { color: @t1; border-bottom-color: @accent; }
QTabBar::tab:hover { color: @t1; }
QToolBar { background: @bg2; border: 0; spacing: 0; padding: 0; }
QToolBar[bar="rail"] { border-right: 1px solid @line; padding: 4px 0; }
QToolBar[bar="rail"] QToolButton { border: 0; border-left: 3px solid transparent; border-radius: 0; background: transparent; color: @t2;
  font-size: 11px; min-width: 60px; min-height: 52px; padding: 0 0 0 -3px; }
QToolBar[bar="rail"] QToolButton:hover { color: @t1; background: @bg3; }
QToolBar[bar="rail"] QToolButton:checked { color: @t1; background: @bg3; border-left-color: @accent; font-weight: 500; }
QToolBar[bar="rail"] QToolButton:focus { border: 0; border-left: 3px solid @accent; padding: 0 0 0 -3px; min-height: 52px; }
QStatusBar { background: @bg2; border-top: 1px solid @line; }
QStatusBar::item { border: 0; }
QProgressBar { background: @bg3; border: 0; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
)";

const char* const labels = R"(
QLabel[role="title"] { font-size: 15px; font-weight: 600; color: @t1; }
QLabel[role="figure"] { font-size: 20px; font-weight: 600; color: @t1; }
QLabel[role="hero"] { font-size: 28px; font-weight: 600; color: @t1; }
QLabel[role="section"] { font-size: 11px; font-weight: 600; color: @t2; }
QLabel[role="strong"] { font-size: 12px; font-weight: 600; color: @t1; }
QLabel[role="second"] { font-size: 12px; color: @t2; }
QLabel[role="hint"] { font-size: 11px; color: @t3; }
QLabel[role="mono"] { color: @t1; }
QLabel[status="ok"] { color: @ok; }
QLabel[status="warn"] { color: @warn; }
QLabel[status="err"] { color: @err; }
QLabel[status="info"] { color: @info; }
QLabel[status="win"] { color: @win; }
QLabel[tag] { border-radius: 3px; padding: 0 5px; min-height: 16px; max-height: 16px; font-size: 11px; font-weight: 500;
  background: @bg3; color: @t2; }
QLabel[tag="ok"] { background: @okBg; color: @ok; }
QLabel[tag="warn"] { background: @warnBg; color: @warn; }
QLabel[tag="err"] { background: @errBg; color: @err; }
QLabel[tag="info"] { background: @infoBg; color: @info; }
QLabel[tag="win"] { background: @winBg; color: @win; }
QLabel[env], QToolButton[env], QPushButton[env] { color: @onEnv; font-weight: 600; border: 0; }
QLabel[env] { font-size: 11px; padding: 0 8px; }
QLabel[env="local"], QToolButton[env="local"], QPushButton[env="local"], QFrame[env="local"] { background: @envLocal; }
QLabel[env="staging"], QToolButton[env="staging"], QPushButton[env="staging"], QFrame[env="staging"] { background: @envStaging; }
QLabel[env="production"], QToolButton[env="production"], QPushButton[env="production"], QFrame[env="production"] { background: @envProduction; }
QLabel[kbd="true"] { font-family: "JetBrains Mono", "DejaVu Sans Mono", monospace; font-size: 10px; font-weight: 500; color: @t2;
  background: @bg1; border: 1px solid @line2; border-radius: 3px; padding: 0 4px; }
QFrame[banner] { border: 0; border-bottom: 1px solid @line; border-left: 3px solid @line2; background: @bg3; }
QFrame[banner="ok"] { background: @okBg; border-left-color: @ok; }
QFrame[banner="warn"] { background: @warnBg; border-left-color: @warn; }
QFrame[banner="err"] { background: @errBg; border-left-color: @err; }
QFrame[banner="info"] { background: @infoBg; border-left-color: @info; }
QFrame[bar="top"], QFrame[bar="pane"] { background: @bg2; border: 0; border-bottom: 1px solid @line; }
QFrame[bar="view"] { background: @bg1; border: 0; border-bottom: 1px solid @line; }
QFrame[bar="status"], QFrame[bar="foot"] { background: @bg2; border: 0; border-top: 1px solid @line; }
QFrame[card="true"] { background: @bg2; border: 1px solid @line2; border-radius: 4px; }
QFrame[dialog="true"] { background: @bg1; border: 1px solid @line2; border-radius: 6px; }
QFrame[well="true"] { background: @bg0; border: 0; }
QFrame[divider="true"] { background: @line; border: 0; min-height: 1px; min-width: 1px; }
)";

QColor tokenOf(const Tokens& t, QStringView name) {
    static const std::pair<QStringView, QColor Tokens::*> names[] = {
        {u"bg0", &Tokens::bg0},
        {u"bg1", &Tokens::bg1},
        {u"bg2", &Tokens::bg2},
        {u"bg3", &Tokens::bg3},
        {u"sel", &Tokens::sel},
        {u"line", &Tokens::line},
        {u"line2", &Tokens::line2},
        {u"grid", &Tokens::grid},
        {u"t1", &Tokens::t1},
        {u"t2", &Tokens::t2},
        {u"t3", &Tokens::t3},
        {u"accent", &Tokens::accent},
        {u"accentFill", &Tokens::accentFill},
        {u"onAccent", &Tokens::onAccent},
        {u"ok", &Tokens::ok},
        {u"warn", &Tokens::warn},
        {u"err", &Tokens::err},
        {u"info", &Tokens::info},
        {u"win", &Tokens::win},
        {u"okBg", &Tokens::okBg},
        {u"warnBg", &Tokens::warnBg},
        {u"errBg", &Tokens::errBg},
        {u"infoBg", &Tokens::infoBg},
        {u"winBg", &Tokens::winBg},
        {u"envLocal", &Tokens::envLocal},
        {u"envStaging", &Tokens::envStaging},
        {u"envProduction", &Tokens::envProduction},
        {u"onEnv", &Tokens::onEnv},
    };
    if (name == u"field") return t.dark ? t.bg0 : t.bg1;  // wells are darker than panes only in the dark
    for (const auto& [key, color] : names)
        if (key == name) return t.*color;
    qFatal("style sheet names an unknown token: %s", qPrintable(name.toString()));
}

}  // namespace

QString styleSheetOf(const Tokens& tokens) {
    QString sheet;
    for (const char* part : {buttons, inputs, views, shell, labels}) sheet += QLatin1String(part);
    static const QRegularExpression name(QStringLiteral("@(\\w+)"));
    QString result;
    qsizetype from = 0;
    for (auto it = name.globalMatch(sheet); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        result += QStringView(sheet).mid(from, match.capturedStart() - from);
        const QStringView token = match.capturedView(1);
        // A style sheet cannot tint: its few images exist once a theme.
        result += token == u"theme" ? (tokens.dark ? QStringLiteral("dark") : QStringLiteral("light"))
                                    : tokenOf(tokens, token).name();
        from = match.capturedEnd();
    }
    return result + QStringView(sheet).mid(from);
}

}  // namespace nova::theme
