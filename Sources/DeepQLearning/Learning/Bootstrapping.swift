internal import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import Tensors

/// The targets of a batch, by the target network's estimate of what follows.
///
/// Mnih et al. 2015, Algorithm 1, line 12. Small networks are asked only for states whose outputs are
/// not remembered; those of pixels, where hardly any state is drawn twice, for all.
struct Bootstrapping: ~Copyable, Sendable {
    private let head: ValueHead
    private let rule: BootstrapRule
    private let outputCount: Int
    private var workspace: Workspace
    private var remembered: RememberedValues?
    /// The target network's outputs for each s′, shape (batch, outputs).
    private var nextOutputs: [Float]
    /// a′ of each transition.
    private var nextActions: [Int]
    /// The transitions whose s′ the network is asked for, and these states, one after the other.
    private var unknownRows: [Int] = []
    private var unknownStates: [UInt8] = []
    /// The target network's outputs for them, shape (batch, outputs).
    private var answers: [Float]

    init(
        network: Sequential,
        hyperparameters: DQNHyperparameters,
        workers: Int
    ) throws(NetworkError) {
        head = hyperparameters.valueHead
        rule = hyperparameters.bootstrapRule
        outputCount = network.architecture.outputCount
        workspace = try Workspace(
            network: network,
            capacity: hyperparameters.batchSize,
            workers: workers,
            keepsGradients: false,
            packsWeights: false
        )
        if network.splitsObservations {
            remembered = RememberedValues(
                capacityFrames: hyperparameters.replayCapacityFrames,
                outputCount: outputCount
            )
            unknownStates.reserveCapacity(
                hyperparameters.batchSize * network.architecture.input.byteCount
            )
        }
        nextOutputs = Array(repeating: 0, count: hyperparameters.batchSize * outputCount)
        answers = nextOutputs
        nextActions = Array(repeating: 0, count: hyperparameters.batchSize)
    }

    /// Notes that the target network has changed.
    mutating func targetDidChange() {
        remembered?.removeAll()
    }

    /// Computes the targets of a batch.
    ///
    /// - Parameters:
    ///   - batch: Transitions.
    ///   - target: The target network.
    ///   - online: The network that learns, which Double deep Q-learning lets choose a′.
    ///   - learning: The memory of its passes; overwritten.
    ///   - targets: The head's numbers a transition; overwritten.
    ///   - pool: The cores to use.
    mutating func readTargets(
        of batch: TransitionBatch,
        from target: borrowing PreparedNetwork,
        online: borrowing QNetwork,
        _ learning: inout Workspace,
        into targets: inout [Float],
        pool: ComputePool
    ) {
        recall(batch)
        if !unknownRows.isEmpty {
            evaluate(batch, by: target, pool: pool)
        }
        // Read by a name of its own beside what is written: no element is copied.
        let nextOutputs = nextOutputs
        switch rule {
        case .max: head.readBestActions(nextOutputs.span, into: &nextActions)
        case .double:
            let outputs = online.forward(
                batch.nextStates.span,
                count: batch.count,
                workspace: &learning,
                pool: pool
            )
            head.readBestActions(outputs, into: &nextActions)
        }
        head.readTargets(
            of: batch,
            nextOutputs: nextOutputs.span,
            nextActions: nextActions,
            into: &targets
        )
    }

    /// Takes the outputs that are remembered, and notes which are not.
    private mutating func recall(_ batch: TransitionBatch) {
        unknownRows.removeAll(keepingCapacity: true)
        for row in 0..<batch.count {
            if let frame = batch.nextFrames[row], let remembered,
                remembered.read(frame, into: &nextOutputs, row: row)
            {
                continue
            }
            unknownRows.append(row)
        }
    }

    /// Computes the outputs that are not remembered, and keeps them.
    private mutating func evaluate(
        _ batch: TransitionBatch,
        by target: borrowing PreparedNetwork,
        pool: ComputePool
    ) {
        let isWhole = unknownRows.count == batch.count
        if !isWhole {
            unknownStates.removeAll(keepingCapacity: true)
            for row in unknownRows {
                let start = row * batch.stateByteCount
                unknownStates += batch.nextStates[start..<(start + batch.stateByteCount)]
            }
        }
        let states = isWhole ? batch.nextStates : unknownStates
        target.readOutputs(
            for: states.span,
            count: unknownRows.count,
            into: &answers,
            workspace: &workspace,
            pool: pool
        )
        for (index, row) in unknownRows.enumerated() {
            for output in 0..<outputCount {
                nextOutputs[row * outputCount + output] = answers[index * outputCount + output]
            }
            if let frame = batch.nextFrames[row] {
                remembered?.keep(frame, nextOutputs, row: row)
            }
        }
    }
}

extension PreparedNetwork {
    /// Copies the outputs for the first `count` states; the rest of `outputs` is left as it was.
    fileprivate func readOutputs(
        for states: Span<UInt8>,
        count: Int,
        into outputs: inout [Float],
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        forward(states, count: count, workspace: &workspace, pool: pool)
        let values = network.outputs(of: workspace, count: count)
        for index in values.indices {
            outputs[index] = values[index]
        }
    }
}
