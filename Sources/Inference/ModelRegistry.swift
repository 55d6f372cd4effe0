internal import BackgroundQueues
internal import Checkpoints

/// The models that are ready to be asked, loaded when they are first asked for.
///
/// Requests that ask for the same checkpoint at the same time wait for one load. A model that is
/// dropped answers the requests that hold it still.
public actor ModelRegistry {
    private struct Entry {
        var load: Task<ServedModel, any Error>
        var lastUse: Int
    }

    private let limits: InferenceLimits
    /// The cores that all models share.
    private let pool: ComputePool
    private var entries: [String: Entry] = [:]
    private var uses = 0

    /// Creates a registry without models.
    public init(limits: InferenceLimits) {
        self.limits = limits
        pool = ComputePool(width: limits.cores)
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
            dropLeastUsed()
            let (limits, pool) = (limits, pool)
            entries[checkpoint] = Entry(
                load: Task.detached {
                    try Self.load(checkpoint, file: file, limits: limits, pool: pool)
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
            throw error
        }
    }

    /// Drops a model whose checkpoint is deleted.
    public func drop(checkpoint: String) {
        entries[checkpoint] = nil
    }

    private func dropLeastUsed() {
        guard entries.count >= limits.maxLoadedModels,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return }
        entries[oldest.key] = nil
    }

    private static func load(
        _ checkpoint: String,
        file: String,
        limits: InferenceLimits,
        pool: ComputePool
    ) throws -> ServedModel {
        let policy: PolicyCheckpoint
        do {
            policy = try PolicyCheckpoint(contentsOf: file)
        } catch let error as CheckpointError {
            throw InferenceError.unusable(checkpoint: checkpoint, reason: "\(error)")
        } catch {
            throw InferenceError.unusable(checkpoint: checkpoint, reason: "the file is gone")
        }
        return try ServedModel(checkpoint: checkpoint, policy, limits: limits, pool: pool)
    }
}
