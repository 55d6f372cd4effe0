import ArgumentParser
import Environments
import Foundation
import JSONFields
import MemoryBudgets
import Snapshots
import Training

/// `dqn-server train`: one job on the terminal, without a server.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains one job here and now, and saves what it has learned as a file.",
        discussion: """
            Presets: \(presetNames). --set takes any field of a job and any hyperparameter, as in \
            --set total_agent_steps=50000 --set optimizer.learning_rate=0.0005.

            Ctrl-C ends the training for now: the checkpoint is saved, and the exit code is 130. \
            --resume goes on where it was, to the bit, also after the process was killed.
            """
    )

    @Option(help: "The preset to begin with.")
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "Goes on with a training that was not finished.",
            discussion: """
                The folder lies beside its output: model.snapshots, if that is model.safetensors. \
                The job and the output stay as they were.
                """,
            valueName: "folder"
        )
    )
    var resume: String?

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

    @OptionGroup var snapshots: SnapshotOptions
    @OptionGroup var machine: MachineOptions
    @OptionGroup var memory: MemoryOptions

    func validate() throws {
        guard !output.isEmpty else {
            throw ValidationError("--output is empty, expected the name of a file")
        }
        let changes = try Changes(changes)
        if let resume {
            guard !resume.isEmpty else {
                throw ValidationError("--resume is empty, expected the name of a folder")
            }
            guard preset == nil, environment == nil, seed == nil, self.changes.isEmpty else {
                throw ValidationError(
                    "--resume goes on with a job as it is; leave --preset, --environment, --seed "
                        + "and --set out"
                )
            }
            return
        }
        guard preset != nil || environment != nil || changes.names("environment") else {
            throw ValidationError(
                "give a --preset, one of \(Self.presetNames), or an --environment"
            )
        }
    }

    func run() async throws {
        let environments = try machine.environments
        let training = try training(environments)
        let specification = training.specification
        do {
            let demand = try specification.memoryDemand(
                in: environments,
                workers: machine.threads
            )
            try memory.budget.check(demand, of: "this job")
        } catch {
            throw CommandFailure("\(error)")
        }
        let file = training.output
        try prepare(training)
        // A pager that is closed early must not cost the training.
        signal(SIGPIPE, SIG_IGN)
        let recorder = ConsoleRecorder(
            output: file,
            snapshots: training.snapshots,
            console: .standardError,
            now: JobClock.system.monotonic
        )
        var record = JobRecord(id: "train", specification: specification, createdAt: 0)
        if resume != nil { record.startedAt = 0 }
        let job = TrainingJob(
            record,
            environments: environments,
            recorder: recorder,
            share: ComputeShare(cores: machine.threads),
            clock: .system,
            snapshotSeconds: snapshots.snapshotSeconds,
            notify: recorder.show
        )
        let signals = StopSignals()
        let stopping = Task {
            let signal = await signals.first()
            _ = try? await job.takeCheckpoint()
            _ = try? await job.suspend(reason: signal)
            return signal
        }
        await job.run()
        record = await job.record
        // Nothing but a signal ends it before it has run to its end.
        let isUnfinished = record.state == .running || record.state == .stopped
        let signal = isUnfinished ? await stopping.value : nil
        recorder.say(
            TrainingReport(
                record,
                signal: signal,
                saved: recorder.saved,
                folder: record.state == .running ? training.folder : nil
            ).text
        )
        if record.state == .failed { throw CommandFailure(record.failure ?? "the training failed") }
        // As shells report a program that a signal has ended.
        if isUnfinished { throw ExitCode(128 + (Self.signalNumbers[signal ?? ""] ?? SIGINT)) }
    }

    private static let signalNumbers = ["SIGHUP": SIGHUP, "SIGINT": SIGINT, "SIGTERM": SIGTERM]
    private static let presetNames = Preset.all.map(\.name).joined(separator: ", ")

    /// The training to begin, or to go on with.
    private func training(_ environments: EnvironmentCatalog) throws -> UnfinishedTraining {
        if let resume { return try UnfinishedTraining(folder: resume) }
        return UnfinishedTraining(try specification(environments), output: OutputFile(output))
    }

    /// Checks that its files can be written and nothing is lost by it.
    private func prepare(_ training: UnfinishedTraining) throws {
        let isNew = resume == nil
        for file in [training.output, training.output.best] {
            try file.prepare(overwriting: overwrite || !isNew)
        }
        guard isNew else { return }
        if FileManager.default.fileExists(atPath: training.folder) {
            guard overwrite else {
                throw CommandFailure(
                    "\(training.folder) holds a training that was not finished: --resume "
                        + "\(TrainingReport.quoted(training.folder)) goes on with it, --overwrite "
                        + "begins anew"
                )
            }
            training.snapshots.remove()
        }
        try training.write()
    }

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
