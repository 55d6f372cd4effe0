public import Environments

/// What one agent of a player tells: what its last action brought, and what it sees now.
public struct ClientStep: Equatable, Sendable {
    /// The observation, as it is learned from: `frameByteCount` bytes.
    public var frame: [UInt8]
    /// What the last action brought; nil where the observation begins an episode.
    public var reward: Float?
    /// How the episode ended with this observation, if it did.
    public var end: TimeStep.EpisodeEnd?
    /// What was done, where it was not what the server had asked for.
    public var actionTaken: Int?
    /// Whether the observation begins an episode though the last one has not ended: that is cut as a
    /// time-out at its last observation.
    public var isReset: Bool

    /// Creates a step; by default one that begins an episode.
    public init(
        frame: [UInt8],
        reward: Float? = nil,
        end: TimeStep.EpisodeEnd? = nil,
        actionTaken: Int? = nil,
        isReset: Bool = false
    ) {
        self.frame = frame
        self.reward = reward
        self.end = end
        self.actionTaken = actionTaken
        self.isReset = isReset
    }
}

/// What a player tells with one call.
public struct ClientCall: Equatable, Sendable {
    /// What each agent tells, oldest first; nothing where it is empty.
    public var steps: [[ClientStep]]
    /// Whether the agents are to be told what to do; they act by themselves where they are not.
    public var wantsActions: Bool

    /// Creates a call.
    public init(_ steps: [[ClientStep]], wantsActions: Bool = true) {
        self.steps = steps
        self.wantsActions = wantsActions
    }
}

/// What one agent of a player is to do.
public struct ClientAction: Equatable, Sendable {
    /// The number of the action; nil after an episode's last observation.
    public var action: Int?
    /// Whether it was drawn at random.
    public var isExploring: Bool
    /// The values it is the best by; nil where it was drawn at random.
    public var qValues: [Float]?

    /// Creates an action.
    package init(action: Int?, isExploring: Bool, qValues: [Float]?) {
        self.action = action
        self.isExploring = isExploring
        self.qValues = qValues
    }
}

/// The answer to a player's call.
public struct ClientAnswer: Equatable, Sendable {
    /// The number of the call.
    public var sequence: Int
    /// How many gradient updates led to what was acted by.
    public var parametersVersion: Int
    /// What each agent is to do; nil for one that told nothing, or acts by itself.
    public var actions: [ClientAction?]

    /// Creates an answer.
    package init(sequence: Int, parametersVersion: Int, actions: [ClientAction?]) {
        self.sequence = sequence
        self.parametersVersion = parametersVersion
        self.actions = actions
    }
}

/// Whether a player's steps are learned from.
public enum PlayerMode: String, CaseIterable, Sendable {
    /// Its agents explore, and what they see is learned from.
    case train
    /// Its agents do what is known to be best, and nothing is learned from them.
    case evaluate
}

/// Why a player's call cannot be carried out.
public enum ClientError: Error, Equatable, CustomStringConvertible {
    /// No player has this id, or it was not heard within its lease.
    case noPlayer(String)
    /// The job has no room for so many more agents that are learned from.
    case noSeats(asked: Int, free: Int, all: Int)
    /// The job has as many players as it takes.
    case tooManyPlayers(limit: Int)
    /// A call came out of turn.
    case outOfTurn(sequence: Int, expected: Int)
    /// A call came while the one before it was not answered.
    case busy(sequence: Int)
    /// A step cannot follow the one before it; the place is that of a field in the call.
    case wrongStep(place: String, reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .noPlayer(let id):
            "there is no player \"\(id)\": it left, was not heard within its lease, or the server "
                + "was started anew since; POST /v1/jobs/{id}/players makes another"
        case .noSeats(let asked, let free, let all):
            "\(asked) agents are asked for and \(free) of \(all) are free: a job is made with as "
                + "many as play at once, hyperparameters.environment_count"
        case .tooManyPlayers(let limit):
            "the job has \(limit) players already, which is the most"
        case .outOfTurn(let sequence, let expected):
            "sequence is \(sequence), expected \(expected), or \(expected - 1) for the last answer "
                + "again"
        case .busy(let sequence):
            "sequence \(sequence) is not answered yet: a player's calls come one after the other"
        case .wrongStep(let place, let reason): "\(place): \(reason)"
        }
    }
}
