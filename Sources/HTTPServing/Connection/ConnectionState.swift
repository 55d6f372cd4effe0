/// What one connection waits for, as a machine without sockets or clocks: what happens goes in,
/// what to do about it comes out (RFC 9112 §9).
///
/// The shell hands in received bytes, ends and moments, and performs the actions: see
/// ``Connection``.
struct ConnectionState: Sendable {
    enum Action: Sendable {
        /// Nothing until the next input, or until the response under way has ended.
        case wait
        /// Find out who takes this request, then call ``accept(bodyLimit:hasInput:at:)`` or
        /// ``decline(at:)``.
        case route(RequestHead)
        /// Send the interim response 100 and read on (RFC 9110 §15.2.1).
        case sendContinue
        /// The request is complete: run its handler, then call
        /// ``ConnectionState/beginResponse(endsAtClose:)``.
        case handle(body: [UInt8])
        /// Answer with this error; the connection closes after it.
        case refuse(HTTPParseError)
        /// Say that no more will be sent, and go on reading until the client ends too.
        case shutDownWriting
        case close
    }

    enum Phase: Sendable {
        /// Between two requests, or within a header.
        case head
        case routing
        case body(BodyDecoder)
        /// A handler or its response is under way; bytes of the next request wait.
        case responding
        /// The last response is on its way out.
        case ending
        /// It is out; the client has still to end.
        case lingering
        case closed
    }

    /// How much of the body of a declined request is read to keep the connection.
    static let droppedBodyBytes = 64 << 10

    let settings: ConnectionSettings
    private(set) var phase = Phase.head
    private var parser = RequestHeadParser()
    private var requests = 0
    private var isPersistent = true
    private var framing = RequestHead.Framing.length(0)
    private var expectsContinue = false
    private var isDraining = false
    /// Whether the connection is beyond the limits, and carries one request at most.
    private var isReserved: Bool
    private var clientHasEnded = false
    /// Whether the client has said itself that this request is its last.
    private var clientKnows = false
    /// Whether bytes of the client may come that nobody will read.
    private var hasUnreadInput = false
    private(set) var clock: PhaseClock

    init(settings: ConnectionSettings, openedAt now: MonotonicTime, isReserved: Bool = false) {
        self.settings = settings
        self.isReserved = isReserved
        clock = PhaseClock(openedAt: now)
    }

    /// Whether the connection waits for a request of which nothing has come.
    var isIdle: Bool {
        if case .head = phase { !parser.hasBegun } else { false }
    }

    /// Whether no request has come, or only a part of its header.
    var isAwaitingHead: Bool {
        if case .head = phase { true } else { false }
    }

    /// Whether the connection has brought a request.
    var hasAsked: Bool {
        requests > 0
    }

    /// The connection is within the limits now.
    mutating func leaveReserve() {
        isReserved = false
    }

    /// Whether bytes from the client are of use now; else they are left in the socket.
    var wantsInput: Bool {
        switch phase {
        case .head, .body, .lingering: true
        case .routing, .responding, .ending, .closed: false
        }
    }

    var isReadingBody: Bool {
        if case .body = phase { true } else { false }
    }

    /// Takes bytes from the client.
    /// - Returns: What to do, and how many bytes were taken; call again with the rest unless the
    ///   action is to wait.
    mutating func receive(
        _ input: Span<UInt8>,
        at now: MonotonicTime
    ) -> (action: Action, taken: Int) {
        do throws(HTTPParseError) {
            switch phase {
            case .head:
                guard let (head, taken) = try parser.parse(input, limits: settings.limits) else {
                    if parser.hasBegun { clock.beginHead(at: now) }
                    return (.wait, input.count)
                }
                begin(head)
                return (.route(head), taken)
            case .body(var decoder):
                phase = .routing
                let taken = try decoder.decode(input, limits: settings.limits)
                clock.bodyBytes = decoder.body.count
                guard decoder.isComplete else {
                    phase = .body(decoder)
                    return (.wait, taken)
                }
                phase = .responding
                return (.handle(body: decoder.body), taken)
            case .lingering, .ending, .closed:
                hasUnreadInput = true
                return (.wait, input.count)
            case .routing, .responding:
                return (.wait, 0)
            }
        } catch {
            return (refuse(error), input.count)
        }
    }

    private mutating func begin(_ head: RequestHead) {
        requests += 1
        phase = .routing
        framing = head.framing
        expectsContinue = head.expectsContinue
        clientKnows = !head.isPersistent
        isPersistent =
            head.isPersistent && requests < settings.limits.requestsPerConnection
    }

    /// The request has a taker, who reads at most `bodyLimit` bytes of body; `hasInput` says that
    /// bytes after the header are there already.
    mutating func accept(bodyLimit: Int, hasInput: Bool, at now: MonotonicTime) -> Action {
        guard framing != .length(0) else {
            phase = .responding
            return .handle(body: [])
        }
        do {
            phase = .body(try BodyDecoder(framing, limit: bodyLimit))
        } catch {
            return refuse(error)
        }
        clock.beginBody(at: now)
        // RFC 9110 §10.1.1: no 100 where the body is on its way already.
        return expectsContinue && !hasInput ? .sendContinue : .wait
    }

    /// Nobody takes the request.
    ///
    /// A small body is read and dropped, so that the connection can be kept; before any other the
    /// connection has to close.
    mutating func decline(at now: MonotonicTime) -> Action {
        switch framing {
        case .length(0):
            return accept(bodyLimit: 0, hasInput: true, at: now)
        case .length(let length) where length <= Self.droppedBodyBytes && !expectsContinue:
            return accept(bodyLimit: length, hasInput: true, at: now)
        case .length, .chunked:
            phase = .responding
            (isPersistent, hasUnreadInput) = (false, true)
            return .handle(body: [])
        }
    }

    /// Ends reading; the answer to what cannot be read is the connection's last.
    mutating func refuse(_ error: HTTPParseError) -> Action {
        phase = .responding
        (isPersistent, hasUnreadInput) = (false, true)
        return .refuse(error)
    }

    /// A response begins.
    /// - Parameter endsAtClose: Whether only the end of the connection will tell its end.
    /// - Returns: Whether the connection stays open after it.
    mutating func beginResponse(endsAtClose: Bool) -> Bool {
        if isDraining || isReserved || endsAtClose { isPersistent = false }
        return isPersistent
    }

    /// The last byte of a response has been handed on, though perhaps not taken by the socket.
    mutating func endResponse(at now: MonotonicTime) {
        // A stream may have begun before the server was told to stop.
        phase = isPersistent && !isDraining && !isReserved ? .head : .ending
        clock.beginIdle(at: now)
    }

    /// All output has been taken by the socket; `hasInput` says that bytes of the client are left
    /// that nobody will read.
    mutating func outputDrained(hasInput: Bool, at now: MonotonicTime) -> Action {
        let wasBlocked = clock.isWriting
        clock.endWrite()
        guard case .ending = phase else {
            if wasBlocked, isIdle { clock.beginIdle(at: now) }
            return .wait
        }
        // Closing a socket with unread bytes, or bytes on their way, resets the connection, and a
        // reset destroys what the client has not read yet (RFC 9112 §9.6).
        guard !clientHasEnded, !clientKnows || hasUnreadInput || hasInput else { return close() }
        phase = .lingering
        clock.beginLinger(at: now)
        return .shutDownWriting
    }

    /// The socket takes no more for now.
    mutating func outputBlocked(at now: MonotonicTime) {
        clock.beginWrite(at: now)
    }

    mutating func outputProgressed(byBytes count: Int) {
        clock.writtenBytes += count
    }

    /// The client will send no more; it may still read (RFC 9112 §9.6).
    mutating func receiveEnd() -> Action {
        clientHasEnded = true
        switch phase {
        case .head:
            // A response that the socket has not taken yet is still owed.
            guard clock.isWriting else { return close() }
            phase = .ending
            return .wait
        case .body: return refuse(.endsInBody)
        case .lingering: return close()
        case .routing, .responding, .ending, .closed: return .wait
        }
    }

    /// The server takes no more requests; one that is complete is answered, and one that has begun
    /// has a moment to become so.
    mutating func drain(at now: MonotonicTime) -> Action {
        isDraining = true
        clock.beginDrain(at: now)
        guard isIdle else { return .wait }
        guard clock.isWriting else { return close() }
        phase = .ending
        return .wait
    }

    private mutating func close() -> Action {
        phase = .closed
        return .close
    }
}

extension ConnectionState {
    /// When ``expire(at:)`` has to be called, unless something happens before.
    var deadline: MonotonicTime {
        let writing = clock.writeDeadline(settings)
        switch phase {
        case .head where clock.isWriting: return writing
        case .head where isReserved: return clock.reservedDeadline(settings)
        case .head where parser.hasBegun:
            return min(clock.headDeadline(settings), clock.drainDeadline(settings))
        case .head: return clock.idleDeadline(settings)
        case .body:
            let reading = min(clock.bodyDeadline(settings), clock.drainDeadline(settings))
            return min(writing, reading)
        case .routing, .responding, .ending: return writing
        case .lingering: return clock.lingerDeadline(settings)
        case .closed: return .distantFuture
        }
    }

    /// What to do about the time that has passed.
    mutating func expire(at now: MonotonicTime) -> Action {
        guard deadline <= now else { return .wait }
        if clock.writeDeadline(settings) <= now {
            return clock.continueWrite(at: now, settings) ? .wait : close()
        }
        switch phase {
        case .head where isReserved:
            return refuse(.tooManyConnections)
        case .head where parser.hasBegun && isDraining, .body where isDraining:
            return refuse(.shuttingDown)
        case .head where parser.hasBegun:
            return refuse(.headTimedOut(limit: settings.deadlines.header))
        case .body: return refuse(.bodyTimedOut(limit: settings.deadlines.body))
        case .head, .lingering: return close()
        case .routing, .responding, .ending, .closed: return .wait
        }
    }
}
