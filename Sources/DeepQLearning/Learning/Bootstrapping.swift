internal import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The targets of a batch, by the target network's estimate of what follows.
///
/// Mnih et al. 2015, Algorithm 1, line 12.
struct Bootstrapping: ~Copyable, Sendable {
    private let head: ValueHead
    private let onlineHead: ValueHead
    private let rule: BootstrapRule
    private let munchausen: Munchausen
    private var target: TargetOutputs
    /// The target network's outputs for each s′, shape (batch, outputs).
    private var nextOutputs: [Float]
    /// Those for each s, where the rule asks for them.
    private var outputs: [Float]
    /// The fractions at which the online network is asked to choose a′.
    private var fractions: [Float]
    /// a′ of each transition.
    private var nextActions: [Int]

    init(
        network: Sequential,
        hyperparameters: DQNHyperparameters,
        workers: Int
    ) throws(NetworkError) {
        let head = hyperparameters.targetHead
        let onlineHead = hyperparameters.onlineHead
        let network = try network.asked(fractionCount: head.fractionCount)
        let target = try TargetOutputs(
            network: network,
            hyperparameters: hyperparameters,
            workers: workers
        )
        (self.head, self.onlineHead) = (head, onlineHead)
        self.target = target
        rule = hyperparameters.bootstrapRule
        munchausen = hyperparameters.munchausen
        let batchSize = hyperparameters.batchSize
        let count = batchSize * network.architecture.outputCount * head.fractionCount
        nextOutputs = Array(repeating: 0, count: count)
        outputs = Array(repeating: 0, count: rule == .munchausen ? count : 0)
        nextActions = Array(repeating: 0, count: batchSize)
        fractions = Array(
            repeating: 0,
            count: network.embedsFractions ? batchSize * onlineHead.fractionCount : 0
        )
    }

    /// Notes that the target network has changed.
    mutating func targetDidChange() {
        target.targetDidChange()
    }

    /// Computes the targets of a batch.
    ///
    /// - Parameters:
    ///   - batch: Transitions.
    ///   - network: The target network.
    ///   - online: The network that learns, which Double deep Q-learning lets choose a′.
    ///   - noise: That of the network that learns.
    ///   - learning: The memory of its passes; overwritten.
    ///   - targets: The head's numbers a transition; overwritten.
    ///   - generator: Where the fractions come from that quantiles are asked for at.
    ///   - pool: The cores to use.
    mutating func readTargets(
        of batch: TransitionBatch,
        from network: borrowing PreparedNetwork,
        online: borrowing QNetwork,
        _ noise: borrowing ParameterNoise,
        _ learning: inout Workspace,
        into targets: inout [Float],
        drawingFrom generator: inout RandomGenerator,
        pool: ComputePool
    ) {
        target.drawNoise(from: &generator, for: network, pool: pool)
        target.read(
            batch.nextStates,
            endingWith: batch.nextFrames,
            into: &nextOutputs,
            by: network,
            drawingFrom: &generator,
            pool: pool
        )
        let policy: NextPolicy
        switch rule {
        case .max:
            // Read by a name of its own beside what is written: no element is copied.
            let nextOutputs = nextOutputs
            head.readBestActions(nextOutputs.span, into: &nextActions)
            policy = .best(nextActions)
        case .double:
            online.network.drawFractions(&fractions, from: &generator, in: &learning)
            online.network.forward(
                batch.nextStates.span,
                count: batch.count,
                parameters: online.parameters,
                noise: noise,
                workspace: &learning,
                pool: pool
            )
            let outputs = online.network.outputs(of: learning, count: batch.count)
            onlineHead.readBestActions(outputs, into: &nextActions)
            policy = .best(nextActions)
        case .munchausen:
            target.read(
                batch.states,
                endingWith: batch.origins,
                into: &outputs,
                by: network,
                drawingFrom: &generator,
                pool: pool
            )
            policy = .soft(
                SoftPolicy(
                    munchausen,
                    values: head.qValues(outputs.span, states: batch.count),
                    actions: batch.actions,
                    nextValues: head.qValues(nextOutputs.span, states: batch.count)
                )
            )
        }
        head.readTargets(
            of: batch,
            nextOutputs: nextOutputs.span,
            policy: policy,
            into: &targets
        )
    }
}
