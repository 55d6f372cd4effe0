internal import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import Tensors

/// The targets of a batch, by the target network's estimate of what follows.
///
/// Mnih et al. 2015, Algorithm 1, line 12.
struct Bootstrapping: ~Copyable, Sendable {
    private let head: ValueHead
    private let rule: BootstrapRule
    private let munchausen: Munchausen
    private var target: TargetOutputs
    /// The target network's outputs for each s′, shape (batch, outputs).
    private var nextOutputs: [Float]
    /// Those for each s, where the rule asks for them.
    private var outputs: [Float]
    /// a′ of each transition.
    private var nextActions: [Int]

    init(
        network: Sequential,
        hyperparameters: DQNHyperparameters,
        workers: Int
    ) throws(NetworkError) {
        head = hyperparameters.valueHead
        rule = hyperparameters.bootstrapRule
        munchausen = hyperparameters.munchausen
        let batchSize = hyperparameters.batchSize
        let count = batchSize * network.architecture.outputCount
        target = try TargetOutputs(
            network: network,
            hyperparameters: hyperparameters,
            workers: workers
        )
        nextOutputs = Array(repeating: 0, count: count)
        outputs = Array(repeating: 0, count: rule == .munchausen ? count : 0)
        nextActions = Array(repeating: 0, count: batchSize)
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
    ///   - learning: The memory of its passes; overwritten.
    ///   - targets: The head's numbers a transition; overwritten.
    ///   - pool: The cores to use.
    mutating func readTargets(
        of batch: TransitionBatch,
        from network: borrowing PreparedNetwork,
        online: borrowing QNetwork,
        _ learning: inout Workspace,
        into targets: inout [Float],
        pool: ComputePool
    ) {
        target.read(
            batch.nextStates,
            endingWith: batch.nextFrames,
            into: &nextOutputs,
            by: network,
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
            let outputs = online.forward(
                batch.nextStates.span,
                count: batch.count,
                workspace: &learning,
                pool: pool
            )
            head.readBestActions(outputs, into: &nextActions)
            policy = .best(nextActions)
        case .munchausen:
            target.read(
                batch.states,
                endingWith: batch.origins,
                into: &outputs,
                by: network,
                pool: pool
            )
            policy = .soft(
                SoftPolicy(
                    munchausen,
                    values: head.qValues(outputs.span),
                    actions: batch.actions,
                    nextValues: head.qValues(nextOutputs.span)
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
