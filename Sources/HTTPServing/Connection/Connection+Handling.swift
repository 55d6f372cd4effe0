extension Connection {
    /// Finds out who takes a request, before its body is read.
    func route(_ head: RequestHead, hasInput: Bool, on loop: EventLoop) {
        let client = loop.proxies.client(of: head, from: peer)
        var plan = loop.application.plan(for: head)
        if place == .reserved, !leavesReserve(on: loop), !plan.isHealthCheck {
            plan = .answer(loop.application.response(for: HTTPError(.tooManyConnections), to: head))
            loop.countRefusal(.connection, from: peer)
        }
        exchange = Exchange(head, plan, from: client, id: loop.reporter.name(head), at: loop.now)
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

    /// Whether there is room within the limits by now.
    private func leavesReserve(on loop: EventLoop) -> Bool {
        guard loop.quota.take(owner) == .admitted else { return false }
        loop.quota.giveBack(.reserved, of: owner)
        place = .request
        state.leaveReserve()
        return true
    }

    /// Lets the handler of a complete request answer.
    func handle(_ body: [UInt8], on loop: EventLoop) {
        guard let exchange, let head = exchange.head, let plan = exchange.plan else { return }
        exchange.requestBodyBytes = body.count
        switch plan {
        case .answer(let response):
            respond(response, on: loop)
        case .run(let parameters):
            let request = HTTPRequest(
                head,
                parameters,
                body: body,
                peer: exchange.client,
                id: exchange.id
            )
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
            exchange = Exchange(nil, nil, from: peer, id: loop.reporter.name(nil), at: loop.now)
        }
        if error == .tooManyConnections { loop.countRefusal(.connection, from: peer) }
        respond(loop.application.response(for: HTTPError(error)), on: loop)
    }

    /// Writes a response's header and lets its content follow.
    func respond(_ response: HTTPResponse, on loop: EventLoop) {
        guard let exchange else { return }
        let version = exchange.head?.version ?? .http11
        let isHead = exchange.head?.method == .head
        let response = isHead ? response : withinStreamLimits(response, on: loop)
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

    /// The response, or a refusal where it is one event stream too many: a stream with a heartbeat
    /// stays open though there is nothing to send.
    private func withinStreamLimits(
        _ response: HTTPResponse,
        on loop: EventLoop
    ) -> HTTPResponse {
        guard case .stream(let stream) = response.body, stream.heartbeat != nil,
            !response.status.forbidsBody, place == .request, let exchange, let head = exchange.head
        else { return response }
        let client = exchange.client.client
        let verdict = loop.quota.beginStream(for: client, of: owner)
        guard verdict != .admitted else {
            place = .stream(client)
            return response
        }
        loop.countRefusal(.stream, from: exchange.client)
        let error = HTTPError.tooManyStreams(
            limit: verdict == .full
                ? loop.quota.limits.streams : loop.quota.limits.streamsPerClient,
            ofClient: verdict == .clientFull
        )
        return loop.application.response(for: error, to: head)
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
            at: now,
            wallNanoseconds: loop.date.wallNanoseconds(at: now),
            isComplete: isComplete
        )
    }
}
