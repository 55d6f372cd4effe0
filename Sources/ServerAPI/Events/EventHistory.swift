internal import RunStorage

/// The past of a scope, for readers that are behind the ring: those at the same place share what is
/// read from the store and encoded.
actor EventHistory {
    private let source: EventSource
    /// The newest readings, by the event they come after.
    private var readings: [(position: Int, piece: Task<EventPiece?, any Error>)] = []

    /// As many readings are kept, a piece each.
    private static let limit = 32

    init(_ source: EventSource) {
        self.source = source
    }

    /// The events after the one numbered `position`, as many as fit a piece; nil where there are
    /// none yet.
    func piece(after position: Int) async throws -> EventPiece? {
        // That there was nothing is known only of the moment in which it was read.
        if let known = readings.first(where: { $0.position == position }),
            let piece = try await known.piece.value
        {
            return piece
        }
        let reading = Task { [source] in
            var events = source.scope.chosen(of: try await source.events(after: position))[...]
            return events.isEmpty ? nil : EventPiece(&events, of: source.scope)
        }
        readings.append((position, reading))
        if readings.count > Self.limit { readings.removeFirst() }
        let result = await reading.result
        // The next reader may find what was not there this time.
        if case .success(.some) = result {} else { readings.removeAll { $0.piece == reading } }
        return try result.get()
    }
}
