// C11 threads by POSIX threads, for the ThreadSanitizer preset alone. ThreadSanitizer follows pthread_* but not the C11
// functions, by which Debian's librdkafka starts its threads and locks; these definitions come before the C library's.
// glibc's C11 types are its POSIX types under another name.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace {

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t));

int result(int error) {
    switch (error) {
        case 0: return thrd_success;
        case ENOMEM: return thrd_nomem;
        case ETIMEDOUT: return thrd_timedout;
        case EBUSY: return thrd_busy;
        default: return thrd_error;
    }
}

pthread_mutex_t* posix(mtx_t* mutex) {
    return reinterpret_cast<pthread_mutex_t*>(mutex);
}

pthread_cond_t* posix(cnd_t* condition) {
    return reinterpret_cast<pthread_cond_t*>(condition);
}

struct Start {
    thrd_start_t body;
    void* argument;
};

void* run(void* start) {
    const std::unique_ptr<Start> given(static_cast<Start*>(start));
    const std::intptr_t code = given->body(given->argument);
    return reinterpret_cast<void*>(code);
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t body, void* argument) {
    auto start = std::make_unique<Start>(Start{body, argument});
    const int error = pthread_create(thread, nullptr, run, start.get());
    if (error == 0) start.release();
    return result(error);
}

int thrd_join(thrd_t thread, int* code) {
    void* returned = nullptr;
    const int error = pthread_join(thread, &returned);
    if (code) *code = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
    return result(error);
}

int thrd_detach(thrd_t thread) {
    return result(pthread_detach(thread));
}

int mtx_init(mtx_t* mutex, int type) noexcept {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    if (type & mtx_recursive) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    const int error = pthread_mutex_init(posix(mutex), &attributes);
    pthread_mutexattr_destroy(&attributes);
    return result(error);
}

int mtx_lock(mtx_t* mutex) {
    return result(pthread_mutex_lock(posix(mutex)));
}

int mtx_timedlock(mtx_t* mutex, const timespec* until) {
    return result(pthread_mutex_timedlock(posix(mutex), until));
}

int mtx_trylock(mtx_t* mutex) {
    return result(pthread_mutex_trylock(posix(mutex)));
}

int mtx_unlock(mtx_t* mutex) {
    return result(pthread_mutex_unlock(posix(mutex)));
}

void mtx_destroy(mtx_t* mutex) {
    pthread_mutex_destroy(posix(mutex));
}

int cnd_init(cnd_t* condition) {
    return result(pthread_cond_init(posix(condition), nullptr));
}

int cnd_signal(cnd_t* condition) {
    return result(pthread_cond_signal(posix(condition)));
}

int cnd_broadcast(cnd_t* condition) {
    return result(pthread_cond_broadcast(posix(condition)));
}

int cnd_wait(cnd_t* condition, mtx_t* mutex) {
    return result(pthread_cond_wait(posix(condition), posix(mutex)));
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    return result(pthread_cond_timedwait(posix(condition), posix(mutex), until));
}

void cnd_destroy(cnd_t* condition) {
    pthread_cond_destroy(posix(condition));
}

}  // extern "C"
