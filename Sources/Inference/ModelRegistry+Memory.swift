public import Checkpoints
internal import DeepQLearning
internal import Foundation
public import MemoryBudgets
internal import NeuralNetworks

extension ModelRegistry {
    /// Refuses a policy that could not be loaded here even alone.
    public nonisolated func checkMemory(for checkpoint: PolicyCheckpoint) throws(MemoryExceeded) {
        try memory.check(checkpoint.memoryDemand(limits), of: "this policy")
    }
}

extension MemoryBudget {
    /// The memory in which a checkpoint's file is read: its bytes, the tensors in them, and these in
    /// our layout.
    func claimReading(_ checkpoint: String, file: String) throws(InferenceError) -> MemoryClaim {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        let size = ByteCount(attributes?[.size] as? Int ?? 0)
        var demand = MemoryDemand()
        demand.add(.init("reading the file", size * 3, arithmetic: "3 × \(size)"))
        return try grant(demand, to: checkpoint)
    }

    /// The memory that a model takes up as long as it is loaded.
    func claimModel(
        _ checkpoint: String,
        _ policy: PolicyCheckpoint,
        _ limits: InferenceLimits
    ) throws(InferenceError) -> MemoryClaim {
        try grant(policy.memoryDemand(limits), to: checkpoint)
    }

    private func grant(
        _ demand: MemoryDemand,
        to checkpoint: String
    ) throws(InferenceError) -> MemoryClaim {
        let claim: MemoryClaim
        do throws(MemoryExceeded) {
            claim = try self.claim(demand, for: .model, of: "its policy")
        } catch {
            throw .unusable(checkpoint: checkpoint, reason: "\(error)")
        }
        guard claim.isGranted() else {
            throw .noMemory(checkpoint: checkpoint, reason: claim.shortage)
        }
        return claim
    }
}

extension PolicyCheckpoint {
    /// What the policy takes up in memory as a model; nothing where its layers do not fit, which its
    /// loading says.
    fileprivate func memoryDemand(_ limits: InferenceLimits) -> MemoryDemand {
        let demand = try? policy.memoryDemand(
            capacity: limits.maxBatchRows,
            workers: limits.cores
        )
        return demand ?? MemoryDemand()
    }
}
