/// A connection without a socket: bytes in, bytes out, and a clock that is moved by hand.
///
/// Does with a ``ConnectionState`` what ``Connection`` does, for handlers that answer at once; by
/// it tests and fuzzers see how requests are read, with every cut and every moment under control.
package struct OfflineConnection {
    private let application: HTTPApplication
    private let settings: ConnectionSettings
    private var state: ConnectionState
    private var head: RequestHead?
    private var plan: HTTPApplication.Plan?
    private var backlog: [UInt8] = []
    private var now = MonotonicTime(nanoseconds: 0)
    private var requests: UInt64 = 0

    /// All that was sent.
    package private(set) var output: [UInt8] = []
    /// The statuses of all responses, in order; an interim response counts as 100.
    package private(set) var statuses: [Int] = []
    /// How many requests reached a handler.
    package private(set) var handled = 0
    package private(set) var isClosed = false
    /// Whether no more will be sent, though the connection is still read.
    package private(set) var isLingering = false
    /// Whether the socket takes no bytes.
    package var isBlocked = false {
        didSet {
            if isBlocked { state.outputBlocked(at: now) } else { drainOutput() }
        }
    }

    package init(
        application: HTTPApplication,
        limits: HTTPLimits = HTTPLimits(),
        deadlines: HTTPDeadlines = HTTPDeadlines()
    ) {
        self.application = application
        settings = ConnectionSettings(limits: limits, deadlines: deadlines)
        state = ConnectionState(settings: settings, openedAt: now)
    }

    /// Whether bytes are read, not left in the socket.
    package var wantsInput: Bool {
        !isClosed && !isBlocked && state.wantsInput
    }

    package mutating func receive(_ bytes: [UInt8]) {
        backlog += bytes
        while wantsInput, !backlog.isEmpty {
            let input = backlog
            backlog = []
            var offset = 0
            while offset < input.count, !isClosed {
                let (action, taken) = state.receive(input.span.extracting(offset...), at: now)
                offset += taken
                perform(action, hasInput: offset < input.count)
                if taken == 0 { break }
            }
            backlog = Array(input[offset...])
            if offset == 0 { break }
        }
        drainOutput()
    }

    package mutating func receiveEnd() {
        guard wantsInput else { return }
        perform(state.receiveEnd(), hasInput: false)
        drainOutput()
    }

    package mutating func advance(by duration: Duration) {
        now = now + duration
        perform(state.expire(at: now), hasInput: false)
        drainOutput()
    }

    /// How long nothing has to happen before ``advance(by:)`` does something.
    package var patience: Duration {
        state.deadline - now
    }

    /// The socket takes some bytes, but not all.
    package mutating func takeOutput(bytes count: Int) {
        state.outputProgressed(byBytes: count)
    }

    package mutating func drain() {
        perform(state.drain(at: now), hasInput: false)
    }

    private mutating func drainOutput() {
        guard !isBlocked, !isClosed else { return }
        perform(state.outputDrained(hasInput: !backlog.isEmpty, at: now), hasInput: false)
    }

    private mutating func perform(_ action: ConnectionState.Action, hasInput: Bool) {
        switch action {
        case .wait:
            break
        case .route(let head):
            self.head = head
            let plan = application.plan(for: head)
            self.plan = plan
            let next =
                switch plan {
                case .answer: state.decline(at: now)
                case .run(let parameters):
                    state.accept(
                        bodyLimit: parameters.route.bodyLimit(settings.limits),
                        hasInput: hasInput,
                        at: now
                    )
                }
            perform(next, hasInput: hasInput)
        case .sendContinue:
            statuses.append(100)
        case .handle(let body):
            handle(body)
        case .refuse(let error):
            respond(application.response(for: HTTPError(error)))
        case .shutDownWriting:
            isLingering = true
        case .close:
            isClosed = true
        }
    }

    private mutating func handle(_ body: [UInt8]) {
        guard let head, let plan else { return }
        switch plan {
        case .answer(let response):
            respond(response)
        case .run(let parameters):
            guard case .immediate(let handler) = parameters.route.action else {
                preconditionFailure("an offline connection runs immediate handlers only")
            }
            handled += 1
            let request = HTTPRequest(
                head,
                parameters,
                body: body,
                peer: .loopback,
                id: RequestID(seed: 0, number: requests)
            )
            let limit = parameters.route.bodyLimit(settings.limits)
            respond(application.run(handler, request, bodyLimitBytes: limit))
        }
    }

    private mutating func respond(_ response: HTTPResponse) {
        requests += 1
        let context = ResponseEncoder.Context(
            version: head?.version ?? .http11,
            isHead: head?.method == .head,
            staysOpen: state.beginResponse(endsAtClose: false),
            requestID: RequestID(seed: 0, number: requests)
        )
        statuses.append(Int(response.status.code))
        ResponseEncoder.encode(response, context, date: [], into: &output)
        if !context.isHead, !response.status.forbidsBody, case .bytes(let bytes) = response.body {
            output.append(contentsOf: bytes)
        }
        (head, plan) = (nil, nil)
        state.endResponse(at: now)
    }
}
