// A library for LD_PRELOAD: in the program named by NOVA_WRONG_CLOCK=PROGRAM:SECONDS the wall clock runs that much
// ahead (behind, where negative); every other program, and the monotonic clock, are left alone. Waits until a wall time
// are put right, as the kernel's clock is not moved: pthread's, and the futexes that Abseil waits on. (libfaketime lets
// gRPC's waits sleep on for the hour.)
#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

constexpr time_t wallTimesBeginAt = 1'000'000'000;  // a monotonic clock does not come so far

time_t readOffset() {
    const char* const wanted = std::getenv("NOVA_WRONG_CLOCK");
    const char* const colon = wanted ? std::strrchr(wanted, ':') : nullptr;
    if (!colon) return 0;
    const auto length = static_cast<std::size_t>(colon - wanted);
    const char* const name = program_invocation_short_name;
    if (std::strlen(name) != length || std::strncmp(name, wanted, length) != 0) return 0;
    return std::strtol(colon + 1, nullptr, 10);
}

time_t offset() {
    static const time_t value = readOffset();
    return value;
}

bool isWall(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// The kernel's time of a wait's end; monotonic ones stay.
timespec real(const timespec* until) {
    timespec t = *until;
    if (t.tv_sec > wallTimesBeginAt) t.tv_sec -= offset();
    return t;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
    static const auto original = next<int (*)(clockid_t, timespec*)>("clock_gettime");
    const int result = original(clock, now);
    if (result == 0 && isWall(clock)) now->tv_sec += offset();
    return result;
}

int gettimeofday(timeval* now, void* zone) noexcept {
    static const auto original = next<int (*)(timeval*, void*)>("gettimeofday");
    const int result = original(now, zone);
    if (result == 0) now->tv_sec += offset();
    return result;
}

time_t time(time_t* now) noexcept {
    timespec t{};
    clock_gettime(CLOCK_REALTIME, &t);
    if (now) *now = t.tv_sec;
    return t.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
    static const auto original =
        next<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
    const timespec t = real(until);
    return original(condition, mutex, &t);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
    static const auto original =
        next<int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>("pthread_cond_clockwait");
    const timespec t = isWall(clock) ? real(until) : *until;
    return original(condition, mutex, clock, &t);
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
    static const auto original = next<int (*)(sem_t*, const timespec*)>("sem_timedwait");
    const timespec t = real(until);
    return original(semaphore, &t);
}

long syscall(long number, ...) noexcept {
    static const auto original = next<long (*)(long, long, long, long, long, long, long)>("syscall");
    va_list list;
    va_start(list, number);
    long a[6];
    for (long& one : a) one = va_arg(list, long);
    va_end(list);
    timespec t{};
    if (number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME) && a[3] != 0) {
        t = real(reinterpret_cast<const timespec*>(a[3]));
        a[3] = reinterpret_cast<long>(&t);
    }
    return original(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

}  // extern "C"
