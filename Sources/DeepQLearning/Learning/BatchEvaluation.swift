internal import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// What leads from a batch to the gradient of the outputs: its targets, and the passes' memory.
///
/// Mnih et al. 2015, Algorithm 1, lines 12 and 13.
struct BatchEvaluation: ~Copyable, Sendable {
    /// That of the learning network's passes, from which a backward pass goes on.
    var workspace: Workspace
    private let hyperparameters: DQNHyperparameters
    /// That of the learning network in the newest update.
    private var noise: ParameterNoise
    private var bootstrapping: Bootstrapping
    private var targets: [Float]
    /// The fractions that the learning network is asked at, shape (batch, fractions).
    private var fractions: [Float]
    /// Where all that an update draws comes from.
    var generator: RandomGenerator

    init(
        network: Sequential,
        hyperparameters: DQNHyperparameters,
        generator: RandomGenerator,
        workers: Int
    ) throws(NetworkError) {
        let workspace = try Workspace(
            network: network,
            capacity: hyperparameters.batchSize,
            workers: workers,
            keepsGradients: true
        )
        let bootstrapping = try Bootstrapping(
            network: network,
            hyperparameters: hyperparameters,
            workers: workers
        )
        let noise = try ParameterNoise(network)
        self.bootstrapping = bootstrapping
        self.noise = noise
        self.workspace = workspace
        self.hyperparameters = hyperparameters
        self.generator = generator
        let head = hyperparameters.onlineHead
        fractions = Array(
            repeating: 0,
            count: network.embedsFractions ? hyperparameters.batchSize * head.fractionCount : 0
        )
        targets = Array(
            repeating: 0,
            count: hyperparameters.batchSize * hyperparameters.targetHead.numbersPerAction
        )
    }

    /// Notes that the target network has changed.
    mutating func targetDidChange() {
        bootstrapping.targetDidChange()
    }

    /// Computes the batch's loss, and leaves its gradient with respect to the outputs in `workspace`.
    ///
    /// - Parameters:
    ///   - batch: `hyperparameters.batchSize` transitions; gets their errors.
    ///   - network: The network that learns.
    ///   - target: The target network.
    ///   - pool: The cores to use.
    /// - Returns: What was seen on the way.
    mutating func readOutputGradients(
        of batch: inout TransitionBatch,
        by network: borrowing QNetwork,
        _ target: borrowing PreparedNetwork,
        pool: ComputePool
    ) -> DQNLearner.Outcome {
        precondition(batch.count == hyperparameters.batchSize)
        noise.draw(from: &generator, addingTo: network.parameters.span, pool: pool)
        bootstrapping.readTargets(
            of: batch,
            from: target,
            online: network,
            noise,
            &workspace,
            into: &targets,
            drawingFrom: &generator,
            pool: pool
        )
        network.network.drawFractions(&fractions, from: &generator, in: &workspace)
        let fractions = fractions
        network.network.forward(
            batch.states.span,
            count: batch.count,
            parameters: network.parameters,
            noise: noise,
            workspace: &workspace,
            pool: pool
        )
        return network.network.withOutputGradients(of: &workspace, count: batch.count) {
            hyperparameters.onlineHead.readLoss(
                of: &batch,
                outputs: $0,
                targets: targets,
                fractions: fractions,
                hyperparameters,
                gradients: &$1
            )
        }
    }

    /// Computes the gradient of all parameters from that of the outputs that `workspace` holds.
    mutating func readGradient(
        of network: borrowing QNetwork,
        into gradient: inout FloatBuffer,
        pool: ComputePool
    ) {
        network.network.backward(
            count: hyperparameters.batchSize,
            parameters: network.parameters,
            noise: noise,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
    }
}
