// Contrast of every pair of text and ground, and the distance of the service colours for four kinds of eyes.
#include <QTest>
#include <array>
#include <cmath>

#include "widgets/theme/tokens.h"

using nova::theme::Tokens;

namespace {

using Rgb = std::array<double, 3>;  // linear light, 0..1

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

Rgb linearOf(const QColor& color) {
    return {linear(color.redF()), linear(color.greenF()), linear(color.blueF())};
}

double luminance(const QColor& color) {
    const Rgb c = linearOf(color);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

// Machado, Oliveira and Fernandes 2009, severity 1.0, applied in linear light.
using Matrix = std::array<Rgb, 3>;
constexpr Matrix normal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix protan{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix deutan{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix tritan{
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};

Rgb labOf(const QColor& color, const Matrix& eyes) {
    const Rgb c = linearOf(color);
    Rgb s{};
    for (std::size_t i = 0; i < 3; ++i)
        s[i] = std::clamp(eyes[i][0] * c[0] + eyes[i][1] * c[1] + eyes[i][2] * c[2], 0.0, 1.0);
    const double x = (0.4124564 * s[0] + 0.3575761 * s[1] + 0.1804375 * s[2]) / 0.95047;
    const double y = 0.2126729 * s[0] + 0.7151522 * s[1] + 0.0721750 * s[2];
    const double z = (0.0193339 * s[0] + 0.1191920 * s[1] + 0.9503041 * s[2]) / 1.08883;
    const auto f = [](double v) { return v > 0.008856 ? std::cbrt(v) : 7.787 * v + 16.0 / 116; };
    return {116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))};
}

double distance(const Rgb& a, const Rgb& b) {
    return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

}  // namespace

class TestColors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textContrast_data();
    void textContrast();
    void serviceColorsAreApart_data();
    void serviceColorsAreApart();
    void namesFindTheirColor();
};

void TestColors::textContrast_data() {
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<QColor>("ground");
    for (const Tokens* t : {&nova::theme::darkTokens(), &nova::theme::lightTokens()}) {
        const char* theme = t->dark ? "dark" : "light";
        const std::pair<const char*, QColor> inks[] = {{"t1", t->t1},         {"t2", t->t2},     {"t3", t->t3},
                                                       {"accent", t->accent}, {"ok", t->ok},     {"warn", t->warn},
                                                       {"err", t->err},       {"info", t->info}, {"win", t->win}};
        const std::pair<const char*, QColor> grounds[] = {
            {"bg0", t->bg0}, {"bg1", t->bg1}, {"bg2", t->bg2}, {"bg3", t->bg3}, {"sel", t->sel}};
        for (const auto& [ink, inkColor] : inks)
            for (const auto& [ground, groundColor] : grounds)
                QTest::addRow("%s %s on %s", theme, ink, ground) << inkColor << groundColor;
        for (const QColor& fill : {t->okBg, t->warnBg, t->errBg, t->infoBg, t->winBg})
            QTest::addRow("%s t1 on banner %s", theme, qPrintable(fill.name())) << t->t1 << fill;
        QTest::addRow("%s ok tag", theme) << t->ok << t->okBg;
        QTest::addRow("%s warn tag", theme) << t->warn << t->warnBg;
        QTest::addRow("%s err tag", theme) << t->err << t->errBg;
        QTest::addRow("%s info tag", theme) << t->info << t->infoBg;
        QTest::addRow("%s win tag", theme) << t->win << t->winBg;
        for (const QColor& env : {t->envLocal, t->envStaging, t->envProduction})
            QTest::addRow("%s environment %s", theme, qPrintable(env.name())) << t->onEnv << env;
        QTest::addRow("%s filled button", theme) << t->onAccent << t->accentFill;
        QTest::addRow("%s answered flag", theme) << t->inv << t->t1;
        QTest::addRow("%s visible flag", theme) << t->inv << t->win;
        for (const QColor& syntax : {t->synKey, t->synStr, t->synNum, t->synOp})
            QTest::addRow("%s syntax %s", theme, qPrintable(syntax.name())) << syntax << t->bg1;
    }
}

void TestColors::textContrast() {
    QFETCH(QColor, ink);
    QFETCH(QColor, ground);
    const double ratio = contrast(ink, ground);
    QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio, 'f', 2)));
}

void TestColors::serviceColorsAreApart_data() {
    QTest::addColumn<bool>("dark");
    QTest::addColumn<int>("eyes");
    for (const bool dark : {true, false})
        for (int eyes = 0; eyes < 4; ++eyes)
            QTest::addRow("%s, eyes %d", dark ? "dark" : "light", eyes) << dark << eyes;
}

void TestColors::serviceColorsAreApart() {
    QFETCH(bool, dark);
    QFETCH(int, eyes);
    const Tokens& t = dark ? nova::theme::darkTokens() : nova::theme::lightTokens();
    const Matrix* matrices[] = {&normal, &protan, &deutan, &tritan};
    const QColor colors[] = {t.gateway, t.identity, t.content, t.media,       t.messaging,
                             t.chat,    t.social,   t.feed,    t.notification};
    double least = 1000;
    for (std::size_t i = 0; i < std::size(colors); ++i)
        for (std::size_t j = i + 1; j < std::size(colors); ++j)
            least = std::min(least, distance(labOf(colors[i], *matrices[eyes]), labOf(colors[j], *matrices[eyes])));
    QVERIFY2(least >= 14, qPrintable(QString::number(least, 'f', 2)));
}

void TestColors::namesFindTheirColor() {
    const Tokens& t = nova::theme::darkTokens();
    QCOMPARE(t.service(u"graphql-gateway"), t.gateway);
    QCOMPARE(t.service(u"feed-service/2"), t.feed);
    QCOMPARE(t.service(u"realtime-chat-service"), t.chat);
    QCOMPARE(t.service(u"messaging-service"), t.messaging);
    QCOMPARE(t.service(u"postgres"), t.store);
    QCOMPARE(t.service(u"console"), t.people);
    QCOMPARE(t.topic(u"nova.message.events"), t.messaging);
    QCOMPARE(t.topic(u"nova.content.events.dlq"), t.content);
    QCOMPARE(t.topic(u"otlp_spans"), t.store);
}

QTEST_GUILESS_MAIN(TestColors)
#include "tst_colors.moc"
