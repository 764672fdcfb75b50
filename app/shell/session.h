// What one window looks at: the local Nova of a data folder, which it opens, starts or attaches to its owner, or the
// cluster of a profile, which it only reads. Everything the views are given lives here, and all of it observes one
// Target. Of a profile's cluster nothing is tailed until somebody asks. GUI thread; nothing blocks it.
#pragma once

#include <QObject>
#include <QSettings>
#include <QVector>
#include <functional>
#include <memory>
#include <optional>

#include "app/engine/stack/stack.h"
#include "app/shell/observers.h"
#include "app/shell/stack_marks.h"
#include "app/shell/status_strip.h"
#include "app/views/people.h"

namespace nova::shell {

// How a session comes by its stack and its profiles; tests bring their own.
struct Access {
    std::function<std::unique_ptr<stack::Stack>(const stack::StackOptions&)> open = stack::Stack::open;
    std::function<QVector<stack::Requirement>(const stack::StackOptions&)> requirements = stack::Stack::requirements;
    std::function<kit::Result<engine::Profile>(const QString&)> profile = engine::Profile::load;
    std::function<QStringList()> profiles = engine::Profile::names;
};

class Session final : public QObject {
    Q_OBJECT
public:
    explicit Session(const QString& dataDir, Access access = {}, QObject* parent = nullptr);
    ~Session() override;

    [[nodiscard]] QString dataDir() const { return m_options.dataDir; }
    // Leaves what was looked at and opens a profile (a name or a file), or the local Nova (empty); then opened() or
    // refused(). A local Nova that this session started goes on running until end().
    void lookAt(const QString& profile = {});
    [[nodiscard]] QString asked() const { return m_asked; }  // of lookAt()
    [[nodiscard]] bool isLocal() const { return m_asked.isEmpty(); }
    [[nodiscard]] bool isOpen() const;                                          // views can be made
    [[nodiscard]] const kit::Error& fault() const { return m_fault; }           // why the profile cannot be opened
    [[nodiscard]] const engine::Profile& profile() const { return m_profile; }  // of a local Nova: made up
    [[nodiscard]] QStringList profiles() const { return m_access.profiles(); }
    [[nodiscard]] kit::Result<engine::Profile> load(const QString& profile) const { return m_access.profile(profile); }
    void end();  // stops what it started, leaves what it is attached to; then ended()

    // The local Nova; null before it was opened.
    [[nodiscard]] stack::Stack* stack() const { return m_stack.get(); }
    [[nodiscard]] QVector<stack::Requirement> requirements() const { return m_requirements; }
    [[nodiscard]] bool complete() const;  // every needed requirement is found
    void checkAgain();                    // asks for the requirements anew
    void start();                         // all parts

    // Of what is looked at now. After leaving() they are others.
    [[nodiscard]] Observers& observers() { return *m_observers; }
    [[nodiscard]] views::People& people() { return m_people; }
    // What is observed now; none: a local Nova that is not ready, or a profile that cannot be opened.
    [[nodiscard]] const std::optional<engine::Target>& target() const { return m_target; }
    [[nodiscard]] bool isConnected() const { return m_target.has_value(); }
    [[nodiscard]] QString trouble() const { return m_trouble; }  // the brokers' own words; empty: they answer
    [[nodiscard]] QString brokers() const { return m_target ? m_target->address() : QString(); }
    [[nodiscard]] TrafficReading trafficReading() const;
    // Of a profile's cluster no record is read unasked.
    void follow(const engine::TailChoice& topics);
    void followSpans();
    // Alarms of a consumer group: kept in the profile's file; of a local Nova, which has none, until the window is
    // closed. The error says why it stays as it was.
    kit::Result<void> mute(const QString& group, bool muted);

Q_SIGNALS:
    void leaving();    // what observes goes: let go of it now
    void opened();     // views can be made
    void refused();    // the profile cannot be opened: fault()
    void targeted();   // the target is another, or another part of it
    void connected();  // the target is observed, or answers again
    void disconnected(const QString& why);
    void ended();

private:
    void openLocal();
    void openStack();
    void openProfile();
    void renew();
    void takeOver();  // starts a Nova in place of the one that was attached to and is gone
    void connectTo(const QString& runFile);
    void use(const engine::Target& target);
    void observe();
    void reached(bool reachable, const QString& why);
    [[nodiscard]] QString lagHistory() const;
    void disconnectFrom(const QString& why);
    void followReplicas(const QVector<stack::PartStatus>& parts);  // whose metrics are read
    void keepPeople();

    Access m_access;
    stack::StackOptions m_options;
    QVector<stack::Requirement> m_requirements;
    std::unique_ptr<stack::Stack> m_stack;
    QString m_asked;
    kit::Error m_fault;
    engine::Profile m_profile;
    std::optional<engine::Target> m_target;
    std::unique_ptr<Observers> m_observers;
    views::People m_people;
    StackMarks m_marks;
    QString m_trouble;
};

}  // namespace nova::shell
