internal import BackgroundQueues
internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The target network's outputs for states of transitions.
///
/// Small networks are asked only for states whose outputs are not remembered; those of pixels, where
/// hardly any state is drawn twice, for all.
struct TargetOutputs: ~Copyable, Sendable {
    private let network: Sequential
    /// Numbers of one state.
    private let outputCount: Int
    /// The fractions at which quantiles are asked for, shape (batch, fractions).
    private var fractions: [Float]
    private var workspace: Workspace
    /// Drawn anew for each update.
    private var noise: ParameterNoise
    private var remembered: RememberedValues?
    /// The rows whose state the network is asked for, and these states, one after the other.
    private var unknownRows: [Int] = []
    private var unknownStates: [UInt8] = []
    /// The target network's outputs for them, shape (rows, outputs).
    private var answers: [Float]

    init(
        network: Sequential,
        hyperparameters: DQNHyperparameters,
        workers: Int
    ) throws(NetworkError) {
        let workspace = try Workspace(
            network: network,
            capacity: hyperparameters.batchSize,
            workers: workers,
            keepsGradients: false,
            packsWeights: false
        )
        let noise = try ParameterNoise(network)
        self.workspace = workspace
        self.noise = noise
        outputCount = network.architecture.outputCount * network.fractionCount
        self.network = network
        fractions = Array(
            repeating: 0,
            count: network.embedsFractions ? hyperparameters.batchSize * network.fractionCount : 0
        )
        if network.splitsObservations && !network.architecture.isNoisy {
            remembered = RememberedValues(
                capacityFrames: hyperparameters.replayCapacityFrames,
                outputCount: outputCount
            )
            unknownStates.reserveCapacity(
                hyperparameters.batchSize * network.architecture.input.byteCount
            )
        }
        answers = Array(repeating: 0, count: hyperparameters.batchSize * outputCount)
    }

    /// Notes that the target network has changed.
    mutating func targetDidChange() {
        remembered?.removeAll()
    }

    /// Gives the target network other noise, for all that follows in an update.
    mutating func drawNoise(
        from generator: inout RandomGenerator,
        for target: borrowing PreparedNetwork,
        pool: ComputePool
    ) {
        noise.draw(from: &generator, addingTo: target.parameters.span, pool: pool)
    }

    /// Computes the outputs for a batch's states, or recalls them.
    ///
    /// - Parameters:
    ///   - states: One after the other.
    ///   - frames: The newest frame of each; nil where it is none of a replay memory's.
    ///   - outputs: shape (states, outputs); overwritten.
    ///   - target: The target network.
    ///   - generator: Where the fractions come from.
    ///   - pool: The cores to use.
    mutating func read(
        _ states: [UInt8],
        endingWith frames: [FrameIdentity?],
        into outputs: inout [Float],
        by target: borrowing PreparedNetwork,
        drawingFrom generator: inout RandomGenerator,
        pool: ComputePool
    ) {
        network.drawFractions(&fractions, from: &generator, in: &workspace)
        recall(frames, into: &outputs)
        guard !unknownRows.isEmpty else { return }
        if unknownRows.count == frames.count {
            target.readOutputs(
                for: states.span,
                count: frames.count,
                into: &outputs,
                noise: noise,
                workspace: &workspace,
                pool: pool
            )
        } else {
            evaluateUnknown(states, states.count / frames.count, into: &outputs, target, pool)
        }
        for row in unknownRows {
            if let frame = frames[row] { remembered?.keep(frame, outputs, row: row) }
        }
    }

    /// Takes the outputs that are remembered, and notes which are not.
    private mutating func recall(_ frames: [FrameIdentity?], into outputs: inout [Float]) {
        unknownRows.removeAll(keepingCapacity: true)
        for (row, frame) in frames.enumerated() {
            if let frame, let remembered, remembered.read(frame, into: &outputs, row: row) {
                continue
            }
            unknownRows.append(row)
        }
    }

    private mutating func evaluateUnknown(
        _ states: [UInt8],
        _ stateByteCount: Int,
        into outputs: inout [Float],
        _ target: borrowing PreparedNetwork,
        _ pool: ComputePool
    ) {
        unknownStates.removeAll(keepingCapacity: true)
        for row in unknownRows {
            let start = row * stateByteCount
            unknownStates += states[start..<(start + stateByteCount)]
        }
        let (unknown, count) = (unknownStates, unknownRows.count)
        target.readOutputs(
            for: unknown.span,
            count: count,
            into: &answers,
            noise: noise,
            workspace: &workspace,
            pool: pool
        )
        for (index, row) in unknownRows.enumerated() {
            for output in 0..<outputCount {
                outputs[row * outputCount + output] = answers[index * outputCount + output]
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
        noise: borrowing ParameterNoise,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        forward(states, count: count, noise: noise, workspace: &workspace, pool: pool)
        let values = network.outputs(of: workspace, count: count)
        var span = outputs.mutableSpan
        span.withPart(0..<values.count) { $0.copy(from: values) }
    }
}
