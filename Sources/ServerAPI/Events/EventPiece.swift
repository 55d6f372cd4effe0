internal import HTTPServing
internal import RunStorage

/// Events as they are sent, in one run of bytes for all who read them.
struct EventPiece: Sendable {
    /// Not empty.
    private(set) var bytes: [UInt8] = []
    /// The number of each event, and where in `bytes` it ends.
    private var ends: [(id: Int, end: Int)] = []

    /// A piece is complete once it has so many bytes; a slow reader has at most one piece waiting.
    static let fullBytes = 64 << 10

    /// Encodes events from the front, which are removed, until there are none or the piece is full.
    ///
    /// - Parameters:
    ///   - events: At least one, numbered in ascending order.
    ///   - scope: Whose they are: only those of all jobs name their job.
    init(_ events: inout ArraySlice<StoredEvent>, of scope: EventScope) {
        precondition(!events.isEmpty, "a piece holds at least one event")
        while bytes.count < Self.fullBytes, let event = events.popFirst() {
            bytes +=
                ServerSentEvent(
                    data: scope.data(of: event),
                    event: event.name,
                    id: "\(event.id)"
                ).bytes
            ends.append((event.id, bytes.count))
        }
    }

    /// The number of the last event.
    var last: Int {
        ends[ends.count - 1].id
    }

    /// The events after the one numbered `position`, of which there is at least one.
    func bytes(after position: Int) -> [UInt8] {
        precondition(position < last, "the piece ends with event \(last), not after \(position)")
        guard let seen = ends.lastIndex(where: { $0.id <= position }) else { return bytes }
        return Array(bytes[ends[seen].end...])
    }
}
