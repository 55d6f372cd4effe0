// What Linux offers behind _GNU_SOURCE, which Swift's Glibc module is built without.
#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

#include <spawn.h>

// memfd_create(2): an anonymous file that lives in memory; `flags` are MFD_….
int memfd_create(const char *name, unsigned int flags);

static const unsigned int CLINUX_MFD_CLOEXEC = 1;
static const unsigned int CLINUX_MFD_ALLOW_SEALING = 2;

// pipe2(2): a pipe whose flags (O_CLOEXEC, O_NONBLOCK) hold from its first moment.
int pipe2(int descriptors[2], int flags);

// fcntl(2): the command that seals such a file against changes of its size.
static const int CLINUX_F_ADD_SEALS = 1033;
static const int CLINUX_F_SEAL_SEAL = 1;
static const int CLINUX_F_SEAL_SHRINK = 2;
static const int CLINUX_F_SEAL_GROW = 4;

// posix_spawn(3): the child closes every descriptor from `lowest` up.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int lowest);

#endif
