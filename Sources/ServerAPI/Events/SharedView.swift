internal import Frames
internal import HTTPServing
internal import JSONFields
internal import Training

/// One look at an agent and what was made of it: each picture is encoded once, for all who want it.
actor SharedView {
    /// A part of the view that can be shown.
    enum Picture: Hashable {
        /// The newest frame of what the agent sees; where that is no picture, the screen.
        case newest
        /// All frames of what the agent sees, side by side.
        case stack
        /// The game as a person would see it.
        case screen
    }

    private struct Key: Hashable {
        var picture: Picture
        var scale: Int
    }

    /// The least time between two looks at a job: 15 pictures a second look smooth.
    static let interval = Duration.nanoseconds(66_666_667)
    /// The largest share of the time that may go into looking: where a network is large, or a
    /// picture, there are fewer.
    static let shareOfTime = 0.02

    nonisolated let view: AgentView
    private let clock: WatchClock
    private var lookedAt: ContinuousClock.Instant
    /// What the look and all that was made of it have taken.
    private var cost: Duration
    private var pngs: [Key: [UInt8]] = [:]
    private var event: [UInt8]?

    init(_ view: AgentView, at time: ContinuousClock.Instant, cost: Duration, clock: WatchClock) {
        self.view = view
        self.clock = clock
        self.cost = cost
        lookedAt = time
    }

    /// When the job may be looked at again.
    var freshUntil: ContinuousClock.Instant {
        lookedAt + max(Self.interval, cost / Self.shareOfTime)
    }

    /// Notes that the agent has not moved since.
    func confirm(at time: ContinuousClock.Instant) {
        (lookedAt, cost) = (time, .zero)
    }

    /// A picture as PNG, so many times larger; nil where the environment has none.
    func png(_ picture: Picture, scale: Int = 1) -> [UInt8]? {
        let key = Key(picture: picture, scale: scale)
        if let png = pngs[key] { return png }
        guard let frame = view.frame(picture) else { return nil }
        let png = timed { (scale == 1 ? frame : frame.scaled(by: scale)).png(favorsSpeed: true) }
        pngs[key] = png
        return png
    }

    /// The view as a `frame` event.
    var eventBytes: [UInt8] {
        if let event { return event }
        let newest = png(.newest)
        let screen = view.observations.isEmpty ? nil : png(.screen)
        let bytes = timed {
            ServerSentEvent(
                data: view.json(png: newest, screenPNG: screen).description,
                event: "frame"
            ).bytes
        }
        event = bytes
        return bytes
    }

    private func timed<Result>(_ body: () -> Result) -> Result {
        let start = clock.now()
        defer { cost += clock.now() - start }
        return body()
    }
}
