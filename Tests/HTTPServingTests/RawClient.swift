import Dispatch
import Glibc

/// A socket of a client that may misbehave; every wait of it ends after some seconds.
final class RawClient {
    private var descriptor: Int32
    /// What was received and not looked at yet.
    private(set) var received: [UInt8] = []
    private(set) var hasEnded = false

    private static let patienceMilliseconds: Int32 = 300_000

    struct Failure: Error {
        let reason: String
    }

    /// Connects from 127.0.0.`source`.
    init(port: Int, source: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var own = Self.address(host: source, port: 0)
        var server = Self.address(host: 1, port: UInt16(port))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafeMutableBytes(of: &own) { own in
            unsafe withUnsafeMutableBytes(of: &server) { server in
                unsafe bind(
                    descriptor,
                    own.assumingMemoryBound(to: sockaddr.self).baseAddress,
                    size
                )
                    == 0
                    && connect(
                        descriptor,
                        server.assumingMemoryBound(to: sockaddr.self).baseAddress,
                        size
                    ) == 0
            }
        }
        guard isConnected else { throw Failure(reason: "no connection, error \(errno)") }
    }

    deinit {
        close()
    }

    /// Closes once: the number may belong to another socket at once.
    private func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    private static func address(host: UInt8, port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 | UInt32(host)).bigEndian
        return address
    }

    /// Sends all bytes, or as many as the server takes before it ends the connection.
    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return }
            offset += count
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func endSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends the connection by a reset.
    func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, size)
        close()
    }

    /// The client to whom something comes first.
    static func firstReadable(of clients: [RawClient]) throws -> RawClient {
        var waiting = clients.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        _ = unsafe poll(&waiting, nfds_t(waiting.count), patienceMilliseconds)
        guard let index = waiting.firstIndex(where: { $0.revents != 0 }) else {
            throw Failure(reason: "nothing came to any of \(clients.count)")
        }
        return clients[index]
    }

    /// Reads until the condition holds or the server ends.
    func receive(until isEnough: ([UInt8]) -> Bool) throws {
        while !hasEnded, !isEnough(received) {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, Self.patienceMilliseconds) > 0 else {
                throw Failure(reason: "nothing came: \(String(decoding: received, as: UTF8.self))")
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                hasEnded = true
                return
            }
            received += buffer[..<count]
        }
    }

    func forget() {
        received = []
    }

    /// All that comes until the server ends the connection.
    func receiveAll() throws -> [UInt8] {
        try receive { _ in false }
        defer { received = [] }
        return received
    }

    /// One response with `Content-Length` or without content, and forgets it.
    func response(toHead isHead: Bool = false) throws -> Response {
        try receive { Response.header(of: $0) != nil }
        guard let header = Response.header(of: received) else {
            throw Failure(reason: "no response: \(String(decoding: received, as: UTF8.self))")
        }
        let length = isHead ? 0 : header.fields["content-length"].flatMap(Int.init) ?? 0
        try receive { $0.count >= header.count + length }
        let body = Array(received[header.count...].prefix(length))
        received.removeFirst(min(header.count + length, received.count))
        return Response(status: header.status, fields: header.fields, body: body)
    }
}

struct Response {
    let status: Int
    /// By names in lower case.
    let fields: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    static func header(of bytes: [UInt8]) -> (status: Int, fields: [String: String], count: Int)? {
        var lines: [String] = []
        var start = 0
        for index in bytes.indices.dropFirst() where bytes[index - 1] == 13 && bytes[index] == 10 {
            if index - start == 1 {
                guard let status = lines.first?.split(separator: " ").dropFirst().first else {
                    return nil
                }
                var fields: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
                }
                return (Int(status) ?? 0, fields, index + 1)
            }
            lines.append(String(decoding: bytes[start..<index - 1], as: UTF8.self))
            start = index + 1
        }
        return nil
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
