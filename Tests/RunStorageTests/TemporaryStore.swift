import DeepQLearning
import Environments
import Foundation
import RunStorage
import Training

/// A store in a folder of its own, which goes when the test does.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func open() throws -> RunStore {
        try RunStore(folder: path, now: { 1_000_000 })
    }

    /// The database's file, without its log.
    var databaseBytes: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/runs.sqlite")
        return (attributes?[.size] as? Int) ?? 0
    }

    var files: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/checkpoints").sorted()) ?? []
    }
}

extension JobRecord {
    /// A job as a request may ask for it.
    static func example(_ id: String, environment: String = "cartpole") -> JobRecord {
        var specification = JobSpecification(
            name: "ex\"ample",
            environment: environment,
            algorithm: .dqn(DQNHyperparameters())
        )
        specification.environmentOptions = ["time_limit": 200, "slippery": true]
        specification.evaluation = EvaluationPlan(everyAgentSteps: 10, episodes: 2, epsilon: 0.05)
        return JobRecord(id: id, specification: specification, createdAt: 12.5)
    }

    /// The same job, further on.
    func at(agentSteps: Int) -> JobRecord {
        var job = self
        job.state = .running
        job.startedAt = 13
        job.progress.agentSteps = agentSteps
        job.progress.episodes = agentSteps / 10
        job.progress.wallSeconds = Double(agentSteps) / 4
        job.latest.loss = 0.25
        return job
    }

    func event(_ kind: TrainingEvent.Kind) -> TrainingEvent {
        TrainingEvent(kind, at: progress.position, time: 100)
    }
}
