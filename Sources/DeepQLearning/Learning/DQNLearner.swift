public import BackgroundQueues
public import ExperienceReplay
public import NeuralNetworks
public import RandomNumbers
public import Tensors

/// The learning half of the agent: two networks and the rule that moves one of them.
///
/// Mnih et al. 2015, Algorithm 1, lines 11 to 14. All memory is made at first and used again.
public struct DQNLearner: ~Copyable, Sendable {
    /// What one update saw.
    public struct Outcome: Equatable, Sendable {
        /// The batch's mean loss, whatever the reduction.
        public var loss: Float
        /// The mean of maxₐ Q(s, a) over the batch.
        public var meanQ: Float
        /// The mean of |y − Q(s, a)| over the batch.
        public var meanAbsoluteTDError: Float
        /// The gradient's length before it was shortened.
        public var gradientNorm: Float?
    }

    /// The network that learns and acts.
    public private(set) var online: QNetwork
    /// The parameters that targets are bootstrapped from: the online network's of a while ago.
    public private(set) var target: PreparedNetwork
    /// The rule with its moments.
    public private(set) var optimizer: Optimizer
    private let hyperparameters: DQNHyperparameters
    private var gradient: FloatBuffer
    private var evaluation: BatchEvaluation
    /// What resets draw their parameters from, each from a stream of its own.
    private let resets: RandomStreams
    /// Whether the online network has learned anything since the target was made equal to it.
    private var isTargetBehind = true

    /// Starts from given parameters, which both networks get.
    ///
    /// - Parameters:
    ///   - network: The layers.
    ///   - parameters: A block of their parameters.
    ///   - hyperparameters: The constants of learning.
    ///   - generator: Where all that updates draw comes from, beside their transitions.
    ///   - resets: What resets draw their parameters from.
    ///   - workers: The width of the widest pool that updates run on.
    /// - Throws: `NetworkError.memory` where there is none.
    public init(
        network: Sequential,
        parameters: consuming FloatBuffer,
        hyperparameters: DQNHyperparameters,
        generator: RandomGenerator = RandomGenerator(seed: 0),
        resets: RandomStreams = RandomStreams(seed: 0),
        workers: Int
    ) throws(NetworkError) {
        let network = try network.asked(fractionCount: hyperparameters.onlineHead.fractionCount)
        let optimizer = try Optimizer(
            hyperparameters.optimizer,
            parameterCount: network.parameterCount
        )
        let gradient = try Self.makeGradient(network, hyperparameters)
        let target = try PreparedNetwork(
            network.asked(fractionCount: hyperparameters.targetHead.fractionCount),
            copying: parameters.span
        )
        let evaluation = try BatchEvaluation(
            network: network,
            hyperparameters: hyperparameters,
            generator: generator,
            workers: workers
        )
        self.hyperparameters = hyperparameters
        self.resets = resets
        self.optimizer = optimizer
        self.gradient = gradient
        self.target = target
        online = QNetwork(
            network: network,
            head: hyperparameters.valueHead,
            parameters: parameters
        )
        self.evaluation = evaluation
    }

    private static func makeGradient(
        _ network: Sequential,
        _ hyperparameters: DQNHyperparameters
    ) throws(NetworkError) -> FloatBuffer {
        let count = hyperparameters.needsWholeGradient ? network.parameterCount : 0
        do throws(AllocationError) {
            return try FloatBuffer(allocating: count)
        } catch {
            throw .memory(part: "the gradient", byteCount: error.byteCount)
        }
    }

    /// Moves the online network a step towards the targets that the target network gives.
    ///
    /// - Parameters:
    ///   - batch: `hyperparameters.batchSize` transitions; gets their errors.
    ///   - pool: The cores to use; the outcome is the same to the bit on any number of them.
    /// - Returns: What was seen on the way.
    public mutating func learn(from batch: inout TransitionBatch, pool: ComputePool) -> Outcome {
        isTargetBehind = true
        var outcome = evaluation.readOutputGradients(of: &batch, by: online, target, pool: pool)
        if hyperparameters.needsWholeGradient {
            outcome.gradientNorm = stepWithinLimit(pool: pool)
        } else {
            online.step(
                by: &optimizer,
                count: batch.count,
                workspace: &evaluation.workspace,
                pool: pool
            )
        }
        resetIfDue()
        return outcome
    }

    /// Makes the online network what `start` becomes by such a step; `start` is only read, and may
    /// be read by others meanwhile.
    mutating func learn(
        from batch: inout TransitionBatch,
        startingAt start: borrowing QNetwork,
        pool: ComputePool
    ) -> Outcome {
        guard !hyperparameters.needsWholeGradient else {
            online.copyParameters(from: start)
            return learn(from: &batch, pool: pool)
        }
        isTargetBehind = true
        let outcome = evaluation.readOutputGradients(of: &batch, by: start, target, pool: pool)
        start.step(
            into: &online,
            by: &optimizer,
            count: batch.count,
            workspace: &evaluation.workspace,
            pool: pool
        )
        resetIfDue()
        return outcome
    }

    /// Begins anew, but for a share of the convolutions, where as many updates were made: both networks
    /// are the same again, and the optimizer remembers nothing.
    ///
    /// Nikishin et al. 2022; D'Oro et al. 2023, SR-SPR.
    private mutating func resetIfDue() {
        let period = hyperparameters.resetPeriodUpdates
        guard period > 0, optimizer.updateCount.isMultiple(of: period) else { return }
        var generator = resets.generator(named: "reset \(optimizer.updateCount / period)")
        online.redraw(
            keeping: hyperparameters.resetKeptShare,
            hyperparameters.initialization,
            noiseScale: hyperparameters.head.initialNoiseScale,
            using: &generator
        )
        optimizer.removeMoments()
        updateTarget()
    }

    /// Takes `other` for the online network, and gives away the one there was.
    mutating func exchangeOnline(with other: inout QNetwork) {
        swap(&online, &other)
    }

    /// Makes the target network equal to the online one.
    ///
    /// Algorithm 1, line 14.
    public mutating func updateTarget() {
        guard isTargetBehind else { return }
        target.replaceParameters(with: online.parameters)
        isTargetBehind = false
        evaluation.targetDidChange()
    }

    /// Where all that updates draw comes from, as it is now.
    var generator: RandomGenerator { evaluation.generator }

    /// Goes on from what was written down earlier.
    mutating func restore(_ state: LearnerState) {
        isTargetBehind = true
        evaluation.targetDidChange()
        online.copyParameters(from: state.online.span)
        target.replaceParameters(with: state.target.span)
        evaluation.generator = state.generator
        optimizer.restore(
            updateCount: state.optimizerUpdates,
            startUpdate: hyperparameters.newestReset(before: state.optimizerUpdates),
            meanGradient: state.meanGradient.span,
            meanSquare: state.meanSquare.span,
            velocity: state.velocity.span
        )
    }

    /// Makes a step whose gradient is shortened to its limit, and returns its length before where there is
    /// one.
    private mutating func stepWithinLimit(pool: ComputePool) -> Float? {
        evaluation.readGradient(of: online, into: &gradient, pool: pool)
        let limit = hyperparameters.maxGradientNorm
        guard limit > 0 else {
            online.step(by: &optimizer, gradient: gradient, scale: 1, pool: pool)
            return nil
        }
        let norm = Float(sumOfSquares(gradient.span).squareRoot())
        let scale = norm > limit ? limit / (norm + 1e-6) : 1
        online.step(by: &optimizer, gradient: gradient, scale: scale, pool: pool)
        return norm
    }
}
