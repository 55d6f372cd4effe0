/// The newest events of a scope, encoded, for all readers that keep up.
///
/// It holds every event after `floor` up to `newest`, in pieces. The oldest pieces go where there
/// would be too many bytes; a reader that still wants them finds their events in the store.
struct EventRing: Sendable {
    /// The last event that is not held any more.
    private(set) var floor: Int
    /// The last event that is held.
    private(set) var newest: Int
    private(set) var byteCount = 0
    private var pieces: [EventPiece] = []
    private let limitBytes: Int

    /// Creates a ring without events, which goes on after the one numbered `position`.
    init(after position: Int, limitBytes: Int) {
        (floor, newest) = (position, position)
        self.limitBytes = limitBytes
    }

    /// Adds the events that follow the newest.
    mutating func append(_ piece: EventPiece) {
        precondition(piece.last > newest, "event \(piece.last) does not follow \(newest)")
        pieces.append(piece)
        newest = piece.last
        byteCount += piece.bytes.count
        while byteCount > limitBytes, pieces.count > 1 {
            let oldest = pieces.removeFirst()
            floor = oldest.last
            byteCount -= oldest.bytes.count
        }
    }

    /// The first piece of what comes after `position`; nil where nothing does.
    ///
    /// - Parameter position: The number of an event, `floor` or more.
    /// - Returns: The bytes, and the number of their last event.
    func next(after position: Int) -> (bytes: [UInt8], last: Int)? {
        precondition(
            position >= floor,
            "events after \(position) are not held, only after \(floor)"
        )
        guard position < newest else { return nil }
        // From the newest, where nearly all readers are.
        var index = pieces.count - 1
        while index > 0, pieces[index - 1].last > position { index -= 1 }
        return (pieces[index].bytes(after: position), pieces[index].last)
    }
}
