import Dispatch
import Glibc

/// A client that reads only when it is told to, so that a server with much to send must wait.
final class PausingReader: Sendable {
    private let descriptor: Int32

    struct Failure: Error {
        let reason: String
    }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // A small buffer, which the system does not let grow, and a bound for every wait.
        var (size, wait) = (Int32(65_536), timeval(tv_sec: 300, tv_usec: 0))
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVBUF,
            &size,
            socklen_t(MemoryLayout<Int32>.size)
        )
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &wait,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe connect(
                descriptor,
                bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(MemoryLayout<sockaddr_in>.size)
            ) == 0
        }
        guard isConnected else { throw Failure(reason: "no connection, error \(errno)") }
    }

    deinit {
        close(descriptor)
    }

    func get(_ target: String) throws {
        let request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        let count = unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        guard count == request.count else { throw Failure(reason: "not sent, error \(errno)") }
    }

    /// What has come; empty where the server has ended or reset the connection.
    func read() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 || errno == ECONNRESET else {
            throw Failure(reason: "nothing came, error \(errno)")
        }
        return Array(buffer.prefix(max(count, 0)))
    }

    /// The last of all that comes.
    func readToEnd() throws -> String {
        var last: [UInt8] = []
        while true {
            let part = try read()
            if part.isEmpty { return String(decoding: last, as: UTF8.self) }
            last = (last + part).suffix(64)
        }
    }
}

/// Runs what blocks on a thread of its own, so that handlers under test keep theirs.
func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "client").async {
            continuation.resume(with: Result(catching: body))
        }
    }
}
