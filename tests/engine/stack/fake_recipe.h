// Parts for the supervisor's tests: a shell script as process, and a probe that answers as the test says.
#pragma once

#include <QFile>
#include <QTimer>

#include "app/engine/stack/part.h"

namespace nova::test {

// Serving once `file` exists; with an empty name at once.
class FileProbe : public stack::Probe {
public:
    explicit FileProbe(QString file) : m_file(std::move(file)) {}
    void ask() override {
        QTimer::singleShot(0, this, [this] {
            const bool there = m_file.isEmpty() || QFile::exists(m_file);
            Q_EMIT answered({there, {}, there ? QString() : QStringLiteral("%1 is not there").arg(m_file)});
        });
    }

private:
    QString m_file;
};

class ScriptRecipe : public stack::Recipe {
public:
    explicit ScriptRecipe(QString script, QString readyFile = {})
        : m_script(std::move(script)), m_ready(std::move(readyFile)) {}
    stack::Prepared prepare(const stack::Preparation&) override {
        stack::Launch launch;
        launch.program = QStringLiteral("/bin/sh");
        launch.arguments = {QStringLiteral("-c"), m_script};
        return {true, false, launch, {}};
    }
    std::unique_ptr<stack::Probe> probe() override { return std::make_unique<FileProbe>(m_ready); }
    QVector<stack::StopStep> stopSteps() const override { return {{SIGTERM, 300}}; }
    QString binary() const override { return QStringLiteral("/bin/sh"); }

private:
    QString m_script, m_ready;
};

inline stack::PartSpec scriptPart(const char* name, const QString& script, const QStringList& startAfter = {},
                                  const QStringList& stopAfter = {}, const QString& readyFile = {}) {
    stack::PartSpec spec;
    spec.name = QLatin1String(name);
    spec.recipe = std::make_shared<ScriptRecipe>(script, readyFile);
    spec.startAfter = startAfter;
    spec.needs = startAfter;
    spec.stopAfter = stopAfter;
    return spec;
}

inline QString sleeper() {
    return QStringLiteral("exec sleep 600");
}

}  // namespace nova::test
