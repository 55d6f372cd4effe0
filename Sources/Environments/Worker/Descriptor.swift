internal import CLinux
internal import Glibc

/// A file descriptor that is closed with its owner, and never inherited by accident.
final class Descriptor: Sendable {
    let number: Int32

    /// Takes over what a system call returned; −1 becomes an error.
    init(_ number: Int32, of call: String) throws(EnvironmentError) {
        guard number >= 0 else {
            throw .workerNotStarted(reason: "\(call): \(systemErrorMessage(errno))")
        }
        self.number = number
    }

    deinit {
        close(number)
    }

    /// An anonymous file in memory.
    static func memory(named name: String) throws(EnvironmentError) -> Descriptor {
        try Descriptor(
            unsafe memfd_create(name, CLINUX_MFD_CLOEXEC | CLINUX_MFD_ALLOW_SEALING),
            of: "memfd_create"
        )
    }

    /// The two ends of a connection of bytes.
    static func connection() throws(EnvironmentError) -> (ours: Descriptor, theirs: Descriptor) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let outcome = unsafe socketpair(AF_UNIX, kind, 0, &ends)
        guard outcome == 0 else { throw failure(of: "socketpair") }
        return (
            try Descriptor(ends[0], of: "socketpair"), try Descriptor(ends[1], of: "socketpair")
        )
    }

    /// The two ends of a pipe on which neither waits.
    static func pipe() throws(EnvironmentError) -> (reading: Descriptor, writing: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else { throw failure(of: "pipe2") }
        return (try Descriptor(ends[0], of: "pipe2"), try Descriptor(ends[1], of: "pipe2"))
    }

    /// The same file under a number that no `dup2` to the first few can overwrite.
    func copyAboveStandard() throws(EnvironmentError) -> Descriptor {
        try Descriptor(fcntl(number, F_DUPFD_CLOEXEC, 16), of: "fcntl")
    }

    private static func failure(of call: String) -> EnvironmentError {
        .workerNotStarted(reason: "\(call): \(systemErrorMessage(errno))")
    }
}

/// What the system says about an error number.
func systemErrorMessage(_ code: Int32) -> String {
    // glibc keeps the text for each thread by itself.
    unsafe String(cString: strerror(code))
}
