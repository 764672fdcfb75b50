// endpoints.json of a test.
#pragma once

#include <QTemporaryDir>
#include <fstream>
#include <map>
#include <string>

namespace nova::test {

struct EndpointsFile {
    QTemporaryDir folder;
    std::string path = folder.filePath(QStringLiteral("endpoints.json")).toStdString();

    EndpointsFile() { write({}); }
    // One replica of each service, by its port; those not named have none.
    void write(const std::map<std::string, int>& ports) const {
        std::string text;
        for (const auto& [service, port] : ports)
            text += (text.empty() ? "" : ", ") + ("\"" + service + "\": [\"127.0.0.1:" + std::to_string(port) + "\"]");
        std::ofstream(path + ".new") << "{" << text << "}";
        std::rename((path + ".new").c_str(), path.c_str());
    }
};

}  // namespace nova::test
