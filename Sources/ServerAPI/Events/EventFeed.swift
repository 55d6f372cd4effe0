internal import HTTPServing
internal import JSONFields
internal import RunStorage
internal import Training

/// The events of one job or of all, from any event on, for as long as there are more to come.
///
/// It fetches from the store when its reader wants more. So a slow reader holds nothing up and
/// nothing is kept for it, and a reader that comes back misses nothing.
struct EventFeed: AsyncSequence {
    typealias Element = ServerSentEvent

    enum Scope: Sendable {
        /// One job, with pictures of it between the events while it runs or without.
        case job(String, sendsFrames: Bool)
        case allJobs
    }

    let services: Services
    let scope: Scope
    /// The last event the reader has.
    let after: Int

    func makeAsyncIterator() -> Iterator {
        Iterator(feed: self)
    }

    struct Iterator: AsyncIteratorProtocol {
        private let feed: EventFeed
        private var position: Int
        private var fetched: ArraySlice<StoredEvent> = []
        private var hasBegun = false
        private var hasEnded = false
        /// The agent step of the last picture, and when the next may be sent.
        private var lastFrame = -1
        private var nextFrameTime = ContinuousClock.now

        /// Pictures are sent at most so often.
        private static let frameInterval = Duration.milliseconds(66)

        init(feed: EventFeed) {
            self.feed = feed
            position = feed.after
        }

        mutating func next() async throws -> ServerSentEvent? {
            while !Task.isCancelled {
                // Before the events, of which a quick job has always more.
                if let frame = await dueFrame() { return frame }
                if let event = fetched.popFirst() {
                    position = event.id
                    defer { hasBegun = true }
                    return ServerSentEvent(
                        data: event.data,
                        event: event.name,
                        id: "\(event.id)",
                        retryMilliseconds: hasBegun ? nil : 2000
                    )
                }
                if hasEnded { return nil }
                // Asked before the events are fetched, so that none is missed in between.
                let newest = try await feed.services.store.newestEvent()
                let isOver = try await feed.isOver
                fetched = try await feed.fetch(after: position)[...]
                guard fetched.isEmpty else { continue }
                hasEnded = isOver
                if hasEnded { continue }
                switch feed.scope {
                case .job(_, sendsFrames: true):
                    try await Task.sleep(until: nextFrameTime)
                case .job, .allJobs:
                    await feed.services.store.waitForEvents(beyond: newest)
                }
            }
            return nil
        }

        /// A picture of what the agent sees, if it is time for one and it has moved since the last.
        private mutating func dueFrame() async -> ServerSentEvent? {
            guard case .job(let id, sendsFrames: true) = feed.scope,
                ContinuousClock.now >= nextFrameTime
            else { return nil }
            nextFrameTime = .now + Self.frameInterval
            guard let view = await feed.services.scheduler.job(id)?.view(),
                view.agentSteps != lastFrame
            else { return nil }
            lastFrame = view.agentSteps
            return ServerSentEvent(data: view.json.description, event: "frame")
        }
    }

    /// Whether no more events can come than those that are written down.
    private var isOver: Bool {
        get async throws {
            if !services.readiness.isReady { return true }
            guard case .job(let id, _) = scope else { return false }
            return try await services.store.job(id)?.state.isEnd ?? true
        }
    }

    private func fetch(after position: Int) async throws -> [StoredEvent] {
        switch scope {
        case .job(let id, _):
            try await services.store.events(ofJob: id, after: position, limit: 200)
        case .allJobs:
            try await services.store.events(after: position, limit: 200).map { event in
                var event = event
                event.data = "{\"job\":\"\(event.job)\"," + event.data.dropFirst()
                return event
            }
        }
    }
}
