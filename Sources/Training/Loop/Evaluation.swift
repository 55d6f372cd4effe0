public import BackgroundQueues
public import DeepQLearning
public import Environments
internal import Frames
public import RandomNumbers

/// A policy at play without learning, in a world of its own: nothing of the training moves.
public struct Evaluation {
    private var environment: any Environment
    private let policy: QFunction
    private let epsilon: Float
    private var generator: RandomGenerator

    /// Prepares a policy to play.
    ///
    /// - Parameters:
    ///   - environment: A world that nobody else plays in.
    ///   - policy: What gives Q-values.
    ///   - epsilon: How often an action is chosen at random.
    ///   - generator: Where those choices come from.
    public init(
        environment: any Environment,
        policy: QFunction,
        epsilon: Float,
        generator: RandomGenerator
    ) {
        self.environment = environment
        self.policy = policy
        self.epsilon = epsilon
        self.generator = generator
    }

    /// Plays one episode.
    ///
    /// - Parameters:
    ///   - pool: The cores to use.
    ///   - watch: Called after every step, and once before the first, with the world as it is.
    /// - Returns: The sum of the uncut rewards, and how many actions were chosen.
    /// - Throws: Where the environment cannot go on.
    public mutating func playEpisode(
        pool: ComputePool,
        watch: (any Environment) throws -> Void = { _ in }
    ) throws -> (episodeReturn: Double, length: Int) {
        let observation = environment.specification.observation
        var frame = [UInt8](repeating: 0, count: observation.frameByteCount)
        var stack = FrameStack(depth: observation.stack, frameByteCount: frame.count)
        _ = try Self.write(&frame) { span in try environment.reset(into: &span) }
        stack.begin(with: frame.span)
        try watch(environment)
        var (episodeReturn, length) = (0.0, 0)
        while true {
            let action = chooseAction(stack, pool: pool)
            let timeStep = try Self.write(&frame) { span in
                try environment.step(action, into: &span)
            }
            stack.push(frame.span)
            episodeReturn += Double(timeStep.reward)
            length += 1
            try watch(environment)
            if timeStep.episodeEnd != nil {
                return (episodeReturn, length)
            }
        }
    }

    /// Plays `episodes` episodes and sums them up.
    public mutating func run(episodes: Int, pool: ComputePool) throws -> EvaluationSummary {
        var (returns, lengths) = ([Double](), [Int]())
        for _ in 0..<episodes {
            let episode = try playEpisode(pool: pool)
            returns.append(episode.episodeReturn)
            lengths.append(episode.length)
        }
        return EvaluationSummary(returns: returns, lengths: lengths, epsilon: epsilon)
    }

    private mutating func chooseAction(_ stack: FrameStack, pool: ComputePool) -> Int {
        let exploratory = EpsilonGreedy.exploratoryAction(
            epsilon: epsilon,
            actionCount: policy.actionCount,
            using: &generator
        )
        if let exploratory { return exploratory }
        let values = policy.qValues(of: stack.bytes.span, count: 1, pool: pool)
        return EpsilonGreedy.greedyAction(values.span, using: &generator)
    }

    private static func write<Result>(
        _ frame: inout [UInt8],
        _ body: (inout MutableSpan<UInt8>) throws -> Result
    ) rethrows -> Result {
        var span = frame.mutableSpan
        return try body(&span)
    }
}
