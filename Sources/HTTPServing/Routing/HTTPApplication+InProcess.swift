extension HTTPApplication {
    /// Answers a request that came over no connection, as a server would, but for what belongs to
    /// the connection.
    ///
    /// The request is written out and read by the same parser that reads from sockets. Without a
    /// `Host` it goes to "localhost".
    public func respond(
        to method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        limits: HTTPLimits = HTTPLimits()
    ) async -> HTTPResponse {
        var bytes = Array("\(method.name) \(target) HTTP/1.1\r\n".utf8)
        if headers[.host] == nil { bytes.append("Host: localhost\r\n") }
        for (name, value) in headers.fields {
            bytes.append(name.bytes)
            bytes.append(": ")
            bytes.append(fieldValue: value)
            bytes.append("\r\n")
        }
        bytes.append("Content-Length: ")
        bytes.append(decimal: body.count)
        bytes.append("\r\n\r\n")
        var parser = RequestHeadParser()
        let head: RequestHead
        do throws(HTTPParseError) {
            guard let parsed = try parser.parse(bytes.span, limits: limits) else {
                throw .malformedRequestLine
            }
            head = parsed.head
        } catch {
            return response(for: HTTPError(error))
        }
        return await respond(to: head, body: body, limits: limits)
    }

    private func respond(
        to head: RequestHead,
        body: [UInt8],
        limits: HTTPLimits
    ) async -> HTTPResponse {
        switch plan(for: head) {
        case .answer(let response):
            return response
        case .run(let parameters):
            let limit = parameters.route.bodyLimit(limits)
            guard body.count <= limit else {
                return response(for: HTTPError(.bodyTooLarge(limitBytes: limit)))
            }
            let request = HTTPRequest(
                head,
                parameters,
                body: body,
                peer: .loopback,
                id: RequestID(seed: 0, number: 0)
            )
            switch parameters.route.action {
            case .immediate(let handler):
                return run(handler, request, bodyLimitBytes: limit)
            case .asynchronous(let handler):
                return await run(handler, request, bodyLimitBytes: limit)
            }
        }
    }
}

extension HTTPBody {
    /// All bytes of the content; a stream is pulled to its end.
    public func collected() async throws -> [UInt8] {
        switch self {
        case .empty:
            return []
        case .bytes(let bytes):
            return bytes
        case .file(let file, let range):
            return file.read().map { Array($0[range]) } ?? []
        case .stream(let stream):
            let next = stream.makeNext()
            var all: [UInt8] = []
            while let piece = try await next() {
                all += piece
            }
            return all
        }
    }
}
