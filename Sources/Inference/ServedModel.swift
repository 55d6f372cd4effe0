internal import BackgroundQueues
internal import Checkpoints
internal import DeepQLearning
internal import MemoryBudgets
public import NeuralNetworks

/// A policy ready to be asked.
public final class ServedModel: Sendable {
    /// The checkpoint it came from.
    public let checkpoint: String
    /// What one state looks like.
    public let input: NetworkInput
    /// Whether Q-values stand in a table, a row for each state, and states are given one-hot.
    public let isTable: Bool
    /// The environment it was trained in.
    public let environment: String
    /// What each action does.
    public let actionNames: [String]
    /// Actions chosen until the policy was written down.
    public let agentSteps: Int
    private let head: ValueHead
    private let batcher: DynamicBatcher
    private let limits: InferenceLimits
    /// Given back when the last request lets go of the model.
    private let memory: MemoryClaim?

    init(
        checkpoint: String,
        _ policy: PolicyCheckpoint,
        limits: InferenceLimits,
        pool: ComputePool,
        memory: MemoryClaim? = nil
    ) throws(InferenceError) {
        self.checkpoint = checkpoint
        self.limits = limits
        self.memory = memory
        environment = policy.environment
        actionNames = policy.actionNames
        agentSteps = policy.policy.agentSteps
        head = policy.policy.head
        input = policy.policy.input
        isTable = if case .table = policy.policy.function { true } else { false }
        let function: QFunction
        do throws(NetworkError) {
            function = try QFunction(
                policy.policy,
                capacity: limits.maxBatchRows,
                workers: limits.cores
            )
        } catch {
            throw .unusable(checkpoint: checkpoint, reason: "\(error)")
        }
        batcher = DynamicBatcher(
            label: "dqn.model.\(checkpoint)",
            maxBatchRows: limits.maxBatchRows,
            maxWaitingRows: limits.maxWaitingRows
        ) { states, count in
            function.rows(of: states, count: count, pool: pool)
        }
    }

    /// The Q-values of states, and what follows from them.
    ///
    /// - Parameter states: Any number of times `input.byteCount` bytes.
    /// - Returns: The answer, a row a state.
    /// - Throws: Where there are too many states, here or waiting.
    public func answer(_ states: [UInt8]) async throws(InferenceError) -> QValueAnswer {
        precondition(states.count.isMultiple(of: input.byteCount), "states are whole")
        let count = states.count / input.byteCount
        guard count > 0 else { return QValueAnswer(values: [], actionCount: actionNames.count) }
        guard count <= limits.maxRequestRows else {
            throw .tooManyStates(count: count, limit: limits.maxRequestRows)
        }
        let rows = try await batcher.values(of: states, count: count)
        let (actions, width) = (actionNames.count, rows.count / count)
        guard width > actions else { return QValueAnswer(values: rows, actionCount: actions) }
        var (values, distributions) = ([Float](), [Float]())
        for start in stride(from: 0, to: rows.count, by: width) {
            values += rows[start..<(start + actions)]
            distributions += rows[(start + actions)..<(start + width)]
        }
        return QValueAnswer(
            values: values,
            actionCount: actions,
            distributions: ReturnDistributions(head, distributions)
        )
    }
}

extension QFunction {
    /// A row a state: its Q-values, then the distributions that they are the expectations of, if any.
    fileprivate func rows(of states: Span<UInt8>, count: Int, pool: ComputePool) -> [Float] {
        let answer = answer(states, count: count, pool: pool)
        guard let distributions = answer.distributions else { return answer.qValues }
        let size = distributions.count / count
        var rows: [Float] = []
        rows.reserveCapacity(answer.qValues.count + distributions.count)
        for row in 0..<count {
            rows += answer.qValues[(row * actionCount)..<((row + 1) * actionCount)]
            rows += distributions[(row * size)..<((row + 1) * size)]
        }
        return rows
    }
}

/// Q-values, a row a state.
public struct QValueAnswer: Equatable, Sendable {
    /// Shape (states, actions), row-major.
    public let values: [Float]
    /// How many actions there are.
    public let actionCount: Int
    /// What the Q-values are the expectations of; nil where the model learned these alone.
    public var distributions: ReturnDistributions?

    /// The Q-values of each state.
    public var rows: [ArraySlice<Float>] {
        stride(from: 0, to: values.count, by: actionCount).map {
            values[$0..<($0 + actionCount)]
        }
    }

    /// The best action of each state, the first where several are as good.
    public var actions: [Int] {
        rows.map { row in
            var best = row.startIndex
            for index in row.indices where row[index] > row[best] {
                best = index
            }
            return best - row.startIndex
        }
    }
}

/// How much one model may be asked for.
public struct InferenceLimits: Sendable {
    /// The cores of one pass.
    public var cores: Int
    /// States of one pass.
    public var maxBatchRows = 32
    /// States of one request.
    public var maxRequestRows = 1024
    /// States that may wait.
    public var maxWaitingRows = 4096
    /// Models kept ready; the one not asked for longest goes first.
    public var maxLoadedModels = 8

    /// The limits of a machine of so many cores.
    public init(cores: Int) {
        self.cores = cores
    }
}
