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
    /// Where files are read, one after the other.
    private let loading = BlockingQueue(label: "dqn.models.loading")
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
    ///   - sha256: The digest of what was written there, in hexadecimal.
    /// - Returns: The model, ready.
    /// - Throws: `InferenceError.damaged`, `fileGone` or `unusable` where the file is not what was
    ///   written or makes no model.
    public func model(
        checkpoint: String,
        file: String,
        sha256: String
    ) async throws -> ServedModel {
        uses += 1
        if entries[checkpoint] == nil {
            if entries.count >= limits.maxLoadedModels { dropLeastUsed() }
            let (limits, pool, memory, loading) = (limits, pool, memory, loading)
            entries[checkpoint] = Entry(
                load: Task.detached {
                    try await loading.run {
                        let reading = try memory.claimReading(checkpoint, file: file)
                        defer { reading.giveUp() }
                        let policy = try Self.policy(checkpoint, file: file, sha256: sha256)
                        return try ServedModel(
                            checkpoint: checkpoint,
                            policy,
                            limits: limits,
                            pool: pool,
                            memory: try memory.claimModel(checkpoint, policy, limits)
                        )
                    }
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
            // The next request tries anew, unless one has begun to already.
            if entries[checkpoint]?.load == load {
                entries[checkpoint] = nil
            }
            if case InferenceError.noMemory = error, dropLeastUsed() {
                return try await model(checkpoint: checkpoint, file: file, sha256: sha256)
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

    private static func policy(
        _ checkpoint: String,
        file: String,
        sha256: String
    ) throws(InferenceError) -> PolicyCheckpoint {
        do throws(CheckpointError) {
            return try PolicyCheckpoint(contentsOf: file, sha256: sha256)
        } catch {
            switch error {
            case .damaged: throw .damaged(checkpoint: checkpoint, reason: "\(error)")
            case .missing: throw .fileGone(checkpoint: checkpoint)
            case .notSafetensors, .notAPolicy, .unreadable, .file:
                throw .unusable(checkpoint: checkpoint, reason: "\(error)")
            }
        }
    }
}
