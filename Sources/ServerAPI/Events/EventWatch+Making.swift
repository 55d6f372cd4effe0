internal import RunStorage
internal import Training

extension EventWatch {
    /// Readers are woken at most so often by events, however often these are written.
    private static let gap = Duration.milliseconds(100)

    /// Reads what is written after `position`, until no more can come or nobody reads any more.
    func follow(from position: Int) async {
        // Made before the first reading, so that nothing is missed in between.
        let listener = source.listen()
        var position = position
        do {
            while !Task.isCancelled {
                // Asked before the events are read, so that the last of them is among them.
                let isOver = try await source.isOver
                let batch = try await source.events(after: position)
                let isAll = batch.count < EventSource.batch
                var events = source.scope.chosen(of: batch)[...]
                while !events.isEmpty {
                    let piece = EventPiece(&events, of: source.scope)
                    position = piece.last
                    add(piece)
                }
                guard isAll else { continue }
                if isOver { return end() }
                try await clock.sleep(clock.now() + Self.gap)
                await listener.next()
            }
        } catch {
            if !Task.isCancelled { fail(error) }
        }
    }

    /// Makes pictures of the job while it runs, as often as ``AgentViews`` allows.
    func look() async {
        guard let id = source.scope.job else { return }
        var agentSteps: Int?
        while !Task.isCancelled {
            var next = clock.now() + SharedView.interval
            if isPictureTaken, let shared = await views.view(ofJob: id) {
                if shared.view.agentSteps != agentSteps {
                    agentSteps = shared.view.agentSteps
                    show(await shared.eventBytes)
                }
                next = max(next, await shared.freshUntil)
            }
            guard (try? await clock.sleep(next)) != nil else { return }
        }
    }
}
