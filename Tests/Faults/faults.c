// Makes one call of the file layer fail: a shared object to be preloaded.
//
// FAULTS_FOLDER  only files below this folder count
// FAULTS_AT      which call fails, counted from 1; 0 for none
// FAULTS_KIND    eio, enospc or short; a call that cannot be short fails with EIO
// FAULTS_LOG     where a line is written for the call that failed; the number of calls at the end
//
// Counted are open with O_CREAT, write, pwrite, writev, pwritev, ftruncate, fallocate, fsync,
// fdatasync, rename and link. It is compiled by Sources/dqn-bench/Faults/faults.py.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static _Thread_local int busy;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static void tell(const char *format, long call, const char *what, const char *path) {
    const char *log = getenv("FAULTS_LOG");
    if (!log) return;
    busy = 1;
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file >= 0) {
        char line[PATH_MAX + 100];
        int length = snprintf(line, sizeof line, format, call, what, path);
        if (length > 0) (void)!write(file, line, (size_t)length);
        close(file);
    }
    busy = 0;
}

static int is_inside(const char *path) {
    const char *folder = getenv("FAULTS_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

/// Whether this call is the one that fails.
static int fails(const char *what, const char *path) {
    if (busy || !is_inside(path)) return 0;
    long call = atomic_fetch_add(&calls, 1) + 1;
    if (call != number("FAULTS_AT")) return 0;
    tell("%ld %s %s\n", call, what, path);
    return 1;
}

static int descriptor_fails(const char *what, int descriptor) {
    if (busy || !getenv("FAULTS_FOLDER")) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(what, path);
}

static int refuse(void) {
    const char *kind = getenv("FAULTS_KIND");
    errno = kind && strcmp(kind, "enospc") == 0 ? ENOSPC : EIO;
    return -1;
}

static int is_short(void) {
    const char *kind = getenv("FAULTS_KIND");
    return kind && strcmp(kind, "short") == 0;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    if (!descriptor_fails("write", file)) return real(file, bytes, count);
    return is_short() && count > 1 ? real(file, bytes, count / 2) : refuse();
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite);
    if (!descriptor_fails("pwrite", file)) return real(file, bytes, count, offset);
    return is_short() && count > 1 ? real(file, bytes, count / 2, offset) : refuse();
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    REAL(pwrite64);
    if (!descriptor_fails("pwrite", file)) return real(file, bytes, count, offset);
    return is_short() && count > 1 ? real(file, bytes, count / 2, offset) : refuse();
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    if (!descriptor_fails("writev", file)) return real(file, parts, count);
    return is_short() && count > 1 ? real(file, parts, 1) : refuse();
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
    REAL(pwritev);
    if (!descriptor_fails("pwritev", file)) return real(file, parts, count, offset);
    return is_short() && count > 1 ? real(file, parts, 1, offset) : refuse();
}

int fsync(int file) {
    REAL(fsync);
    return descriptor_fails("fsync", file) ? refuse() : real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    return descriptor_fails("fdatasync", file) ? refuse() : real(file);
}

int ftruncate(int file, off_t length) {
    REAL(ftruncate);
    return descriptor_fails("ftruncate", file) ? refuse() : real(file, length);
}

int ftruncate64(int file, off64_t length) {
    REAL(ftruncate64);
    return descriptor_fails("ftruncate", file) ? refuse() : real(file, length);
}

int fallocate(int file, int mode, off_t offset, off_t length) {
    REAL(fallocate);
    return descriptor_fails("fallocate", file) ? refuse() : real(file, mode, offset, length);
}

int posix_fallocate(int file, off_t offset, off_t length) {
    REAL(posix_fallocate);
    if (!descriptor_fails("posix_fallocate", file)) return real(file, offset, length);
    refuse();
    return errno;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    return fails("rename", to) ? refuse() : real(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    REAL(renameat2);
    return fails("rename", to) ? refuse() : real(from_folder, from, to_folder, to, flags);
}

int link(const char *from, const char *to) {
    REAL(link);
    return fails("link", to) ? refuse() : real(from, to);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list arguments; \
            va_start(arguments, flags); \
            mode = va_arg(arguments, mode_t); \
            va_end(arguments); \
        } \
        if ((flags & O_CREAT) && fails("open", path)) return refuse(); \
        return real(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list arguments; \
            va_start(arguments, flags); \
            mode = va_arg(arguments, mode_t); \
            va_end(arguments); \
        } \
        if ((flags & O_CREAT) && fails("openat", path)) return refuse(); \
        return real(folder, path, flags, mode); \
    }

OPENAT(openat)
OPENAT(openat64)

__attribute__((destructor)) static void end(void) {
    tell("%ld calls in all%s%s\n", atomic_load(&calls), "", "");
}
