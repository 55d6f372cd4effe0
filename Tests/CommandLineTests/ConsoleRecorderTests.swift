import Environments
import Foundation
import Snapshots
import Synchronization
import Testing
import Training
import dqn_server

@Suite(.timeLimit(.minutes(5))) struct ConsoleRecorderTests {
    /// A console that keeps what is written to it, and a clock that stands still.
    final class Screen: Sendable {
        private let state = Mutex((text: "", columns: Int?.none, seconds: 100.0))

        init(columns: Int?) {
            state.withLock { $0.columns = columns }
        }

        var text: String { state.withLock { $0.text } }
        func pass(_ seconds: Double) { state.withLock { $0.seconds += seconds } }
        func resize(to columns: Int) { state.withLock { $0.columns = columns } }

        func recorder(_ output: String) -> ConsoleRecorder {
            ConsoleRecorder(
                output: OutputFile(output),
                snapshots: SnapshotFolder(path: output + ".snapshots"),
                console: Console(
                    columns: { self.state.withLock { $0.columns } },
                    write: { text in self.state.withLock { $0.text += text } }
                ),
                now: { self.state.withLock { $0.seconds } }
            )
        }
    }

    @Test("a terminal's line is drawn again at the width the terminal has now")
    func terminal() throws {
        let screen = Screen(columns: 40)
        let recorder = screen.recorder("unused")
        let job = try ProgressLineTests.job()
        recorder.record([], of: job)
        screen.resize(to: 31)
        recorder.record([], of: job)
        recorder.say("a line that stays")
        recorder.say("another")
        #expect(
            screen.text
                == "\r\u{1b}[K25 %  5000/20000 steps  5 min left"
                + "\r\u{1b}[K5000/20000 steps  5 min left"
                + "\r\u{1b}[Ka line that stays\nanother\n"
        )
    }

    @Test("a pipe gets a plain line every five seconds, and one at each evaluation")
    func pipe() throws {
        let screen = Screen(columns: nil)
        let recorder = screen.recorder("unused")
        let job = try ProgressLineTests.job()
        let line = ProgressLine(job).text + "\n"
        recorder.record([], of: job)
        #expect(screen.text == line)
        screen.pass(4.9)
        recorder.record([], of: job)
        #expect(screen.text == line)
        let summary = EvaluationSummary(returns: [1, 3], lengths: [9, 9], epsilon: 0.05)
        let position = job.progress.position
        recorder.record([TrainingEvent(.evaluation(summary), at: position, time: 0)], of: job)
        let evaluation = "evaluation after 5000 steps: mean return 2 ± 1 over 2 episodes\n"
        #expect(screen.text == line + evaluation)
        screen.pass(0.1)
        recorder.record([], of: job)
        #expect(screen.text == line + evaluation + line)
    }

    @Test("a job's newest and best checkpoints lie side by side")
    func checkpoints() async throws {
        let folder = TemporaryFolder()
        let screen = Screen(columns: nil)
        let recorder = screen.recorder(folder["model.safetensors"])
        #expect(recorder.saved.newest == nil && recorder.saved.best == nil)
        let preset = try #require(Preset.named("routes"))
        let job = TrainingJob(
            JobRecord(id: "train", specification: preset.specification, createdAt: 0),
            environments: EnvironmentCatalog(python: nil),
            recorder: recorder,
            share: ComputeShare(cores: 1),
            clock: JobClock(date: { 0 }, monotonic: { 0 })
        )
        await job.run()
        #expect(await job.record.state == .completed)
        #expect(folder.files == ["model-best.safetensors", "model.safetensors"])
        #expect(recorder.saved.best?.path == folder["model-best.safetensors"])
        let report = TrainingReport(await job.record, signal: nil, saved: recorder.saved)
        #expect(report.text.hasPrefix("completed after 10000 agent steps, 10000 updates"))
        #expect(report.text.contains("\nnewest checkpoint: \(folder["model.safetensors"])"))
        #expect(!report.text.contains("dqn-server evaluate"))
    }

    @Test("what cannot be written is told, and written as soon as it can be")
    func trouble() async throws {
        let folder = TemporaryFolder()
        let screen = Screen(columns: nil)
        let file = folder["later/model.safetensors"]
        let recorder = screen.recorder(file)
        let preset = try #require(Preset.named("routes"))
        let job = TrainingJob(
            JobRecord(id: "train", specification: preset.specification, createdAt: 0),
            environments: EnvironmentCatalog(python: nil),
            recorder: recorder,
            share: ComputeShare(cores: 1),
            clock: JobClock(date: { 0 }, monotonic: { 0 }, sleep: { _ in }),
            notify: { notice in
                recorder.show(notice)
                guard notice.kind == .writeFailed else { return }
                try? FileManager.default.createDirectory(
                    atPath: folder["later"],
                    withIntermediateDirectories: false
                )
            }
        )
        await job.run()
        #expect(await job.record.state == .completed)
        #expect(
            screen.text.contains(
                "job could not be written down: cannot write \(file): No such file or directory; "
                    + "trying again, Ctrl-C twice gives up\n"
            )
        )
        #expect(recorder.saved.newest?.path == file)
    }

    @Test("who has stopped a job is told what can be done with its file")
    func stopped() throws {
        var job = try ProgressLineTests.job()
        job.state = .stopped
        let report = TrainingReport(
            job,
            signal: "SIGINT",
            saved: (OutputFile("my model.safetensors"), nil)
        )
        #expect(report.text.hasPrefix("stopped by SIGINT after 5000 agent steps"))
        #expect(report.text.contains("dqn-server evaluate --checkpoint 'my model.safetensors'\n"))
        #expect(report.text.contains("dqn-server play --checkpoint 'my model.safetensors'\n"))
        #expect(report.text.contains("--data-binary @'my model.safetensors' "))
        let nothing = TrainingReport(job, signal: "SIGTERM", saved: (nil, nil))
        #expect(nothing.text.hasSuffix("\nnothing was saved"))
        job.state = .running
        let interrupted = TrainingReport(
            job,
            signal: "SIGINT",
            saved: (nil, nil),
            folder: "my model.snapshots"
        )
        #expect(interrupted.text.hasPrefix("interrupted by SIGINT after 5000 agent steps"))
        #expect(interrupted.text.hasSuffix("dqn-server train --resume 'my model.snapshots'"))
    }
}
