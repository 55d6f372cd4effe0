internal import Glibc

/// A connection to an endpoint that is closed with its owner, and on which every wait has an end.
final class EndpointSocket {
    private let descriptor: Descriptor

    /// Connects to an address that has been checked.
    /// - Throws: ``EndpointFault`` where nobody takes the connection in time.
    init(to address: EndpointAddress, wait: EndpointWait) throws(EndpointFault) {
        let kind = Int32(
            SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        )
        guard
            let descriptor = try? Descriptor(
                socket(address.family, kind, 0),
                of: "socket"
            )
        else { throw Self.unreachable(wait.place, errno) }
        self.descriptor = descriptor
        // A request goes out at once, whatever has not been acknowledged.
        Self.enable(TCP_NODELAY, on: descriptor)
        let outcome = unsafe address.bytes.withUnsafeBytes { bytes in
            // The bytes are a whole address of the system's own making.
            unsafe connect(
                descriptor.number,
                bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count)
            )
        }
        guard outcome != 0 else { return }
        guard errno == EINPROGRESS else { throw Self.unreachable(wait.place, errno) }
        try wait.until(descriptor, is: POLLOUT)
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw Self.unreachable(wait.place, code) }
    }

    private static func unreachable(_ place: String, _ code: Int32) -> EndpointFault {
        .unreachable(
            "cannot connect to \(place): \(systemErrorMessage(code)); start the environment that "
                + "answers there, or give another \"url\""
        )
    }

    /// Whether there is nothing to be read, not even an end: a connection that may be used again.
    var isQuiet: Bool {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&request, 1, 0) == 0
    }

    /// Sends bytes, all of them.
    /// - Throws: ``EndpointFault/lost(_:)`` where the other end takes no more.
    func send(_ bytes: [UInt8], wait: EndpointWait) throws(EndpointFault) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[sent...])
                // No SIGPIPE where the other end is closed: EPIPE.
                let flags = Int32(MSG_NOSIGNAL)
                return unsafe Glibc.send(descriptor.number, rest.baseAddress, rest.count, flags)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait.until(descriptor, is: POLLOUT)
            } else if errno != EINTR {
                throw lost(wait)
            }
        }
    }

    /// Waits for bytes.
    /// - Returns: How many came; 0 where the other end has sent its last.
    /// - Throws: ``EndpointFault`` where none come in time or the connection is broken.
    func receive(into bytes: inout [UInt8], wait: EndpointWait) throws(EndpointFault) -> Int {
        while true {
            // Many servers write head and body apart, and send the second when the first is
            // acknowledged, which the kernel would put off for 40 ms; it forgets this each time.
            Self.enable(TCP_QUICKACK, on: descriptor)
            try wait.until(descriptor, is: POLLIN)
            let count = unsafe recv(descriptor.number, &bytes, bytes.count, 0)
            if count >= 0 { return count }
            if errno != EAGAIN && errno != EINTR { throw lost(wait) }
        }
    }

    private func lost(_ wait: EndpointWait) -> EndpointFault {
        .lost("the connection to \(wait.place) was lost: \(systemErrorMessage(errno))")
    }

    private static func enable(_ option: Int32, on descriptor: Descriptor) {
        var one: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor.number, Int32(IPPROTO_TCP), option, &one, length)
    }
}
