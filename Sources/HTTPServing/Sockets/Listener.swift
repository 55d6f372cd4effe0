internal import CLinux
internal import Glibc

/// A socket that takes connections; all loops of a server accept from the same one.
struct Listener: ~Copyable, Sendable {
    let descriptor: Descriptor
    /// The address it is bound to; the port is the chosen one where 0 was asked for.
    let address: PeerAddress

    /// Where the queue is full, the kernel makes clients wait a second; it may set a lower limit.
    private static let backlog: Int32 = 4_096

    init(host: String, port: Int) throws(HTTPServerError) {
        let descriptor = try Self.open(host: host, port: port)
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isNamed = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe getsockname(
                descriptor.number,
                bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                &length
            )
        }
        guard isNamed == 0, let address = PeerAddress(storage) else {
            throw .cannotListen(host: host, port: port, reason: HTTPServerError.lastReason)
        }
        self.descriptor = descriptor
        self.address = address
    }

    private static func open(host: String, port: Int) throws(HTTPServerError) -> Descriptor {
        guard let portNumber = UInt16(exactly: port) else {
            throw .cannotListen(host: host, port: port, reason: "a port is 0...65535")
        }
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(portNumber), &hints, &list) == 0,
            let first = unsafe list
        else { throw .unknownHost(host) }
        defer { unsafe freeaddrinfo(list) }
        let number = unsafe Glibc.socket(
            first.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0
        )
        guard number >= 0 else {
            throw .cannotListen(host: host, port: port, reason: HTTPServerError.lastReason)
        }
        let descriptor = Descriptor(number)
        enable(SO_REUSEADDR, SOL_SOCKET, on: number)
        // Connections inherit this: an answer never waits for the acknowledgement of the one
        // before it.
        enable(TCP_NODELAY, Int32(IPPROTO_TCP), on: number)
        guard unsafe bind(number, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0,
            listen(number, backlog) == 0
        else { throw .cannotListen(host: host, port: port, reason: HTTPServerError.lastReason) }
        return descriptor
    }

    private static func enable(_ option: Int32, _ level: Int32, on socket: Int32) {
        var one: Int32 = 1
        _ = unsafe setsockopt(socket, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    enum Accepted: ~Copyable {
        case connection(Descriptor, PeerAddress)
        case nothing
        /// The process or the system has no descriptors left.
        case exhausted
    }

    func accept() -> Accepted {
        while true {
            var storage = sockaddr_storage()
            var length = UInt32(MemoryLayout<sockaddr_storage>.size)
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let number = unsafe dqn_accept4(descriptor.number, &storage, &length, flags)
            if number >= 0 {
                let connection = Descriptor(number)
                guard let peer = PeerAddress(storage) else { continue }
                return .connection(connection, peer)
            }
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            case EINTR, ECONNABORTED: continue
            default: return .nothing
            }
        }
    }
}
