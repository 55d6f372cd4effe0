/// What an environment is, without making one.
public struct EnvironmentSpecification: Codable, Equatable, Sendable {
    /// The name it is asked for by: `catch`, `atari/breakout`.
    public let id: String

    /// The game in one line.
    public let summary: String

    /// What a state is.
    public let observation: ObservationSpec

    /// What each action does, in the order of their indices.
    public let actionNames: [String]

    /// What can be chosen about it.
    public let options: [EnvironmentOption]

    /// Creates a specification.
    public init(
        id: String,
        summary: String,
        observation: ObservationSpec,
        actionNames: [String],
        options: [EnvironmentOption] = []
    ) {
        self.id = id
        self.summary = summary
        self.observation = observation
        self.actionNames = actionNames
        self.options = options
    }
}
