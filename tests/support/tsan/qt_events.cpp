// Qt's queues for the ThreadSanitizer preset alone. Qt is not instrumented, and the mutexes of its event queues and of
// its thread pools sleep on a futex, so that ThreadSanitizer does not see how what is queued reaches the other thread.
// These definitions come before Qt's, call them, and say what they mean: what a thread did before it emitted, posted,
// invoked or started happens before the receiver's work.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <QCoreApplication>
#include <QEvent>
#include <QRunnable>
#include <QThreadPool>

namespace {

template <typename Function>
Function next(const char* symbol) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, symbol));
}

// Who sent a queued call: the second member of Qt's private QAbstractMetaCallEvent, after the signal's number; none for
// what was invoked.
__attribute__((no_sanitize("thread"))) void* senderOf(const QEvent* call) {
    return reinterpret_cast<void* const*>(call + 1)[1];
}

// Called by Qt in the receiver's thread, before each event. {receiver, event, result}.
__attribute__((no_sanitize("thread"))) bool delivered(void** what) {
    __tsan_acquire(what[0]);
    const auto* const event = static_cast<const QEvent*>(what[1]);
    if (event->type() != QEvent::MetaCall) return false;
    if (void* const sender = senderOf(event)) __tsan_acquire(sender);
    return false;
}

const bool listening = QInternal::registerCallback(QInternal::EventNotifyCallback, delivered);

class Started final : public QRunnable {
public:
    explicit Started(std::function<void()> work) : m_work(std::move(work)) { __tsan_release(this); }
    __attribute__((no_sanitize("thread"))) ~Started() override { __tsan_acquire(this); }
    __attribute__((no_sanitize("thread"))) void run() override {
        __tsan_acquire(this);
        m_work();
    }

private:
    std::function<void()> m_work;
};

}  // namespace

void QMetaObject::activate(QObject* sender, const QMetaObject* meta, int signal, void** arguments) {
    using Activate = void (*)(QObject*, const QMetaObject*, int, void**);
    static const auto activateNext = next<Activate>("_ZN11QMetaObject8activateEP7QObjectPKS_iPPv");
    __tsan_release(sender);
    activateNext(sender, meta, signal, arguments);
}

bool QMetaObject::invokeMethodImpl(QObject* object, QtPrivate::QSlotObjectBase* slot, Qt::ConnectionType type,
                                   void* result) {
    using Invoke = bool (*)(QObject*, QtPrivate::QSlotObjectBase*, Qt::ConnectionType, void*);
    static const auto invoke = next<Invoke>(
        "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv");
    __tsan_release(object);
    return invoke(object, slot, type, result);
}

void QCoreApplication::postEvent(QObject* receiver, QEvent* event, int priority) {
    using Post = void (*)(QObject*, QEvent*, int);
    static const auto post = next<Post>("_ZN16QCoreApplication9postEventEP7QObjectP6QEventi");
    __tsan_release(receiver);
    post(receiver, event, priority);
}

void QObject::deleteLater() {
    using Delete = void (*)(QObject*);
    static const auto later = next<Delete>("_ZN7QObject11deleteLaterEv");
    __tsan_release(this);
    later(this);
}

void QThreadPool::start(std::function<void()> work, int priority) {
    start(new Started(std::move(work)), priority);
}
