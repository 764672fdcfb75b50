// Abseil's mutexes for the ThreadSanitizer preset alone. gRPC locks by them; they sleep on a futex, so that
// ThreadSanitizer sees neither lock nor unlock. These definitions come before the library's, call them, and say what
// they mean: an unlock happens before the next lock.
#include <absl/base/config.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

namespace {

#define NOVA_TEXT_OF(name) #name
#define NOVA_TEXT(name) NOVA_TEXT_OF(name)

// The library's own definition of `symbol`, a mangled name after absl's namespace: "5Mutex4LockEv".
template <typename Function>
Function next(const std::string& symbol) {
    const std::string space = NOVA_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);
    const std::string whole = "_ZN4absl" + std::to_string(space.size()) + space + symbol;
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, whole.c_str()));
}

using Plain = void (*)(absl::Mutex*);
using Try = bool (*)(absl::Mutex*);

}  // namespace

void absl::Mutex::Lock() {
    static const auto lock = next<Plain>("5Mutex4LockEv");
    lock(this);
    __tsan_acquire(this);
}

void absl::Mutex::Unlock() {
    static const auto unlock = next<Plain>("5Mutex6UnlockEv");
    __tsan_release(this);
    unlock(this);
}

bool absl::Mutex::TryLock() {
    static const auto tryLock = next<Try>("5Mutex7TryLockEv");
    const bool locked = tryLock(this);
    if (locked) __tsan_acquire(this);
    return locked;
}

void absl::Mutex::ReaderLock() {
    static const auto lock = next<Plain>("5Mutex10ReaderLockEv");
    lock(this);
    __tsan_acquire(this);
}

void absl::Mutex::ReaderUnlock() {
    static const auto unlock = next<Plain>("5Mutex12ReaderUnlockEv");
    __tsan_release(this);
    unlock(this);
}

void absl::CondVar::Wait(absl::Mutex* mutex) {
    static const auto wait = next<void (*)(absl::CondVar*, absl::Mutex*)>("7CondVar4WaitEPNS0_5MutexE");
    __tsan_release(mutex);
    wait(this, mutex);
    __tsan_acquire(mutex);
}

bool absl::CondVar::WaitWithTimeout(absl::Mutex* mutex, absl::Duration timeout) {
    using Wait = bool (*)(absl::CondVar*, absl::Mutex*, absl::Duration);
    static const auto wait = next<Wait>("7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
    __tsan_release(mutex);
    const bool late = wait(this, mutex, timeout);
    __tsan_acquire(mutex);
    return late;
}

bool absl::CondVar::WaitWithDeadline(absl::Mutex* mutex, absl::Time deadline) {
    using Wait = bool (*)(absl::CondVar*, absl::Mutex*, absl::Time);
    static const auto wait = next<Wait>("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
    __tsan_release(mutex);
    const bool late = wait(this, mutex, deadline);
    __tsan_acquire(mutex);
    return late;
}
