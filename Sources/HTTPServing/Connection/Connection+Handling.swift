extension Connection {
    /// Finds out who takes a request, before its body is read.
    func route(_ head: RequestHead, hasInput: Bool, on loop: EventLoop) {
        let plan = loop.application.plan(for: head, from: peer, at: loop.now)
        exchange = Exchange(
            head: head,
            id: loop.reporter.name(head),
            startedAt: loop.now,
            plan: plan
        )
        let next =
            switch plan {
            case .answer:
                state.decline(at: loop.now)
            case .run(let route, _, _):
                state.accept(
                    bodyLimit: bodyLimit(of: route, on: loop),
                    hasInput: hasInput,
                    at: loop.now
                )
            }
        perform(next, hasInput: hasInput, on: loop)
    }

    /// Lets the handler of a complete request answer.
    func handle(_ body: [UInt8], on loop: EventLoop) {
        guard let exchange, let head = exchange.head, let plan = exchange.plan else { return }
        self.exchange?.requestBodyBytes = body.count
        switch plan {
        case .answer(let response):
            respond(response, on: loop)
        case .run(let route, let parameters, let path):
            guard let method = head.method else { return }
            let request = HTTPRequest(
                head: head,
                method: method,
                body: body,
                parameters: parameters,
                path: path,
                peer: peer,
                id: exchange.id
            )
            switch loop.application.router.routes[route].action {
            case .immediate(let handler):
                let limit = bodyLimit(of: route, on: loop)
                let response = loop.application.run(handler, request, bodyLimitBytes: limit)
                respond(response, on: loop)
            case .asynchronous(let handler):
                start(handler, request, bodyLimit: bodyLimit(of: route, on: loop), on: loop)
            }
        }
    }

    private func bodyLimit(of route: Int, on loop: EventLoop) -> Int {
        loop.application.router.routes[route].bodyLimitBytes ?? loop.settings.limits.bodyBytes
    }

    private func start(
        _ handler: @escaping Router.Handler,
        _ request: HTTPRequest,
        bodyLimit: Int,
        on loop: EventLoop
    ) {
        let application = loop.application
        let key = key
        loop.tasks += 1
        task = Task {
            let response = await application.run(handler, request, bodyLimitBytes: bodyLimit)
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
            exchange = Exchange(
                head: nil,
                id: loop.reporter.name(nil),
                startedAt: loop.now,
                plan: nil
            )
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
        self.exchange?.status = response.status
        self.exchange?.responseBytes += loop.output.count - before
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
        loop.reporter.report(
            exchange,
            from: peer,
            at: loop.clock.now(),
            isComplete: isComplete
        )
    }
}
