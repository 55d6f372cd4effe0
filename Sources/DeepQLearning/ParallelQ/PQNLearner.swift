internal import BackgroundQueues
internal import NeuralNetworks
internal import Tensors

/// One network, and the rule that moves it towards given returns.
///
/// Gallici et al. 2024, Algorithm 1. There is no target network: layer normalization keeps the values from
/// running away.
struct PQNLearner: ~Copyable, Sendable {
    private(set) var online: QNetwork
    private(set) var optimizer: Optimizer
    private let hyperparameters: PQNHyperparameters
    private var workspace: Workspace
    private var gradient: FloatBuffer

    init(
        network: Sequential,
        parameters: consuming FloatBuffer,
        hyperparameters: PQNHyperparameters,
        workers: Int
    ) throws(NetworkError) {
        let optimizer = try Optimizer(
            hyperparameters.optimizer,
            parameterCount: network.parameterCount
        )
        let workspace = try Workspace(
            network: network,
            capacity: hyperparameters.minibatchSize,
            workers: workers,
            keepsGradients: true
        )
        let gradient: FloatBuffer
        do throws(AllocationError) {
            gradient = try FloatBuffer(
                allocating: hyperparameters.maxGradientNorm > 0 ? network.parameterCount : 0
            )
        } catch {
            throw .memory(part: "the gradient", byteCount: error.byteCount)
        }
        self.hyperparameters = hyperparameters
        self.optimizer = optimizer
        self.workspace = workspace
        self.gradient = gradient
        online = QNetwork(network: network, parameters: parameters)
    }

    /// Moves the network a step towards the returns of a minibatch.
    ///
    /// - Parameters:
    ///   - states: s, `hyperparameters.minibatchSize` of them.
    ///   - actions: a of each.
    ///   - returns: G of each.
    ///   - rateScale: What the learning rate is multiplied by.
    ///   - pool: The cores to use; the outcome is the same to the bit on any number of them.
    /// - Returns: What was seen on the way.
    mutating func learn(
        states: [UInt8],
        actions: [Int],
        returns: [Float],
        rateScale: Float,
        pool: ComputePool
    ) -> DQNLearner.Outcome {
        let count = hyperparameters.minibatchSize
        precondition(actions.count == count && returns.count == count)
        let network = online.network
        network.forward(
            states.span,
            count: count,
            parameters: online.parameters,
            workspace: &workspace,
            pool: pool
        )
        let hyperparameters = hyperparameters
        var outcome = network.withOutputGradients(of: &workspace, count: count) {
            Self.readLoss(hyperparameters, actions, returns, outputs: $0, gradients: &$1)
        }
        optimizer.learningRateScale = rateScale
        guard hyperparameters.maxGradientNorm > 0 else {
            online.step(by: &optimizer, count: count, workspace: &workspace, pool: pool)
            return outcome
        }
        network.backward(
            count: count,
            parameters: online.parameters,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
        let limit = hyperparameters.maxGradientNorm
        let norm = Float(sumOfSquares(gradient.span).squareRoot())
        let scale = norm > limit ? limit / (norm + 1e-6) : 1
        online.step(by: &optimizer, gradient: gradient, scale: scale, pool: pool)
        outcome.gradientNorm = norm
        return outcome
    }

    /// The loss of Q(s, a) beside the returns, and its gradient.
    private static func readLoss(
        _ hyperparameters: PQNHyperparameters,
        _ actions: [Int],
        _ returns: [Float],
        outputs: Span<Float>,
        gradients: inout MutableSpan<Float>
    ) -> DQNLearner.Outcome {
        let actionCount = outputs.count / actions.count
        let reduction = hyperparameters.lossReduction.weight(batchSize: actions.count)
        var (loss, meanQ, meanError) = (Float(0), Float(0), Float(0))
        gradients.fill(0)
        for (row, action) in actions.enumerated() {
            let error = outputs[row * actionCount + action] - returns[row]
            gradients[row * actionCount + action] =
                hyperparameters.loss.slope(error) * reduction
            loss += hyperparameters.loss.value(error)
            meanError += abs(error)
            meanQ += outputs.largest(in: (row * actionCount)..<((row + 1) * actionCount))
        }
        let count = Float(actions.count)
        return DQNLearner.Outcome(
            loss: loss / count,
            meanQ: meanQ / count,
            meanAbsoluteTDError: meanError / count
        )
    }

    /// Goes on from what was written down earlier.
    mutating func restore(_ state: PQNLearnerState) {
        online.copyParameters(from: state.online.span)
        optimizer.restore(
            updateCount: state.optimizerUpdates,
            meanGradient: state.meanGradient.span,
            meanSquare: state.meanSquare.span,
            velocity: state.velocity.span
        )
    }
}

/// Parameters and the optimizer's moments as a snapshot holds them.
struct PQNLearnerState {
    var online: [Float]
    var optimizerUpdates: Int
    var meanGradient: [Float]
    var meanSquare: [Float]
    var velocity: [Float]

    init(_ learner: borrowing PQNLearner) {
        online = learner.online.parameterArray
        optimizerUpdates = learner.optimizer.updateCount
        meanGradient = Array(copying: learner.optimizer.meanGradient.span)
        meanSquare = Array(copying: learner.optimizer.meanSquare.span)
        velocity = Array(copying: learner.optimizer.velocity.span)
    }
}

extension Span<Float> {
    /// The largest of some numbers.
    func largest(in range: Range<Int>) -> Float {
        var largest = self[range.lowerBound]
        for index in range.dropFirst() { largest = Swift.max(largest, self[index]) }
        return largest
    }
}
