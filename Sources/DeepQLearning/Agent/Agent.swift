public import BackgroundQueues
public import Snapshots

/// What learns by acting, whatever it learns with: the half of Algorithm 1 that is not the environment.
///
/// It may act in several environments at once, each with experience of its own. Not for use by two threads at
/// once. The order of calls is `beginEpisode` where an episode begins, then again and again
/// `selectActions`, `record` once for every environment it was asked for, and `learn`.
public protocol Agent: AnyObject {
    /// How far the agent has come.
    var counts: AgentCounts { get }
    /// How often the next action is chosen at random.
    var epsilon: Float { get }
    /// Frames held for replay.
    var replaySize: Int { get }
    /// In how many environments the agent acts at once.
    var environmentCount: Int { get }

    /// Sees the first frame of an episode of one environment.
    func beginEpisode(_ frame: Span<UInt8>, environment: Int)
    /// Chooses the next action of some environments: of all, unless ``actsInAnyOrder``.
    ///
    /// - Parameters:
    ///   - environments: Their numbers, ascending.
    ///   - pool: The cores to use.
    /// - Returns: An action for each.
    func selectActions(in environments: [Int], pool: ComputePool) -> [Int]
    /// Whether its environments may be at different steps: whoever is ready is acted in.
    var actsInAnyOrder: Bool { get }
    /// The values that the newest action of one environment was chosen by; nil where it was drawn at
    /// random, or not chosen in the newest round.
    func latestValues(in environment: Int) -> [Float]?
    /// Takes in what came of the action of one environment.
    ///
    /// - Parameters:
    ///   - action: What was done.
    ///   - reward: What it brought, uncut.
    ///   - isTerminal: Whether nothing that comes after counts for learning.
    ///   - frame: What was seen next.
    ///   - environment: In which environment.
    func record(action: Int, reward: Float, isTerminal: Bool, frame: Span<UInt8>, environment: Int)
    /// Notes which updates are due after the actions just recorded; `learn` does so itself.
    /// - Returns: What was seen in those due earlier and made, where others are left of them.
    func noteDueUpdates() throws(AgentError) -> LearningSummary?
    /// Makes the updates that are due after the actions just recorded, or begins them and takes in
    /// those begun before; where it is interrupted, the next call goes on.
    func learn(pool: ComputePool) throws(AgentError) -> LearningSummary?
    /// Whether `learn` has left updates that are due: it is to be called again, before the next
    /// action where every update is to be made at its step.
    var isLearning: Bool { get }
    /// How many updates are due and not made or begun.
    var dueUpdates: Int { get }
    /// Takes in the updates that were begun and not taken in yet, when there will be no more steps.
    func finishLearning() throws(AgentError) -> LearningSummary?
    /// Returns when nothing is computed in the background.
    func rest()
    /// The newest action chosen in the first environment; nil before the first since the agent was
    /// made or restored.
    var lastChoice: AgentChoice? { get }
    /// The bytes of the first environment's newest state: a stack of frames, oldest first.
    func newestState() -> [UInt8]
    /// The Q-values of a state, as an action in it would be chosen by now.
    func qValues(of state: [UInt8], pool: ComputePool) -> [Float]
    /// What is known now, to act on elsewhere; updates under way are waited for.
    func policySnapshot() -> PolicySnapshot
    /// Hands the frames of its experience to a journal that it has not got yet, where they are worth a
    /// piece of it.
    func write(to journal: FrameJournal)
    /// What is acted on at the moment, without waiting for updates under way.
    func actingSnapshot() -> PolicySnapshot
    /// Writes all that the agent is made of; updates under way are waited for.
    func write(to writer: SnapshotWriter) throws(SnapshotError)
    /// Becomes what was written: an agent of the same hyperparameters then goes on to the bit as the
    /// one that was.
    func restore(from reader: SnapshotReader) throws(SnapshotError)
}

extension Agent {
    /// An agent without experience has no frames.
    public func write(to journal: FrameJournal) {}

    /// Chooses the next action of every environment.
    public func selectActions(pool: ComputePool) -> [Int] {
        selectActions(in: Array(0..<environmentCount), pool: pool)
    }

    /// Most agents make their updates in one go.
    public func noteDueUpdates() throws(AgentError) -> LearningSummary? { nil }

    /// Most agents make their updates in one go.
    public var isLearning: Bool { false }

    /// Most agents make their updates in one go.
    public var dueUpdates: Int { 0 }

    /// Most agents act in all of their environments at once.
    public var actsInAnyOrder: Bool { false }

    /// Most agents do not tell.
    public func latestValues(in environment: Int) -> [Float]? { nil }

    /// Most agents act on what they know.
    public func actingSnapshot() -> PolicySnapshot { policySnapshot() }
}

/// How far an agent has come.
public struct AgentCounts: Codable, Equatable, Sendable {
    /// Actions whose outcome was recorded.
    public var agentSteps = 0
    /// Gradient updates, or updates of the table.
    public var gradientUpdates = 0

    /// Nothing done yet.
    public init() {}
}

/// The updates of one round, averaged.
public struct LearningSummary: Codable, Equatable, Sendable {
    /// How many updates.
    public var updates = 0
    /// Mean loss of one transition.
    public var loss = 0.0
    /// Mean of maxₐ Q(s, a).
    public var meanQ = 0.0
    /// Mean of |y − Q(s, a)|.
    public var meanAbsoluteTDError = 0.0

    /// No update yet.
    public init() {}

    /// Takes in one update more.
    mutating func add(loss: Float, meanQ: Float, meanAbsoluteTDError: Float) {
        updates += 1
        let share = 1 / Double(updates)
        self.loss += (Double(loss) - self.loss) * share
        self.meanQ += (Double(meanQ) - self.meanQ) * share
        self.meanAbsoluteTDError += (Double(meanAbsoluteTDError) - self.meanAbsoluteTDError) * share
    }
}

/// Why an agent cannot be made, or cannot go on.
public enum AgentError: Error, Equatable, CustomStringConvertible {
    /// The network does not fit the observations or itself.
    case network(String)
    /// The system has no memory for a part of the agent.
    case memory(String)
    /// The loss is no number any more.
    case diverged(gradientUpdates: Int, loss: Float)
    /// The hyperparameters cannot be met together.
    case hyperparameters(String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .network(let reason): "network: \(reason)"
        case .memory(let reason): reason
        case .diverged(let updates, let loss):
            "the loss became \(loss) at gradient update \(updates); a smaller learning rate may help"
        case .hyperparameters(let reason): reason
        }
    }
}
