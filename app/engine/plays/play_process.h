// A scenario played by a program of its own: `nova-console play NAME --json --steps --data DIR`, so that whoever waits
// for it goes on meanwhile; its lines are kept as they come. One at a time. The child is interrupted when the thread
// that started it ends. Thread: the owner's, with an event loop; nothing blocks.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QSet>
#include <QTimer>
#include <QVector>
#include <optional>

#include "app/engine/plays/play.h"

namespace nova::engine {

// What was heard, in the order it came.
struct PlayNews {
    enum class Kind { step, finding, action, fault };
    Kind kind = Kind::step;
    QString text = {};     // step: what happens; action: its name; fault: what is wrong with what the program printed
    Finding finding = {};  // of Kind::finding
    QString traceId = {};  // of Kind::action, and the rest
    bool complete = false, failed = false;
    std::optional<double> answeredMs = {}, visibleMs = {};  // after the click; until the last recipient's effect
};

struct PlayTold {
    static constexpr int mostNews = 2'000;
    enum class End { none, kept, broken, stopped, refused, unreachable, failed };
    QString scenario;        // empty: nothing was played yet
    QVector<PlayNews> news;  // the first mostNews
    int dropped = 0;         // beyond them
    End end = End::none;     // none: it plays, or nothing did
    QString why;             // not kept: in the program's words
    qint64 elapsedMs = 0;    // of one that ended
};

class PlayProcess final : public QObject {
    Q_OBJECT
public:
    // `program` knows `play`; `dataDir` is of the Nova that is played on.
    PlayProcess(QString program, QString dataDir, QObject* parent = nullptr);
    ~PlayProcess() override;  // kills what still plays

    void start(QString scenario);  // nothing while one plays
    void stop();                   // asks it to end; after graceMs it is killed
    [[nodiscard]] bool isPlaying() const { return m_process != nullptr; }
    [[nodiscard]] bool isStopping() const { return m_stopping; }
    [[nodiscard]] const PlayTold& told() const { return m_told; }
    [[nodiscard]] qint64 elapsedMs() const { return isPlaying() ? m_since.elapsed() : m_told.elapsedMs; }
    // For stop(): what a scenario paused or stopped is brought back first.
    void setGrace(int graceMs) { m_graceMs = graceMs; }

Q_SIGNALS:
    void changed();  // told() is another; at most 30 times a second, and at once when it starts, is stopped or ends

private:
    void read(QProcess::ProcessChannel channel);
    void takeOut(const QByteArray& line);
    void takeErr(const QByteArray& line);
    void takeResult(const QJsonObject& result);
    void takeAction(const QJsonObject& action);
    void add(PlayNews news);
    void ended(int code, QProcess::ExitStatus status);
    void close(PlayTold::End end, const QString& why);

    const QString m_program, m_dataDir;
    int m_graceMs = 30'000;
    QProcess* m_process = nullptr;  // while one plays
    PlayTold m_told;
    QByteArray m_out, m_err;  // the beginning of a line that is still coming
    QSet<QString> m_traces;   // of the actions told so far, mostNews at most
    int m_findings = 0;       // told so far
    bool m_stopping = false, m_hasResult = false;
    QString m_problem, m_complaint, m_lastWords;  // of the result; of stderr: the first complaint, the last line
    QElapsedTimer m_since;
    QTimer m_tick, m_patience;
};

}  // namespace nova::engine
