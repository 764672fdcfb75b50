// SCRAM against the example of RFC 7677, and against servers that do not answer as it says.
#include <QtTest>

#include "app/engine/cluster/scram.h"

using nova::engine::Scram;

namespace {

const std::string nonce = "rOprNGfwEbeRWgbNEkqO";
const std::string serverFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const std::string serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

Scram client(const std::string& user = "user") {
    return {"SCRAM-SHA-256", user, "pencil", nonce};
}

}  // namespace

class ScramTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theExampleOfTheRfc() {
        auto scram = client();
        QCOMPARE(scram.first(), "n,,n=user,r=" + nonce);
        const auto last = scram.final(serverFirst);
        QVERIFY(last);
        QCOMPARE(*last, std::string("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        QVERIFY(scram.verify(serverFinal));
        QVERIFY(!scram.verify("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        QVERIFY(!scram.verify("e=other-error"));
        QVERIFY(!scram.verify(""));
    }
    void namesAreEscaped() { QCOMPARE(client("a=b,c").first(), "n,,n=a=3Db=2Cc,r=" + nonce); }
    void whatIsNoAnswerToUsIsRefused_data() {
        QTest::addColumn<QString>("message");
        for (const char* message :
             {"", "r=", "r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
              "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
              "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==",
              "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
              "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=9999999"})
            QTest::newRow(message) << QString::fromLatin1(message);
    }
    void whatIsNoAnswerToUsIsRefused() {
        QFETCH(QString, message);
        auto scram = client();
        QVERIFY(!scram.final(message.toStdString()));
        QVERIFY(!scram.verify(serverFinal));
    }
    void noNonceIsUsedTwice() {
        QVERIFY(Scram::newNonce() != Scram::newNonce());
        QVERIFY(Scram::newNonce().find(',') == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(ScramTest)
#include "tst_scram.moc"
