internal import Glibc

/// Why the server could not be started.
public enum HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name stands for no address.
    case unknownHost(String)
    /// The system refused to listen at the address.
    case cannotListen(host: String, port: Int, reason: String)
    /// The system has no descriptors or memory left for an event loop.
    case cannotPoll(reason: String)

    /// One sentence that a person can act on.
    public var description: String {
        switch self {
        case .unknownHost(let host):
            "host \(host) has no address"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host) port \(port): \(reason)"
        case .cannotPoll(let reason):
            "cannot wait for sockets: \(reason)"
        }
    }

    /// What the system says about its last error.
    static var lastReason: String {
        unsafe String(cString: strerror(errno)).lowercased()
    }
}
