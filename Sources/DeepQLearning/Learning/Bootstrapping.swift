internal import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import Tensors

/// The returns of a batch, by the target network's estimate of what follows.
///
/// Mnih et al. 2015, Algorithm 1, line 12. Small networks are asked only for states whose value is not
/// remembered; those of pixels, where hardly any state is drawn twice, for all.
struct Bootstrapping: ~Copyable, Sendable {
    private let workspace: Workspace
    private var remembered: RememberedValues?
    /// maxₐ Q̂(s′, a), a number a transition.
    private var bestValues: [Float]
    /// The transitions whose s′ the network is asked for, these states, one after the other, and its
    /// answers.
    private var unknownRows: [Int] = []
    private var unknownStates: [UInt8] = []
    private var answers: [Float]
    /// Whether the network made the last pass through `workspace`, and is as it was then.
    private var isNetworkKnown = false

    init(
        network: Sequential,
        hyperparameters: DQNHyperparameters,
        workers: Int
    ) throws(NetworkError) {
        workspace = try Workspace(
            network: network,
            capacity: hyperparameters.batchSize,
            workers: workers,
            keepsGradients: false
        )
        remembered =
            network.splitsObservations
            ? RememberedValues(capacityFrames: hyperparameters.replayCapacityFrames) : nil
        if remembered != nil {
            let states = hyperparameters.batchSize * network.architecture.input.byteCount
            unknownStates.reserveCapacity(states)
        }
        bestValues = Array(repeating: 0, count: hyperparameters.batchSize)
        answers = bestValues
    }

    /// Notes that the target network has changed.
    mutating func forget() {
        isNetworkKnown = false
        remembered?.forget()
    }

    /// Computes the returns of a batch.
    ///
    /// - Parameters:
    ///   - batch: Transitions.
    ///   - target: The target network.
    ///   - returns: A number a transition; overwritten.
    ///   - pool: The cores to use.
    mutating func readReturns(
        of batch: TransitionBatch,
        from target: borrowing QNetwork,
        into returns: inout [Float],
        pool: ComputePool
    ) {
        recall(batch)
        if !unknownRows.isEmpty {
            ask(target, about: batch, pool: pool)
        }
        var span = returns.mutableSpan
        tdTargets(
            rewards: batch.rewards.span,
            discounts: batch.discounts.span,
            bestNextValues: bestValues.span,
            into: &span
        )
    }

    /// Takes the values that are remembered, and notes which are not.
    private mutating func recall(_ batch: TransitionBatch) {
        unknownRows.removeAll(keepingCapacity: true)
        for row in 0..<batch.count {
            if let frame = batch.nextFrames[row], let value = remembered?[frame] {
                bestValues[row] = value
            } else {
                unknownRows.append(row)
            }
        }
    }

    private mutating func ask(
        _ target: borrowing QNetwork,
        about batch: TransitionBatch,
        pool: ComputePool
    ) {
        let asksAll = unknownRows.count == batch.count
        if !asksAll {
            unknownStates.removeAll(keepingCapacity: true)
            for row in unknownRows {
                let start = row * batch.stateByteCount
                unknownStates += batch.nextStates[start..<(start + batch.stateByteCount)]
            }
        }
        let states = asksAll ? batch.nextStates : unknownStates
        target.readBestValues(
            of: states.span,
            count: unknownRows.count,
            isKnown: isNetworkKnown,
            into: &answers,
            workspace: workspace,
            pool: pool
        )
        isNetworkKnown = true
        for (row, value) in zip(unknownRows, answers) {
            bestValues[row] = value
            if let frame = batch.nextFrames[row] {
                remembered?[frame] = value
            }
        }
    }
}

extension QNetwork {
    /// maxₐ Q(s, a) of the first `count` states; the rest of `bestValues` is left as it was.
    fileprivate func readBestValues(
        of states: Span<UInt8>,
        count: Int,
        isKnown: Bool,
        into bestValues: inout [Float],
        workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let values = forward(
            states,
            count: count,
            isKnown: isKnown,
            workspace: workspace,
            pool: pool
        )
        for row in 0..<count {
            var best = values[row * actionCount]
            for action in 1..<actionCount {
                // Not `max`, which may lose a NaN: a broken network must be noticed.
                let value = values[row * actionCount + action]
                best = best > value ? best : value
            }
            bestValues[row] = best
        }
    }
}
