// Gives a process another wall clock: the drill `clock` has the service load this before anything else. It shifts what
// the process asks libc for the time of day with, and waits that end at a time of day end when they should. What
// durations are measured with stays as it is.
//
// libfaketime would not do. It does not know cnd_timedwait(), by which librdkafka waits: with the clock an hour ahead
// librdkafka's threads sleep for an hour, and with the clock an hour behind they never sleep and take every core.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static time_t shift;

__attribute__((constructor)) static void read_shift(void) {
    const char *seconds = getenv("CLOCK_SHIFT_SECONDS");
    shift = seconds ? strtol(seconds, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = (int)syscall(SYS_gettimeofday, now, zone);
    if (result == 0) now->tv_sec += shift;
    return result;
}

time_t time(time_t *also) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (also) *also = now.tv_sec;
    return now.tv_sec;
}

// libc and the kernel wait by the true clock.
int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until) {
    int (*wait)(cnd_t *, mtx_t *, const struct timespec *) = dlsym(RTLD_NEXT, "cnd_timedwait");
    struct timespec at = {.tv_sec = until->tv_sec - shift, .tv_nsec = until->tv_nsec};
    return wait(condition, mutex, &at);
}
