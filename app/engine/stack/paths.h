// Where things lie: the data folder of a local Nova, and the user's cache that all data folders share. Thread: any.
#pragma once

#include <QByteArray>
#include <QString>

namespace nova::stack {

QString defaultDataDir();  // $XDG_DATA_HOME/nova-console, else ~/.local/share/nova-console
QString cacheDir();        // $XDG_CACHE_HOME/nova-console, else ~/.cache/nova-console

struct DataPaths {
    explicit DataPaths(QString dataDir) : root(std::move(dataDir)) {}
    QString root;
    QString runFile() const { return root + QLatin1String("/run.json"); }
    QString lock() const { return root + QLatin1String("/lock"); }
    QString ports() const { return root + QLatin1String("/ports.json"); }
    QString secrets() const { return root + QLatin1String("/secrets.json"); }
    QString keys() const { return root + QLatin1String("/keys"); }
    QString log() const { return root + QLatin1String("/log"); }
    QString run() const { return root + QLatin1String("/run"); }
    QString partsRecord() const { return run() + QLatin1String("/parts.json"); }
    QString endpoints() const { return run() + QLatin1String("/endpoints.json"); }
    QString store(const QString& name) const { return root + QLatin1Char('/') + name; }
    QString tokenKey() const { return keys() + QLatin1String("/token.private.pem"); }
    QString tokenPublicKey() const { return keys() + QLatin1String("/token.public.pem"); }
    QString control() const { return run() + QLatin1String("/control"); }  // the owner's socket; see socket_path.h

    // What is not there yet is made, 0700. A folder that is there, other than the default one, keeps its rights; one
    // that all users share, as /tmp, or whose keys/ or run/ others may enter, is refused.
    bool makeFolders(QString* fault) const;

private:
    bool makeRoot(QString* fault) const;
};

// Whole or not at all: written beside and renamed over. `mode` as chmod has it.
bool writeWhole(const QString& file, const QByteArray& bytes, int mode, QString* fault = nullptr);
// So also when the power fails right after it: for what cannot be made again. Waits for the disk.
bool writeDurably(const QString& file, const QByteArray& bytes, int mode, QString* fault = nullptr);
QByteArray readAll(const QString& file);  // empty when it cannot be read

}  // namespace nova::stack
