import ArgumentParser
import Foundation
import JSONFields
import ServerAPI
import Training

/// `dqn-server train`: one job on the terminal, without a server.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains one job here and now, and writes its checkpoint.",
        discussion: """
            Presets: \(Preset.all.map(\.name).joined(separator: ", ")). \
            --set takes any field of a job or hyperparameter, as in \
            --set total_agent_steps=50000 --set optimizer.learning_rate=0.0005.
            """
    )

    @Option(help: "The preset to begin with.")
    var preset: String?

    @Option(help: "The environment, where no preset is given.")
    var environment: String?

    @Option(help: "What all random numbers are derived from.")
    var seed: Int?

    @Option(name: .customLong("set"), help: "A value to change; may be given several times.")
    var changes: [String] = []

    @Option(help: "The checkpoint to write; the best one comes beside it.")
    var output = "model.safetensors"

    @OptionGroup var machine: MachineOptions

    func run() async throws {
        let specification: JobSpecification
        let environments = machine.environments
        do {
            specification = try JobRequest.specification(
                from: try Changes(changes).request(
                    preset: preset,
                    environment: environment,
                    seed: seed
                ),
                environments: environments
            )
        } catch let error as FieldFaults {
            throw ValidationError("\(error)")
        }
        let recorder = ConsoleRecorder(output: output)
        let job = TrainingJob(
            JobRecord(id: "train", specification: specification, createdAt: 0),
            environments: environments,
            recorder: recorder,
            share: ComputeShare(cores: machine.threads),
            clock: .system
        )
        let signals = StopSignals()
        let stopping = Task {
            _ = await signals.first()
            _ = try? await job.stop()
        }
        await job.run()
        stopping.cancel()
        let record = await job.record
        recorder.say(summary(record, bestPath: recorder.bestPath))
        if let failure = record.failure, record.state == .failed {
            throw CommandFailure(failure)
        }
    }

    private func summary(_ job: JobRecord, bestPath: String) -> String {
        var lines = [
            "\(job.state.rawValue) after \(job.progress.agentSteps) agent steps, "
                + "\(job.progress.gradientUpdates) updates and \(job.progress.episodes) episodes in "
                + String(format: "%.1f s", job.progress.wallSeconds)
        ]
        if let mean = job.latest.meanReturn100 {
            lines.append("mean return of the last 100 episodes: \(String(format: "%.4g", mean))")
        }
        if let best = job.best {
            let mean = String(format: "%.4g", best.meanReturn)
            lines.append("best mean return: \(mean), \(bestPath)")
        }
        lines.append("checkpoint: \(output)")
        return lines.joined(separator: "\n")
    }
}

/// Something that was asked for and could not be done: exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
