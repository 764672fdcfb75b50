#include <QTest>

#include "widgets/theme/numbers.h"

using namespace nova::theme;

namespace {

// "_" stands for the no-break space.
QString with(const char* text) {
    return QString::fromUtf8(text).replace(u'_', QChar(0x00a0));
}

}  // namespace

class TestNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void counts();
    void milliseconds();
    void durations();
    void ages();
    void sizesAndRates();
};

void TestNumbers::counts() {
    QCOMPARE(count(0), with("0"));
    QCOMPARE(count(999), with("999"));
    QCOMPARE(count(1000), with("1_000"));
    QCOMPARE(count(1048576), with("1_048_576"));
    QCOMPARE(count(-100), with("-100"));
    QCOMPARE(count(-1234567), with("-1_234_567"));
    QCOMPARE(signedCount(18204), with("+18_204"));
    QCOMPARE(signedCount(0), with("0"));
}

void TestNumbers::milliseconds() {
    QCOMPARE(ms(0), with("0.0"));
    QCOMPARE(ms(0.04), with("0.04"));
    QCOMPARE(ms(0.3), with("0.3"));
    QCOMPARE(ms(41.26), with("41.3"));
    QCOMPARE(ms(999.94), with("999.9"));
    QCOMPARE(ms(999.96), with("1_000"));
    QCOMPARE(ms(-7.4), with("-7.4"));
}

void TestNumbers::durations() {
    QCOMPARE(duration(0.85), with("850_µs"));
    QCOMPARE(duration(0), with("0.0_ms"));
    QCOMPARE(duration(41.3), with("41.3_ms"));
    QCOMPARE(duration(1204), with("1_204_ms"));
    QCOMPARE(duration(12400), with("12.4_s"));
    QCOMPARE(duration(217000), with("3_min_37_s"));
}

void TestNumbers::ages() {
    QCOMPARE(age(4.2), with("4_s"));
    QCOMPARE(age(59.6), with("1_min_0_s"));
    QCOMPARE(age(217), with("3_min_37_s"));
    QCOMPARE(age(19 * 3600 + 4 * 60), with("19_h_4_m"));
    QCOMPARE(age(6 * 86400 + 23 * 3600), with("6_d_23_h"));
}

void TestNumbers::sizesAndRates() {
    QCOMPARE(bytes(412), with("412_B"));
    QCOMPARE(bytes(1433), with("1.4_KiB"));
    QCOMPARE(bytes(212LL << 20), with("212_MiB"));
    QCOMPARE(bytes(3LL << 40), with("3.0_TiB"));
    QCOMPARE(rate(1204), with("1_204/s"));
    QCOMPARE(rate(0.3), with("0.3/s"));
    QCOMPARE(rate(9), with("9/s"));
    QCOMPARE(rate(0), with("0/s"));
    QCOMPARE(percent(38.4), with("38"));
    QCOMPARE(percent(0.4), with("0.4"));
    QCOMPARE(seconds(0.42), with("0.42"));
    QCOMPARE(seconds(12.44), with("12.4"));
}

QTEST_GUILESS_MAIN(TestNumbers)
#include "tst_numbers.moc"
