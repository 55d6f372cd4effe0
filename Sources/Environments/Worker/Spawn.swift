internal import CLinux
internal import Glibc

/// Starts a program as a child process that shares nothing with this one but what is named.
///
/// It has a process group of its own, so that a Ctrl-C meant for this process does not reach it;
/// no signal is blocked or ignored, and no descriptor is open but the named ones.
/// - Parameters:
///   - arguments: The program, found in PATH where it has no slash, and what it is told.
///   - environment: Lines of the form NAME=value.
///   - descriptors: What the child knows as 0, 1, 2 …; each above all of these numbers.
/// - Returns: The child's process number.
/// - Throws: ``EnvironmentError`` where the program cannot be run.
func spawn(
    _ arguments: [String],
    environment: [String],
    descriptors: [Descriptor]
) throws(EnvironmentError) -> pid_t {
    precondition(descriptors.allSatisfy { $0.number >= descriptors.count })
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    for (number, descriptor) in descriptors.enumerated() {
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor.number, Int32(number))
    }
    unsafe posix_spawn_file_actions_addclosefrom_np(&actions, Int32(descriptors.count))
    var none = sigset_t()
    var all = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    var process: pid_t = 0
    let outcome = unsafe withCStrings(arguments) { argumentPointers in
        unsafe withCStrings(environment) { environmentPointers in
            // Only their numbers are in `actions`: they must not be closed before this.
            withExtendedLifetime(descriptors) {
                unsafe posix_spawnp(
                    &process,
                    arguments[0],
                    &actions,
                    &attributes,
                    argumentPointers,
                    environmentPointers
                )
            }
        }
    }
    guard outcome == 0 else {
        throw .workerNotStarted(reason: "\(arguments[0]): \(systemErrorMessage(outcome))")
    }
    return process
}

/// Calls `body` with the strings as C has them: pointers to text, and a null pointer at the end.
private func withCStrings<Outcome>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Outcome
) -> Outcome {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer {
        unsafe pointers.forEach { unsafe free($0) }
    }
    return unsafe body(&pointers)
}
