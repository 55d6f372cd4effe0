internal import ExperienceReplay
public import MemoryBudgets
public import NeuralNetworks
internal import Tensors

extension DQNHyperparameters {
    /// Whether the gradient's length must be known before any of it is used up.
    var needsWholeGradient: Bool { maxGradientNorm > 0 || head.isNoisy }

    /// What an agent with these constants takes up in memory, before one is made.
    ///
    /// Every size comes from the code that allocates it. Checked before with `fault`.
    ///
    /// - Parameters:
    ///   - input: What one state looks like.
    ///   - stack: Frames in one state.
    ///   - actionCount: How many actions there are.
    ///   - workers: The width of the widest pool that the agent will be given.
    /// - Returns: Every part, with the hyperparameter that decides it.
    /// - Throws: Where the layers do not fit each other.
    public func memoryDemand(
        input: NetworkInput,
        stack: Int,
        actionCount: Int,
        workers: Int
    ) throws(NetworkError) -> MemoryDemand {
        let architecture = architecture(input: input, actionCount: actionCount)
        let acting = try Sequential(architecture, fractionCount: valueHead.fractionCount)
        let learning = try Sequential(
            architecture,
            kernels: precision.kernels,
            fractionCount: onlineHead.fractionCount
        )
        let asked = try learning.asked(fractionCount: targetHead.fractionCount)
        var demand = MemoryDemand()
        addReplay(frameByteCount: input.byteCount / stack, to: &demand)
        addParameters(acting, to: &demand)
        addActivations(learning, asked, workers: workers, to: &demand)
        addBatches(learning, stateByteCount: input.byteCount, to: &demand)
        let actingBytes = Workspace.byteCount(
            network: acting,
            capacity: environmentCount,
            workers: workers,
            keepsGradients: false
        )
        demand.add(
            .init(
                "acting",
                ByteCount(actingBytes) + ByteCount(input.byteCount) * environmentCount,
                arithmetic: environmentCount > 1 ? "\(environmentCount) environments" : "",
                pointer: environmentCount > 1
                    ? Self.pointer("environment_count") : Self.networkPointer
            )
        )
        return demand
    }

    /// What a snapshot of the agent takes up until it is on the disk: everything but the frames.
    ///
    /// - Parameters:
    ///   - input: What one state looks like.
    ///   - actionCount: How many actions there are.
    /// - Returns: The part, with the hyperparameter that decides it.
    /// - Throws: Where the layers do not fit each other.
    public func snapshotDemand(
        input: NetworkInput,
        actionCount: Int
    ) throws(NetworkError) -> MemoryDemand.Part {
        let count = try Sequential(
            architecture(input: input, actionCount: actionCount),
            fractionCount: valueHead.fractionCount
        ).parameterCount
        let blocks = (schedule == .overlapped ? 3 : 2) + optimizer.momentCount
        let weights = ByteCount(FloatBuffer.byteCount(count)) * blocks
        let slots = ByteCount(ReplayLayout.slotByteCount) * replayCapacityFrames
        return .init(
            "snapshots",
            weights + slots,
            arithmetic: "\(count.grouped) parameters × 4 B × \(blocks), "
                + "\(replayCapacityFrames.grouped) frames × \(ReplayLayout.slotByteCount) B",
            pointer: slots > weights ? Self.pointer("replay_capacity_frames") : Self.networkPointer
        )
    }

    private static func pointer(_ field: String) -> String { "/hyperparameters/\(field)" }
    private static let networkPointer = pointer("network")

    private func addReplay(frameByteCount: Int, to demand: inout MemoryDemand) {
        let layout = ReplayLayout(
            capacity: replayCapacityFrames,
            frameByteCount: frameByteCount,
            environments: environmentCount
        )
        // The system keeps a file's pages as long as it has room, and needs none for them.
        let inMemory = replayStorage == .memory
        let bytes =
            ByteCount(layout.slotsByteCount)
            + (inMemory ? ByteCount(layout.framesByteCount) : .zero)
        let frame = ReplayLayout.slotByteCount + (inMemory ? frameByteCount : 0)
        demand.add(
            .init(
                "replay",
                bytes,
                arithmetic: "\(layout.capacity.grouped) frames × \(frame.grouped) B",
                pointer: Self.pointer("replay_capacity_frames")
            )
        )
        guard replaySampling == .proportional else { return }
        demand.add(
            .init(
                "priorities",
                ByteCount(Sampler.priorityByteCount(capacity: layout.capacity)),
                arithmetic: "8 B and a seventh more for each of \(layout.capacity.grouped) frames",
                pointer: Self.pointer("replay_capacity_frames")
            )
        )
    }

    private func addParameters(_ network: Sequential, to demand: inout MemoryDemand) {
        let count = network.parameterCount
        // Online and target network; the one acted with while another round is made.
        let networks = schedule == .overlapped ? 3 : 2
        // With noise for an update, for its targets and for acting.
        let noises = ParameterNoise.byteCount(network) > 0 ? 3 : 0
        let blocks = networks + noises + optimizer.momentCount + (needsWholeGradient ? 1 : 0)
        demand.add(
            .init(
                "weights, moments and gradient",
                ByteCount(FloatBuffer.byteCount(count)) * blocks,
                arithmetic: "\(count.grouped) parameters × 4 B × \(blocks)",
                pointer: Self.networkPointer
            )
        )
    }

    /// The two passes of an update: forward and backward, and the target network's.
    private func addActivations(
        _ network: Sequential,
        _ target: Sequential,
        workers: Int,
        to demand: inout MemoryDemand
    ) {
        func bytes(capacity: Int) -> ByteCount {
            let sizes = [true, false].map { isLearning in
                Workspace.byteCount(
                    network: isLearning ? network : target,
                    capacity: capacity,
                    workers: workers,
                    keepsGradients: isLearning,
                    packsWeights: isLearning
                )
            }
            return ByteCount(sizes[0]) + ByteCount(sizes[1])
                + ByteCount(PreparedNetwork.packedByteCount(network))
        }
        let (size, ofOne) = (bytes(capacity: batchSize), bytes(capacity: 1))
        // Whichever of both changes more is worth changing.
        let field = size > ofOne * 2 ? "batch_size" : "network"
        demand.add(
            .init(
                "activations and their gradients",
                size,
                arithmetic: "batches of \(batchSize.grouped)",
                pointer: Self.pointer(field)
            )
        )
    }

    private func addBatches(
        _ network: Sequential,
        stateByteCount: Int,
        to demand: inout MemoryDemand
    ) {
        let batch = ByteCount(
            TransitionBatch.byteCount(count: batchSize, stateByteCount: stateByteCount)
        )
        // Those of the round under way, and of the next.
        let count = schedule == .overlapped ? 2 * drawnBatchCount : 1
        var size = batch * count
        if network.splitsObservations {
            let remembered = RememberedValues.byteCount(
                capacityFrames: replayCapacityFrames,
                outputCount: network.architecture.outputCount
            )
            size = size + ByteCount(stateByteCount) * batchSize + ByteCount(remembered)
        }
        let states = "2 × \(batchSize.grouped) states × \(stateByteCount.grouped) B"
        demand.add(
            .init(
                "batches",
                size,
                arithmetic: count > 1 ? "\(count.grouped) of \(states)" : states,
                pointer: Self.pointer(count > 2 ? "updates_per_period" : "batch_size")
            )
        )
    }
}

extension PolicySnapshot.Function {
    /// What a policy of a network that can be asked takes up in memory.
    ///
    /// - Parameters:
    ///   - architecture: Its layers.
    ///   - head: What their outputs stand for.
    ///   - capacity: How many states one call may ask for.
    ///   - workers: The width of the widest pool that calls run on.
    /// - Returns: Every part, without a field: nobody asked for them here.
    /// - Throws: Where the layers do not fit each other.
    public static func memoryDemand(
        _ architecture: NetworkArchitecture,
        head: ValueHead,
        capacity: Int,
        workers: Int
    ) throws(NetworkError) -> MemoryDemand {
        let network = try Sequential(architecture, fractionCount: head.fractionCount)
        let count = network.parameterCount
        let activations = Workspace.byteCount(
            network: network,
            capacity: capacity,
            workers: workers,
            keepsGradients: false,
            packsWeights: false
        )
        var demand = MemoryDemand()
        demand.add(
            .init(
                "weights",
                ByteCount(FloatBuffer.byteCount(count)),
                arithmetic: "\(count.grouped) parameters × 4 B"
            )
        )
        demand.add(
            .init(
                "activations",
                ByteCount(activations) + ByteCount(PreparedNetwork.packedByteCount(network)),
                arithmetic: "batches of \(capacity) states"
            )
        )
        return demand
    }

}

extension PolicySnapshot {
    /// What this policy takes up in memory once it can be asked.
    public func memoryDemand(capacity: Int, workers: Int) throws(NetworkError) -> MemoryDemand {
        switch function {
        case .network(let architecture, _):
            return try Function.memoryDemand(
                architecture,
                head: head,
                capacity: capacity,
                workers: workers
            )
        case .table(let table):
            var demand = MemoryDemand()
            demand.add(.init("table", ByteCount(4) * table.values.count))
            return demand
        }
    }
}
