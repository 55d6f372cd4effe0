internal import ExperienceReplay
internal import MemoryBudgets
internal import NeuralNetworks

extension AgentError {
    /// What a network's fault means to an agent.
    init(_ error: NetworkError) {
        if case .memory(let part, let byteCount) = error {
            self = .memory("could not allocate \(ByteCount(byteCount)) for \(part)")
        } else {
            self = .network("\(error)")
        }
    }

    /// What a replay memory's fault means to an agent.
    init(_ error: ReplayError) {
        if case .noMemory(let byteCount) = error {
            self = .memory("could not allocate \(ByteCount(byteCount)) for the replay memory")
        } else {
            self = .memory("\(error)")
        }
    }
}
