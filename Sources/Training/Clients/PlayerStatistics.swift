/// What is measured of a player.
public struct PlayerStatistics: Equatable, Sendable {
    /// Actions whose outcome was told.
    public private(set) var agentSteps = 0
    /// Episodes that have ended.
    public private(set) var episodes = 0
    /// The return of the newest of them.
    public private(set) var lastReturn: Double?
    /// Steps a second from the first call to the newest.
    public var agentStepsPerSecond: Double {
        let seconds = (lastAt ?? 0) - (firstAt ?? 0)
        return seconds > 0 ? Double(agentSteps) / seconds : 0
    }

    private static let keptCount = 1024
    private static let returnCount = 100
    private var firstAt: Double?
    private var lastAt: Double?
    private var waits: [Double] = []
    private var nextWait = 0
    private var returns: [Double] = []
    private var nextReturn = 0

    /// Nothing yet.
    init() {}

    /// The mean return of the last hundred episodes; nil before the first has ended.
    public var meanReturn100: Double? {
        returns.isEmpty ? nil : returns.reduce(0, +) / Double(returns.count)
    }

    /// How long the last thousand calls were waited for: that share of them not longer, in seconds.
    public func actSeconds(quantile share: Double) -> Double? {
        guard !waits.isEmpty else { return nil }
        return waits.sorted()[min(waits.count - 1, Int(share * Double(waits.count)))]
    }

    mutating func countCall(steps: Int, at seconds: Double) {
        agentSteps += steps
        firstAt = firstAt ?? seconds
        lastAt = seconds
    }

    mutating func countAnswer(after seconds: Double) {
        Self.keep(seconds, in: &waits, at: &nextWait, limit: Self.keptCount)
    }

    mutating func countEpisode(_ episodeReturn: Double) {
        episodes += 1
        lastReturn = episodeReturn
        Self.keep(episodeReturn, in: &returns, at: &nextReturn, limit: Self.returnCount)
    }

    /// Keeps the newest numbers.
    private static func keep(
        _ number: Double,
        in numbers: inout [Double],
        at next: inout Int,
        limit: Int
    ) {
        if numbers.count < limit {
            numbers.append(number)
        } else {
            numbers[next] = number
        }
        next = (next + 1) % limit
    }
}
