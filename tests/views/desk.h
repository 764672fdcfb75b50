// The window over a stack that is none, or attached to a cluster that is not there: what they would tell is told by
// hand.
#pragma once

#include <QTemporaryDir>
#include <QtTest>

#include "app/shell/main_window.h"
#include "app/shell/rail.h"
#include "tests/views/cluster_samples.h"
#include "tests/views/fakes.h"
#include "tests/views/look.h"

namespace nova::test {

using namespace Qt::StringLiterals;
using shell::MainWindow;
using stack::Phase;

struct Desk {
    QTemporaryDir folder;
    FakeStack* stack = nullptr;
    QVector<stack::Requirement> requirements{{u"PostgreSQL"_s, true, true, u"15, /usr/lib/postgresql/15/bin"_s, {}}};
    bool owner = true;
    QMap<QString, engine::Profile> profiles{{u"nova-staging"_s, sampleProfile(u"staging"_s)},
                                            {u"nova-production"_s, sampleProfile(u"production"_s)}};
    shell::Settings settings{folder.filePath(u"window.ini"_s)};
    shell::Session session{folder.path(),
                           {[this](const stack::StackOptions&) {
                                auto made = std::make_unique<FakeStack>(owner);
                                stack = made.get();
                                return made;
                            },
                            [this](const stack::StackOptions&) { return requirements; },
                            [this](const QString& name) -> kit::Result<engine::Profile> {
                                if (profiles.contains(name)) return profiles.value(name);
                                return kit::badInput(name.toStdString() + ", line 7: kafka.bootstrap is missing",
                                                     "Write bootstrap = \"host:port\" into [kafka].");
                            },
                            [this] { return profiles.keys(); }}};
    MainWindow window{session, settings};

    void open(const QSize& size = wide) {
        picture(window, u"window-opening"_s, size);
        session.lookAt();
    }
    // For keys: on the screen with the focus, over a Nova that is ready.
    [[nodiscard]] bool openReady() {
        window.show();
        session.lookAt();
        becomeReady();
        return QTest::qWaitForWindowActive(&window);
    }
    void attach(const QString& profile, const QSize& size = wide) {
        picture(window, u"window-opening"_s, size);
        session.lookAt(profile);
        auto& observers = session.observers();
        Q_EMIT observers.cluster->reached(true, {});
        Q_EMIT observers.cluster->looked(sampleLook());
    }
    QWidget* railButton(const QString& text) {
        for (auto* button : window.findChildren<shell::RailButton*>()) {
            if (button->text() == text) return button;
        }
        return nullptr;
    }
    void becomeReady() {
        for (const auto& part : allReady()) {
            for (const auto& line : someLog(part.id())) stack->write(line);
        }
        stack->become(Phase::ready, allReady());
        fillActions(session.observers().actions);
    }
};

}  // namespace nova::test
