// clone() for the ThreadSanitizer preset alone. Qt starts a process by a clone that shares the parent's memory until it
// calls exec; ThreadSanitizer's own clone() sets the child up as a child of fork, in that shared memory, and so stops
// to see the locks of the parent's thread. Without CLONE_VM the child has a copy, as after fork.
#include <dlfcn.h>
#include <sched.h>

#include <cstdarg>

extern "C" int clone(int (*body)(void*), void* stack, int flags, void* argument, ...) {
    using Clone = int (*)(int (*)(void*), void*, int, void*, ...);
    static const auto next = reinterpret_cast<Clone>(dlsym(RTLD_NEXT, "clone"));
    if ((flags & CLONE_VFORK) != 0) flags &= ~(CLONE_VM | CLONE_VFORK);
    va_list more;
    va_start(more, argument);
    void* const parent = va_arg(more, void*);
    void* const storage = va_arg(more, void*);
    void* const child = va_arg(more, void*);
    va_end(more);
    return next(body, stack, flags, argument, parent, storage, child);
}
