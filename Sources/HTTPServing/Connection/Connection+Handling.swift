extension Connection {
    /// Finds out who takes a request, before its body is read.
    func route(_ head: RequestHead, hasInput: Bool, on loop: EventLoop) {
        let plan = loop.application.plan(for: head, from: peer, at: loop.now)
        exchange = Exchange(head, plan, id: loop.reporter.name(head), at: loop.now)
        let next =
            switch plan {
            case .answer:
                state.decline(at: loop.now)
            case .run(let parameters):
                state.accept(
                    bodyLimit: parameters.route.bodyLimit(loop.settings.limits),
                    hasInput: hasInput,
                    at: loop.now
                )
            }
        perform(next, hasInput: hasInput, on: loop)
    }

    /// Lets the handler of a complete request answer.
    func handle(_ body: [UInt8], on loop: EventLoop) {
        guard let exchange, let head = exchange.head, let plan = exchange.plan else { return }
        exchange.requestBodyBytes = body.count
        switch plan {
        case .answer(let response):
            respond(response, on: loop)
        case .run(let parameters):
            let request = HTTPRequest(head, parameters, body: body, peer: peer, id: exchange.id)
            let limit = parameters.route.bodyLimit(loop.settings.limits)
            switch parameters.route.action {
            case .immediate(let handler):
                let response = loop.application.run(handler, request, bodyLimitBytes: limit)
                respond(response, on: loop)
            case .asynchronous(let handler):
                start(handler, request, bodyLimitBytes: limit, on: loop)
            }
        }
    }

    private func start(
        _ handler: @escaping Router.Handler,
        _ request: HTTPRequest,
        bodyLimitBytes: Int,
        on loop: EventLoop
    ) {
        let application = loop.application
        let key = key
        loop.tasks += 1
        task = Task {
            let response = await application.run(handler, request, bodyLimitBytes: bodyLimitBytes)
            loop.post { loop in
                loop.tasks -= 1
                loop.connections[key]?.finish(response, on: loop)
            }
        }
    }

    private func finish(_ response: HTTPResponse, on loop: EventLoop) {
        task = nil
        respond(response, on: loop)
        serve(on: loop)
    }

    func refuse(_ error: HTTPParseError, on loop: EventLoop) {
        if exchange == nil {
            exchange = Exchange(nil, nil, id: loop.reporter.name(nil), at: loop.now)
        }
        respond(loop.application.response(for: HTTPError(error)), on: loop)
    }

    /// Writes a response's header and lets its content follow.
    func respond(_ response: HTTPResponse, on loop: EventLoop) {
        guard let exchange else { return }
        let version = exchange.head?.version ?? .http11
        let isHead = exchange.head?.method == .head
        let content = ResponseEncoder.content(of: response, version: version, isHead: isHead)
        let context = ResponseEncoder.Context(
            version: version,
            isHead: isHead,
            staysOpen: state.beginResponse(endsAtClose: content == .untilClose),
            requestID: exchange.id
        )
        let before = loop.output.count
        ResponseEncoder.encode(response, context, date: loop.date.bytes, into: &loop.output)
        exchange.status = response.status
        exchange.responseBytes += loop.output.count - before
        if content == .chunked || content == .untilClose, case .stream(let stream) = response.body {
            return start(stream, isChunked: content == .chunked, on: loop)
        }
        if content == .fixed {
            append(response.body, on: loop)
        }
        state.endResponse(at: loop.now)
        if outgoing.isEmpty { report(on: loop, isComplete: true) }
    }

    private func append(_ body: HTTPBody, on loop: EventLoop) {
        switch body {
        case .bytes(let bytes):
            exchange?.responseBytes += bytes.count
            if bytes.count <= Self.joinedBytes { return loop.output.append(bytes.span) }
            moveOutput(of: loop)
            outgoing.append(.bytes(bytes))
        case .file(let file, let range):
            exchange?.responseBytes += range.count
            guard !range.isEmpty else { return }
            moveOutput(of: loop)
            outgoing.append(.file(file, range))
        case .empty, .stream:
            break
        }
    }

    /// Content up to this size is copied behind its header, to be sent with it in one call.
    private static let joinedBytes = 16 << 10

    /// Says what became of the request under way, and forgets it.
    func report(on loop: EventLoop, isComplete: Bool) {
        guard let exchange else { return }
        self.exchange = nil
        loop.bodyBytes -= bodyBytesCounted
        bodyBytesCounted = 0
        let now = loop.clock.now()
        loop.reporter.report(
            exchange,
            from: peer,
            at: now,
            wallNanoseconds: loop.date.wallNanoseconds(at: now),
            isComplete: isComplete
        )
    }
}
