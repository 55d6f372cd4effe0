/// An episode that is being played, or has been.
public struct Episode: Codable, Equatable, Sendable {
    /// The sum of its rewards so far, unclipped.
    public var episodeReturn = 0.0
    /// Its agent steps so far.
    public var length = 0

    /// Before the first step.
    public init() {}
}
