import ArgumentParser
import Environments
import Foundation
import JSONFields
import MemoryBudgets
import Training

/// `dqn-server train`: one job on the terminal, without a server.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains one job here and now, and saves what it has learned as a file.",
        discussion: """
            Presets: \(presetNames). --set takes any field of a job and any hyperparameter, as in \
            --set total_agent_steps=50000 --set optimizer.learning_rate=0.0005.

            Ctrl-C ends the training early: the checkpoint is saved, and the exit code is 130.
            """
    )

    @Option(help: "The preset to begin with.")
    var preset: String?

    @Option(help: "The environment; that of the preset if not given.")
    var environment: String?

    @Option(
        parsing: .unconditional,
        help: "The number that all random numbers are derived from; the preset's if not given."
    )
    var seed: Int?

    @Option(
        name: .customLong("set"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A value to change; may be given several times.", valueName: "key=value")
    )
    var changes: [String] = []

    @Option(
        help: """
            The file for the newest checkpoint. The best one goes beside it: into \
            model-best.safetensors, if this is model.safetensors.
            """
    )
    var output = "model.safetensors"

    @Flag(help: "Replace files that are there already.")
    var overwrite = false

    @OptionGroup var machine: MachineOptions
    @OptionGroup var memory: MemoryOptions

    func validate() throws {
        guard !output.isEmpty else {
            throw ValidationError("--output is empty, expected the name of a file")
        }
        let changes = try Changes(changes)
        guard preset != nil || environment != nil || changes.names("environment") else {
            throw ValidationError(
                "give a --preset, one of \(Self.presetNames), or an --environment"
            )
        }
    }

    func run() async throws {
        let environments = machine.environments
        let specification = try specification(environments)
        do {
            let demand = try specification.memoryDemand(
                in: environments,
                workers: machine.threads
            )
            try memory.budget.check(demand, of: "this job")
        } catch {
            throw CommandFailure("\(error)")
        }
        let file = OutputFile(output)
        for file in [file, file.best] { try file.prepare(overwriting: overwrite) }
        // A pager that is closed early must not cost the training.
        signal(SIGPIPE, SIG_IGN)
        let recorder = ConsoleRecorder(
            output: file,
            console: .standardError,
            now: JobClock.system.monotonic
        )
        let job = TrainingJob(
            JobRecord(id: "train", specification: specification, createdAt: 0),
            environments: environments,
            recorder: recorder,
            share: ComputeShare(cores: machine.threads),
            clock: .system,
            notify: recorder.show
        )
        let signals = StopSignals()
        let stopping = Task {
            let signal = await signals.first()
            _ = try? await job.stop()
            return signal
        }
        await job.run()
        let record = await job.record
        // Nothing but a signal stops it.
        let signal = record.state == .stopped ? await stopping.value : nil
        let (newest, best) = recorder.saved
        recorder.say(TrainingReport(record, signal: signal, newest: newest, best: best).text)
        switch record.state {
        case .failed: throw CommandFailure(record.failure ?? "the training failed")
        case .stopped:
            // As shells report a program that a signal has ended.
            throw ExitCode(128 + (Self.signalNumbers[signal ?? ""] ?? SIGINT))
        case .queued, .running, .paused, .completed: break
        }
    }

    private static let signalNumbers = ["SIGHUP": SIGHUP, "SIGINT": SIGINT, "SIGTERM": SIGTERM]
    private static let presetNames = Preset.all.map(\.name).joined(separator: ", ")

    private func specification(_ environments: EnvironmentCatalog) throws -> JobSpecification {
        let changes = try Changes(changes)
        if let environment, let fault = environments.fault(ofName: environment) {
            throw refusal("--environment: \(fault)")
        }
        do throws(FieldFaults) {
            return try JobSpecification(
                request: changes.request(preset: preset, environment: environment, seed: seed),
                in: environments
            )
        } catch {
            throw refusal(changes.message(error))
        }
    }
}
