// What Linux has and Swift's Glibc module leaves out.
#ifndef CLINUX_SOCKETS_H
#define CLINUX_SOCKETS_H

#include <linux/openat2.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

// <sys/socket.h> declares accept4 only for GNU sources, and is part of the Glibc module already.
static inline int dqn_accept4(int listener, void *address, uint32_t *length, int flags) {
    return (int)syscall(SYS_accept4, listener, address, length, flags);
}

// The data of an epoll_event is a union, which is awkward to fill from Swift.
static inline int dqn_epoll_add(int poller, int descriptor, uint32_t events, uint64_t key) {
    struct epoll_event event = {.events = events, .data.u64 = key};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int dqn_epoll_remove(int poller, int descriptor) {
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, 0);
}

// Opens below `folder` and nowhere else: the kernel follows no symbolic link and no "..".
static inline int dqn_open_beneath(int folder, const char *path, int flags) {
    struct open_how how = {
        .flags = (uint64_t)flags,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

#endif
