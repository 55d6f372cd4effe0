/// Asks an endpoint one thing at a time over a connection that is kept.
///
/// It follows no redirects, uses no proxy and speaks no TLS.
final class EndpointClient {
    /// What is asked.
    struct Request: Equatable {
        let method: String
        /// What follows the endpoint's URL: "/step".
        let route: String
        var accepted = "application/json"
        /// A JSON text; nil for none.
        var body: [UInt8]?
        /// The most bytes that an answer may have.
        var bodyLimit = 1 << 20
    }

    let url: EndpointURL
    private let access: EnvironmentAccess
    private let interruption: WorkerInterruption?
    private var socket: EndpointSocket?
    /// What was sent and not answered yet, and whether the connection was a kept one.
    private var pending: (request: Request, isKept: Bool)?
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(_ url: EndpointURL, access: EnvironmentAccess, interruption: WorkerInterruption?) {
        self.url = url
        self.access = access
        self.interruption = interruption
    }

    /// Asks and waits for the answer.
    func ask(_ request: Request, seconds: Double) throws(EndpointFault) -> HTTPAnswer {
        try send(request, seconds: seconds)
        return try receive(seconds: seconds)
    }

    /// Sends a request, over the kept connection where there is one; what was pending is given up.
    func send(_ request: Request, seconds: Double) throws(EndpointFault) {
        if pending != nil { close() }
        let wait = wait(for: request, seconds)
        if let socket, socket.isQuiet {
            do {
                try socket.send(bytes(of: request), wait: wait)
                pending = (request, true)
                return
            } catch .lost {
                // It was closed meanwhile, as servers do with idle ones.
            } catch {
                close()
                throw error
            }
        }
        try sendAnew(request, wait)
    }

    /// Waits for the answer to what was sent.
    func receive(seconds: Double) throws(EndpointFault) -> HTTPAnswer {
        guard let (request, isKept) = pending else {
            preconditionFailure("an answer needs a question")
        }
        let wait = wait(for: request, seconds)
        do {
            let answer: HTTPAnswer
            if let first = try answerOnce(request, wait, mayBeStale: isKept) {
                answer = first
            } else {
                try sendAnew(request, wait)
                guard let second = try answerOnce(request, wait, mayBeStale: false) else {
                    preconditionFailure("a new connection is not stale")
                }
                answer = second
            }
            pending = nil
            if !answer.keepsConnection { close() }
            return answer
        } catch {
            close()
            throw error
        }
    }

    /// Gives up the connection and what is pending on it.
    func close() {
        socket = nil
        pending = nil
    }

    /// The answer; nil where a kept connection ended before its first byte: it was closed before the
    /// request came (RFC 9112 §9.3.1).
    private func answerOnce(
        _ request: Request,
        _ wait: EndpointWait,
        mayBeStale: Bool
    ) throws(EndpointFault) -> HTTPAnswer? {
        var reader = HTTPAnswerReader(from: wait.place, bodyLimit: request.bodyLimit)
        while !reader.isWhole {
            let isStale = mayBeStale && !reader.hasBegun
            guard let count = try receiveSome(wait, isStale: isStale) else { return nil }
            if count > 0 {
                try reader.take(buffer[..<count])
            } else {
                try reader.end()
            }
        }
        return reader.answer
    }

    /// How many bytes came into the buffer, 0 after the last ones; nil where the connection ended and
    /// that shows that it was stale.
    private func receiveSome(_ wait: EndpointWait, isStale: Bool) throws(EndpointFault) -> Int? {
        guard let socket else { preconditionFailure("an answer needs a connection") }
        do {
            let count = try socket.receive(into: &buffer, wait: wait)
            return count == 0 && isStale ? nil : count
        } catch {
            if case .lost = error, isStale { return nil }
            throw error
        }
    }

    private func sendAnew(_ request: Request, _ wait: EndpointWait) throws(EndpointFault) {
        close()
        let socket = try connect(wait)
        try socket.send(bytes(of: request), wait: wait)
        self.socket = socket
        pending = (request, false)
    }

    /// Connects to the first of the host's allowed addresses that takes a connection.
    private func connect(_ wait: EndpointWait) throws(EndpointFault) -> EndpointSocket {
        // What is checked here is what is connected to: the name is not looked up a second time.
        let addresses = try access.allowed(EndpointAddress.all(of: url), of: url)
        var fault: EndpointFault?
        for address in addresses {
            do throws(EndpointFault) {
                return try EndpointSocket(to: address, wait: wait)
            } catch .unreachable(let reason) {
                fault = fault ?? .unreachable(reason)
            }
        }
        throw fault ?? .unreachable("the host of \(url) has no address")
    }

    private func wait(for request: Request, _ seconds: Double) -> EndpointWait {
        EndpointWait(for: "\(url)\(request.route)", seconds: seconds, interruption: interruption)
    }

    private func bytes(of request: Request) -> [UInt8] {
        var head = """
            \(request.method) \(url.path)\(request.route) HTTP/1.1\r
            Host: \(url.authority)\r
            Accept: \(request.accepted)\r
            User-Agent: dqn-server\r\n
            """
        if let body = request.body {
            head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        }
        return Array(head.utf8) + Array("\r\n".utf8) + (request.body ?? [])
    }
}
