/// One event of an event stream (WHATWG HTML §9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// Where a client that lost the connection goes on, by `Last-Event-ID`.
    public var id: String?
    /// The kind of event that listeners ask for; nil is "message".
    public var event: String?
    /// The text, which may have several lines.
    ///
    /// Without it clients are told of no event, but take the identifier and the time.
    public var data: String?
    /// How long a client waits before it connects again.
    public var retryMilliseconds: Int?

    /// Creates an event of its parts.
    public init(
        data: String? = nil,
        event: String? = nil,
        id: String? = nil,
        retryMilliseconds: Int? = nil
    ) {
        self.data = data
        self.event = event
        self.id = id
        self.retryMilliseconds = retryMilliseconds
    }

    /// The event as it is sent, with the empty line that ends it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity((data?.utf8.count ?? 0) + 64)
        func add(_ name: StaticString, _ value: some Sequence<UInt8>) {
            bytes.append(name)
            bytes.append(contentsOf: value)
            bytes.append(.lineFeed)
        }
        if let retryMilliseconds { add("retry: ", String(retryMilliseconds).utf8) }
        if let id { add("id: ", Self.line(id)) }
        if let event { add("event: ", Self.line(event)) }
        for line in data.map(Self.lines) ?? [] {
            add("data: ", line)
        }
        bytes.append(.lineFeed)
        return bytes
    }

    /// A comment, which clients ignore.
    public static let heartbeat = Array(":\n\n".utf8)

    /// CR LF, LF and CR each end a line; seen as bytes, since CR LF is one character of a string.
    private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] == .lineFeed || bytes[index] == .carriageReturn {
                lines.append(bytes[start..<index])
                let isPair = bytes[index...].starts(with: [.carriageReturn, .lineFeed])
                index += isPair ? 2 : 1
                start = index
            } else {
                index += 1
            }
        }
        return lines + [bytes[start...]]
    }

    /// Identifiers and kinds are one line; NUL makes clients ignore an identifier.
    private static func line(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != .lineFeed && $0 != .carriageReturn && $0 != 0 }
    }
}

extension HTTPResponse {
    /// Sends events as they come, and a comment where none comes for the time of `heartbeat`.
    public static func events<Events: AsyncSequence & Sendable>(
        _ events: Events,
        heartbeat: Duration = .seconds(15)
    ) -> HTTPResponse where Events.Element == ServerSentEvent {
        .encodedEvents(events.map(\.bytes), heartbeat: heartbeat)
    }

    /// Sends events that are encoded already, any number in a piece, as ``events(_:heartbeat:)``
    /// does.
    public static func encodedEvents<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces,
        heartbeat: Duration = .seconds(15)
    ) -> HTTPResponse where Pieces.Element == [UInt8] {
        HTTPResponse(
            headers: [
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-cache",
                // Some proxies hold back what they are not told to pass on.
                "X-Accel-Buffering": "no",
            ],
            body: .stream(
                HTTPStream(pieces)
                    .heartbeat(ServerSentEvent.heartbeat, every: heartbeat)
            )
        )
    }
}
