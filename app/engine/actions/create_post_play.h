// The scenario create-post against a running Nova: Alice and Bob sign up, Bob follows Alice, Alice posts, Bob's feed
// shows it. Each step is a measured user action; the play waits for what the system says, never for time alone. Thread:
// main, with an event loop; play() spins it.
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <optional>

#include "app/engine/actions/action.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

class CreatePostPlay : public QObject {
    Q_OBJECT
public:
    explicit CreatePostPlay(const RunFile& run, QObject* parent = nullptr);
    ~CreatePostPlay() override;

    struct Result {
        std::optional<Action> post;        // the createPost
        std::optional<double> readableMs;  // from Alice's click until Bob's feed was served with the post in it
        bool seen = false;                 // Bob's feed showed it
        bool inClass = false;              // within the bound of its consistency class
        QString problem;                   // why it went wrong; empty when all is well
        bool unreachable = false;          // the gateway or Kafka does not answer
    };
    Result play();
    void stop();  // ends play() soon

Q_SIGNALS:
    void step(const QString& text);  // what happens now
    void played(const nova::engine::Action& action,
                std::optional<double> readableMs);  // each action as it is complete, or as far as it is known

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
