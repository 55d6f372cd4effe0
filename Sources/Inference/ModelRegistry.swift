internal import BackgroundQueues
internal import Checkpoints
public import MemoryBudgets

/// The models that are ready to be asked, loaded when they are first asked for.
///
/// Requests that ask for the same checkpoint at the same time wait for one load. A model that is
/// dropped answers the requests that hold it still.
public actor ModelRegistry {
    private struct Entry {
        var load: Task<ServedModel, any Error>
        var lastUse: Int
    }

    let limits: InferenceLimits
    /// The cores that all models share.
    private let pool: ComputePool
    let memory: MemoryBudget
    private var entries: [String: Entry] = [:]
    private var uses = 0

    /// Creates a registry without models.
    ///
    /// - Parameters:
    ///   - limits: How much one model may be asked for.
    ///   - memory: What models are promised their memory of; those not asked for longest are dropped
    ///     where a job or another model needs it.
    public init(limits: InferenceLimits, memory: MemoryBudget = MemoryBudget(.none)) {
        self.limits = limits
        self.memory = memory
        pool = ComputePool(width: limits.cores)
        // Whoever gets the room is told when the model is gone.
        memory.onShort { [weak self] in Task { await self?.dropLeastUsed() } }
    }

    /// The model of a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: Its id.
    ///   - file: Where it lies.
    /// - Returns: The model, ready.
    /// - Throws: `InferenceError.unusable` where the file cannot be read.
    public func model(checkpoint: String, file: String) async throws -> ServedModel {
        uses += 1
        if entries[checkpoint] == nil {
            if entries.count >= limits.maxLoadedModels { dropLeastUsed() }
            let (limits, pool, memory) = (limits, pool, memory)
            entries[checkpoint] = Entry(
                load: Task.detached {
                    try Self.load(
                        checkpoint,
                        file: file,
                        limits: limits,
                        pool: pool,
                        memory: memory
                    )
                },
                lastUse: uses
            )
        }
        entries[checkpoint]?.lastUse = uses
        guard let load = entries[checkpoint]?.load else {
            preconditionFailure("the entry was made above")
        }
        do {
            return try await load.value
        } catch {
            // The next request tries anew.
            entries[checkpoint] = nil
            if case InferenceError.noMemory = error, dropLeastUsed() {
                return try await model(checkpoint: checkpoint, file: file)
            }
            throw error
        }
    }

    /// Drops a model whose checkpoint is deleted.
    public func drop(checkpoint: String) {
        entries[checkpoint] = nil
    }

    /// Drops the model not asked for longest; false where there is none.
    @discardableResult
    private func dropLeastUsed() -> Bool {
        guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
            return false
        }
        entries[oldest.key] = nil
        return true
    }

    private static func load(
        _ checkpoint: String,
        file: String,
        limits: InferenceLimits,
        pool: ComputePool,
        memory: MemoryBudget
    ) throws -> ServedModel {
        let reading = try memory.claimReading(checkpoint, file: file)
        defer { reading.giveUp() }
        let policy: PolicyCheckpoint
        do {
            policy = try PolicyCheckpoint(contentsOf: file)
        } catch let error as CheckpointError {
            throw InferenceError.unusable(checkpoint: checkpoint, reason: "\(error)")
        } catch {
            throw InferenceError.unusable(checkpoint: checkpoint, reason: "the file is gone")
        }
        return try ServedModel(
            checkpoint: checkpoint,
            policy,
            limits: limits,
            pool: pool,
            memory: try memory.claimModel(checkpoint, policy, limits)
        )
    }
}
