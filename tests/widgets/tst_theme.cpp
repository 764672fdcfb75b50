// The style sheet, icons and controls of both themes, and a picture of all of them.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <memory>

#include "tests/support/strict_log.h"
#include "tests/widgets/screenshot.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/segmented.h"
#include "widgets/theme/status_label.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

using namespace nova::theme;

namespace {

QLabel* label(const char* property, const QString& value, const QString& text) {
    auto* made = new QLabel(text);
    made->setProperty(property, value);
    return made;
}

template <class Button>
Button* button(const QString& text, const QString& kind, bool enabled = true) {
    auto* made = new Button;
    made->setText(text);
    if (!kind.isEmpty()) made->setProperty("kind", kind);
    made->setEnabled(enabled);
    return made;
}

void addButtons(QGridLayout* grid) {
    grid->addWidget(button<QPushButton>(QStringLiteral("Restart"), {}), 0, 0);
    grid->addWidget(button<QPushButton>(QStringLiteral("Start, about 20 s"), QStringLiteral("primary")), 0, 1);
    grid->addWidget(button<QPushButton>(QStringLiteral("Kill −9"), QStringLiteral("danger")), 0, 2);
    grid->addWidget(button<QPushButton>(QStringLiteral("Log"), QStringLiteral("ghost")), 0, 3);
    grid->addWidget(button<QPushButton>(QStringLiteral("Disabled"), {}, false), 0, 4);
    auto* tool = button<QToolButton>(QStringLiteral("Start all"), {});
    tool->setIcon(icon(Icon::Play));
    tool->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    grid->addWidget(tool, 0, 5);
    auto* segments = new Segmented;
    for (const char* text : {"Events mode", "Sync mode", "Both"}) segments->addSegment(QString::fromLatin1(text));
    grid->addWidget(segments, 1, 0, 1, 2);
    auto* combo = new QComboBox;
    combo->addItems({QStringLiteral("UTC"), QStringLiteral("Local time")});
    grid->addWidget(combo, 1, 2);
    auto* field = new QLineEdit;
    field->setPlaceholderText(QStringLiteral("Find an id, go to, run…"));
    grid->addWidget(field, 1, 3, 1, 2);
    auto* check = new QCheckBox(QStringLiteral("Follow"));
    check->setChecked(true);
    grid->addWidget(check, 1, 5);
    grid->addWidget(new QCheckBox(QStringLiteral("Off")), 1, 6);
    auto* radio = new QRadioButton(QStringLiteral("Radio"));
    radio->setChecked(true);
    grid->addWidget(radio, 0, 6);
}

void addLabels(QGridLayout* grid) {
    const char* roles[] = {"title", "figure", "section", "strong", "second", "hint", "mono"};
    for (int i = 0; i < 7; ++i)
        grid->addWidget(
            label("role", QString::fromLatin1(roles[i]), QString::fromLatin1(roles[i]) + QStringLiteral(" 41.3 !=")), 2,
            i);
    const char* tags[] = {"neutral", "ok", "warn", "err", "info", "win"};
    for (int i = 0; i < 6; ++i)
        grid->addWidget(label("tag", QString::fromLatin1(tags[i]), QString::fromLatin1(tags[i])), 3, i, Qt::AlignLeft);
    const char* environments[] = {"local", "staging", "production"};
    for (int i = 0; i < 3; ++i)
        grid->addWidget(
            label("env", QString::fromLatin1(environments[i]), QString::fromLatin1(environments[i]).toUpper()), 4, i);
    const std::pair<Status, const char*> states[] = {
        {Status::Ok, "ready"},    {Status::Starting, "starting"}, {Status::Warn, "lagging"}, {Status::Err, "killed"},
        {Status::Off, "stopped"}, {Status::Unknown, "unknown"},   {Status::Duplicate, "dup"}};
    for (int i = 0; i < 7; ++i) {
        auto* state = new StatusLabel;
        state->setStatus(states[i].first, QString::fromLatin1(states[i].second));
        state->setTinted(i % 2 == 0);
        grid->addWidget(state, 5, i);
    }
}

QWidget* gallery() {
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    grid->setContentsMargins(16, 16, 16, 16);
    grid->setHorizontalSpacing(12);
    addButtons(grid);
    addLabels(grid);
    auto* icons = new QHBoxLayout;
    icons->setSpacing(4);
    for (int i = 0; i <= static_cast<int>(Icon::Info); ++i) {
        auto* shown = new QLabel;
        shown->setPixmap(icon(static_cast<Icon>(i)).pixmap(18, 18));
        icons->addWidget(shown);
    }
    grid->addLayout(icons, 6, 0, 1, 7);
    return page;
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void styleSheetHasNoOpenNames();
    void switchingChangesPaletteAndTellsOnce();
    void imagesHaveTheColorOfTheirTheme();
    void everyIconDraws();
    void iconsFollowTheTheme();
    void digitsHaveOneAdvance();
    void fontsAreTheOnesAskedFor();
    void controlsKeepTheirHeight();
    void segmentsAreExclusive();
    void linksTakeTheColourOfTheTheme();
    void aLabelIsNoMarkupUnlessItSaysSo();
    void picture_data();
    void picture();
};

void TestTheme::initTestCase() {
    nova::test::failOnLoggedErrors();
    Theme::instance().apply(*qApp, Choice::Dark);
}

void TestTheme::styleSheetHasNoOpenNames() {
    const QString dark = styleSheetOf(darkTokens());
    QVERIFY(!dark.contains(u'@'));
    QVERIFY(dark != styleSheetOf(lightTokens()));
    QCOMPARE(dark.count(u'{'), dark.count(u'}'));
}

void TestTheme::switchingChangesPaletteAndTellsOnce() {
    QSignalSpy changed(&Theme::instance(), &Theme::changed);
    Theme::instance().setChoice(Choice::Light);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(qApp->palette().color(QPalette::Window), lightTokens().bg1);
    Theme::instance().setChoice(Choice::Light);
    QCOMPARE(changed.count(), 1);
    Theme::instance().setChoice(Choice::Dark);
    QCOMPARE(qApp->palette().color(QPalette::Window), darkTokens().bg1);
}

void TestTheme::imagesHaveTheColorOfTheirTheme() {
    for (const Tokens* tokens : {&darkTokens(), &lightTokens()}) {
        QFile file(QStringLiteral(":/nova/themes/%1/down.svg")
                       .arg(tokens->dark ? QStringLiteral("dark") : QStringLiteral("light")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains(tokens->t2.name().toLatin1()));
    }
}

void TestTheme::everyIconDraws() {
    for (int i = 0; i <= static_cast<int>(Icon::Info); ++i) {
        const QImage image = iconPixmap(static_cast<Icon>(i), 16, Qt::white, 2).toImage();
        QCOMPARE(image.size(), QSize(32, 32));
        QVERIFY2(nova::test::inkOf(image) > 0.005, qPrintable(QString::number(i)));
    }
}

void TestTheme::iconsFollowTheTheme() {
    const QIcon shown = icon(Icon::Stop);
    const QImage dark = shown.pixmap(16, 16).toImage();
    Theme::instance().setChoice(Choice::Light);
    const QImage light = shown.pixmap(16, 16).toImage();
    Theme::instance().setChoice(Choice::Dark);
    QVERIFY(dark != light);
    QVERIFY(shown.pixmap(16, 16, QIcon::Disabled).toImage() != dark);
}

void TestTheme::digitsHaveOneAdvance() {
    const Tabular& text = Tabular::of(font(Type::Control));
    QCOMPARE(text.width(u"1111"), text.width(u"8888"));
    QCOMPARE(text.width(u"1"), text.width(u"0"));
    QVERIFY(text.width(u"12.3") < text.width(u"12345"));
}

void TestTheme::fontsAreTheOnesAskedFor() {
    QCOMPARE(QFontInfo(font(Type::Body)).family(), QStringLiteral("Inter"));
    QCOMPARE(QFontInfo(font(Type::Mono)).family(), QStringLiteral("JetBrains Mono"));
    QCOMPARE(QFontInfo(font(Type::Body)).pixelSize(), 13);
    QCOMPARE(QFontInfo(font(Type::Control, QFont::Medium)).weight(), static_cast<int>(QFont::Medium));
}

void TestTheme::controlsKeepTheirHeight() {
    QPushButton push(QStringLiteral("Restart"));
    QLineEdit field;
    QComboBox combo;
    for (QWidget* widget :
         {static_cast<QWidget*>(&push), static_cast<QWidget*>(&field), static_cast<QWidget*>(&combo)}) {
        widget->ensurePolished();
        QCOMPARE(widget->sizeHint().height(), 26);
    }
}

void TestTheme::segmentsAreExclusive() {
    Segmented segments;
    for (const char* text : {"a", "b", "c"}) segments.addSegment(QString::fromLatin1(text));
    QCOMPARE(segments.current(), 0);
    QSignalSpy chosen(&segments, &Segmented::chosen);
    segments.setCurrent(2);
    QCOMPARE(chosen.count(), 0);
    QCOMPARE(segments.current(), 2);
    QTest::mouseClick(segments.findChildren<QToolButton*>().at(1), Qt::LeftButton);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(segments.current(), 1);
}

void TestTheme::linksTakeTheColourOfTheTheme() {
    const auto made = [] {
        auto label = std::make_unique<QLabel>();
        label->setTextFormat(Qt::RichText);
        label->setText(QStringLiteral("<a href=\"x\">a link</a>"));
        label->resize(80, 24);
        return label;
    };
    Theme::instance().setChoice(Choice::Dark);
    const auto label = made();
    const QImage dark = label->grab().toImage();
    Theme::instance().setChoice(Choice::Light);
    QVERIFY(label->grab().toImage() != dark);
    QCOMPARE(label->grab().toImage(), made()->grab().toImage());
}

void TestTheme::aLabelIsNoMarkupUnlessItSaysSo() {
    QLabel payload(QStringLiteral("<img src=\"/etc/hostname\">")), ours(QStringLiteral("<b>ours</b>"));
    ours.setTextFormat(Qt::RichText);
    payload.ensurePolished();
    ours.ensurePolished();
    QCOMPARE(payload.textFormat(), Qt::PlainText);
    QCOMPARE(ours.textFormat(), Qt::RichText);
}

void TestTheme::picture_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("dark") << true;
    QTest::newRow("light") << false;
}

void TestTheme::picture() {
    QFETCH(bool, dark);
    Theme::instance().setChoice(dark ? Choice::Dark : Choice::Light);
    const std::unique_ptr<QWidget> page(gallery());
    const QImage image = nova::test::screenshot(*page, QStringLiteral("theme"), {1200, 260});
    QVERIFY(nova::test::inkOf(image) > 0.02);
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
