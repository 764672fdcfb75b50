// The parts of a local Nova as data: resources/catalogue.json. Immutable once read. Thread: any.
//
// part:  name        process name of the contract, also the consumer group
//        label       for people
//        kind        store: launched by the supervisor's own recipe of that name · service: a binary with --config ·
//                    door: a service that users reach first and that is stopped first
//        binary      file name beside nova-console; stores have none
//        ports       names of the ports to choose, kept in ports.json
//        needs       stores it works with: shown as "blocked by" while they are away, and stopped after it
//        waitFor     a store whose readiness others await before they are launched (its roles are made there)
//        schema      PostgreSQL schema and role; absent: no database
//        signsTokens gets the private token key
//        publishes, consumes   topics                       calls   services by gRPC
//        colour      key of the theme's service colours     lane    column of the topology picture
// topic: name, partitions, config (as Kafka names its settings), deadLetters (also make <name>.dlq), colour
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

namespace nova::stack {

enum class PartKind { store, service, door };
enum class Lane { door, writers, topics, consumers, stores };

struct CataloguePart {
    QString name, label, binary, schema, colour;
    PartKind kind = PartKind::service;
    Lane lane = Lane::writers;
    bool waitFor = false, signsTokens = false;
    QStringList ports, needs, publishes, consumes, calls;

    bool isStore() const { return kind == PartKind::store; }
};

struct CatalogueTopic {
    QString name, colour;
    int partitions = 6;
    bool deadLetters = false;
    QMap<QString, QString> config;
};

class Catalogue {
public:
    // The one built in; a fault in it ends the program with its text (a test reads it too).
    static const Catalogue& builtIn();
    // Parses and checks names: a need, a call or a topic that nothing defines is a fault, said in `fault`.
    static std::optional<Catalogue> parse(const QByteArray& json, QString* fault);

    const QVector<CataloguePart>& parts() const { return m_parts; }
    const QVector<CatalogueTopic>& topics() const { return m_topics; }
    const CataloguePart* part(const QString& name) const;
    QStringList schemas() const;
    // Parts that are to be stopped before `name`: who needs it, and for a service the doors.
    QStringList stoppedBefore(const QString& name) const;

private:
    QString check() const;
    QVector<CataloguePart> m_parts;
    QVector<CatalogueTopic> m_topics;
};

}  // namespace nova::stack
