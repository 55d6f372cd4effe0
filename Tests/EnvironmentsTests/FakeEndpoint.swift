import Foundation
import Glibc
import Synchronization

/// An endpoint on a port of the system's choice that does what a test says, also what is wrong.
final class FakeEndpoint: Sendable {
    /// One request as it came.
    struct Request: Equatable {
        /// "POST /step".
        var line: String
        var fields: String
        var body: String
        /// Which of the endpoint's connections it came over, from 0.
        var connection: Int
    }

    /// What is done about a request.
    enum Reply {
        /// An answer of status 200, after which the connection is kept.
        case json(String)
        /// Bytes as an answer of status 200.
        case binary([UInt8])
        /// Another status.
        case status(Int, String)
        /// These bytes, after which the connection is kept or closed.
        case raw(String, isClosed: Bool)
        /// Nothing, until the other end gives up.
        case silence
    }

    /// Answers the request with the number `index`, from 0; it may block.
    typealias Script = @Sendable (_ request: Request, _ index: Int) -> Reply

    let port: UInt16
    private let script: Script
    private let listener: Int32
    private let connections = Mutex(Connections())
    private let received = Mutex<[Request]>([])
    private let threads = DispatchGroup()

    private struct Connections {
        var open: Set<Int32> = []
        var isStopped = false
    }

    /// Listens, on a port that was another's before if one is given.
    init(port wanted: UInt16 = 0, _ script: @escaping Script) throws {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return unsafe bind(listener, pointer, length) == 0 && listen(listener, 100) == 0
                && getsockname(listener, pointer, &length) == 0
        }
        guard isListening else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        port = UInt16(bigEndian: address.sin_port)
        start { $0.accept() }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// All requests so far.
    var requests: [Request] { received.withLock { $0 } }

    /// What was asked, with what: "POST /step {…}".
    var lines: [String] { requests.map { $0.line + ($0.body.isEmpty ? "" : " \($0.body)") } }

    /// Ends all connections, and takes no more.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        connections.withLock {
            $0.isStopped = true
            for connection in $0.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        threads.wait()
        close(listener)
    }

    private func start(_ body: @escaping @Sendable (FakeEndpoint) -> Void) {
        threads.enter()
        Thread.detachNewThread {
            body(self)
            self.threads.leave()
        }
    }

    private func accept() {
        var count = 0
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { return }
            let isStopped = connections.withLock {
                $0.open.insert(connection)
                return $0.isStopped
            }
            if isStopped { shutdown(connection, Int32(SHUT_RDWR)) }
            let index = count
            count += 1
            start { $0.serve(connection, index) }
        }
    }

    private func serve(_ connection: Int32, _ number: Int) {
        var bytes: [UInt8] = []
        while let request = read(connection, &bytes, number) {
            let index = received.withLock {
                $0.append(request)
                return $0.count - 1
            }
            var isClosed = false
            switch script(request, index) {
            case .json(let text): write(connection, Self.answer(200, "application/json", text))
            case .status(let status, let text):
                write(connection, Self.answer(status, "text/plain", text))
            case .binary(let body):
                let head =
                    "HTTP/1.1 200 OK\r\ncontent-type: Application/Octet-Stream\r\n"
                    + "Content-Length: \(body.count)\r\n\r\n"
                write(connection, Array(head.utf8) + body)
            case .raw(let text, let isLast):
                write(connection, Array(text.utf8))
                isClosed = isLast
            case .silence:
                while let part = receive(connection), !part.isEmpty {}
                isClosed = true
            }
            if isClosed { break }
        }
        connections.withLock { _ = $0.open.remove(connection) }
        close(connection)
    }

    static func answer(_ status: Int, _ type: String, _ text: String) -> [UInt8] {
        Array(
            ("HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)").utf8
        )
    }

    private func read(_ connection: Int32, _ bytes: inout [UInt8], _ number: Int) -> Request? {
        let blank = Array("\r\n\r\n".utf8)
        while true {
            let starts = bytes.indices.dropLast(3)
            if let end = starts.first(where: { bytes[$0...].starts(with: blank) }) {
                let head = String(decoding: bytes[..<end], as: UTF8.self)
                let length = head.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
                if bytes.count >= end + 4 + length {
                    let body = String(
                        decoding: bytes[(end + 4)..<(end + 4 + length)],
                        as: UTF8.self
                    )
                    bytes.removeFirst(end + 4 + length)
                    let parts = head.split(separator: "\r\n", maxSplits: 1).map(String.init)
                    return Request(
                        line: parts[0].replacing(" HTTP/1.1", with: ""),
                        fields: parts.count > 1 ? parts[1] : "",
                        body: body,
                        connection: number
                    )
                }
            }
            guard let part = receive(connection), !part.isEmpty else { return nil }
            bytes += part
        }
    }

    private func receive(_ connection: Int32) -> ArraySlice<UInt8>? {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(connection, &part, part.count, 0)
        return count < 0 ? nil : part[..<count]
    }

    private func write(_ connection: Int32, _ bytes: [UInt8]) {
        _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
