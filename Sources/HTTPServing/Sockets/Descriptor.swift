internal import CLinux
internal import Glibc

/// An open file or socket, closed when its owner ends.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    init(_ number: Int32) {
        precondition(number >= 0, "descriptor is \(number), expected an open one")
        self.number = number
    }

    deinit {
        _ = Glibc.close(number)
    }
}

/// What came of reading from or writing to a socket that does not block.
enum Transfer: Equatable {
    case bytes(Int)
    /// The client has sent its last byte.
    case end
    case wouldBlock
    case failed
}

extension Descriptor {
    /// Reads what is there, at most `limit` bytes, into the beginning of `buffer`.
    func receive(into buffer: borrowing ReceiveBuffer, limit: Int) -> Transfer {
        while true {
            let count = unsafe recv(number, buffer.start, min(limit, buffer.count), 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno != EINTR { return Self.failure }
        }
    }

    /// Writes as many of the bytes as the socket takes; where more follows, the kernel may wait for
    /// it to fill its segments.
    func send(_ bytes: Span<UInt8>, moreFollows: Bool) -> Transfer {
        let flags = Int32(MSG_NOSIGNAL) | (moreFollows ? Int32(MSG_MORE) : 0)
        while true {
            let count = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe Glibc.send(number, buffer.baseAddress, buffer.count, flags)
            }
            if count >= 0 { return .bytes(count) }
            if errno != EINTR { return Self.failure }
        }
    }

    /// Writes bytes of a file as far as the socket takes them.
    func send(_ file: HTTPFile, _ range: Range<Int>) -> Transfer {
        while true {
            var offset = off_t(range.lowerBound)
            let count = unsafe sendfile(number, file.descriptor.number, &offset, range.count)
            if count > 0 { return .bytes(count) }
            // The file is shorter than it was: what was promised cannot be kept.
            if count == 0 { return .failed }
            if errno != EINTR { return Self.failure }
        }
    }

    func shutDownWriting() {
        _ = shutdown(number, Int32(SHUT_WR))
    }

    /// Makes closing tell the client that something went wrong, by a reset.
    func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let length = socklen_t(MemoryLayout<linger>.size)
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, length)
    }

    private static var failure: Transfer {
        errno == EAGAIN ? .wouldBlock : .failed
    }
}
