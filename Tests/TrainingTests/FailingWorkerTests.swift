import DeepQLearning
import Environments
import NeuralNetworks
import Testing
import Training

/// Jobs whose worker process dies; here it is a shell script that plays Breakout's protocol.
@Suite(.timeLimit(.minutes(5))) struct FailingWorkerTests {
    /// A worker that begins one episode, plays so many steps of four frames, and then ends, or does
    /// what else it is told.
    private func environments(
        steps: Int,
        end: String = "echo 'out of film'; exit 3"
    ) -> EnvironmentCatalog {
        let script = """
            if [ "$1" = --games ]; then \(answer("breakout")); exit 0; fi
            \(answer("210 160 NOOP FIRE RIGHT LEFT"))
            take() { dd bs=1 count=$1 <&3 >/dev/null 2>&1; }
            take 8; \(answer("")); i=0
            while [ $i -lt \(steps) ]; do take 12; \(answer("")); i=$((i+1)); done
            take 12
            \(end)
            """
        return EnvironmentCatalog(
            arcade: WorkerProgram(
                executable: "/bin/sh",
                arguments: ["-s", "-"],
                script: Array(script.utf8),
                startSeconds: 60,
                answerSeconds: 60
            )
        )
    }

    /// The shell command that answers: one frame played, no reward, no end.
    private func answer(_ content: String) -> String {
        func bytes(_ number: UInt32) -> [UInt8] {
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        let head =
            Array("DQN1".utf8) + bytes(0) + [UInt8](repeating: 0, count: 16) + bytes(1) + bytes(1)
            + bytes(UInt32(content.utf8.count))
        let octal = (head + Array(content.utf8)).map { byte in
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "printf '\(octal.joined())' >&3"
    }

    private func specification(steps: Int) -> JobSpecification {
        var job = JobSpecification.smallCartPole(steps: steps)
        job.environment = "atari/breakout"
        job.environmentOptions = ["no_op_max": 0]
        if case .dqn(var constants) = job.algorithm {
            constants.network = .mlp(8)
            constants.learningStartsAgentSteps = 1_000_000
            job.algorithm = .dqn(constants)
        }
        return job
    }

    private func run(_ job: JobSpecification, stepsOfWorker: Int) async throws
        -> MemoryRecorder.Content
    {
        let recorder = MemoryRecorder()
        let scheduler = JobScheduler(
            environments: environments(steps: stepsOfWorker),
            recorder: recorder,
            share: ComputeShare(cores: 1),
            clock: .real,
            maxRunningJobs: 1
        )
        _ = try await scheduler.submit(job, id: "job")
        await recorder.wait { $0.jobs["job"]?.state.isEnd ?? false }
        _ = await scheduler.shutDown(reason: "end of test")
        return recorder.current
    }

    @Test("a job goes on where its worker dies now and then, its episodes cut as time-outs")
    func restarted() async throws {
        let content = try await run(specification(steps: 90), stepsOfWorker: 30)
        let events = try #require(content.events["job"])
        let job = try #require(content.jobs["job"])
        #expect(job.state == .completed, "\(job.failure ?? "")")
        #expect(job.progress.environmentRestarts == 2)
        let episodes = events.compactMap { event in
            if case .episode(let episode) = event.kind { episode } else { nil as EpisodeSummary? }
        }
        #expect(episodes.count == 2 && episodes.allSatisfy(\.isTruncated))
        let warnings = events.compactMap { event in
            if case .log(.warning, let text) = event.kind { text } else { nil as String? }
        }
        #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains("out of film") })
    }

    @Test("a job whose worker hangs can be looked at, saved, paused, resumed and stopped")
    func hanging() async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(
            recorder,
            environments: environments(steps: 40, end: "exec sleep 600")
        )
        _ = try await scheduler.submit(specification(steps: 1_000_000), id: "job")
        let job = try #require(await scheduler.job("job"))
        while await job.record.progress.agentSteps == 0 { await Task.yield() }
        while await !job.isWorkingLong() { await Task.yield() }
        #expect(await job.view() != nil)
        let checkpoint = try await job.takeCheckpoint()
        #expect(checkpoint.agentSteps > 0)
        #expect(try await job.pause().state == .paused)
        #expect(try await job.resume().state == .running)
        #expect(try await job.stop().state == .stopped)
        #expect(recorder.current.checkpoints["job"]?.count ?? 0 > 0)
    }

    @Test("a job whose worker hangs in its start can be stopped")
    func hangingStart() async throws {
        let recorder = MemoryRecorder()
        let scheduler = makeScheduler(
            recorder,
            environments: EnvironmentCatalog(
                arcade: WorkerProgram(
                    executable: "/bin/sh",
                    arguments: ["-s", "-"],
                    script: Array(
                        "[ \"$1\" = --games ] && \(answer("breakout")) && exit 0; sleep 600".utf8
                    ),
                    startSeconds: 600,
                    answerSeconds: 600
                )
            )
        )
        _ = try await scheduler.submit(specification(steps: 1_000), id: "job")
        let job = try #require(await scheduler.job("job"))
        while await !job.isWorkingLong() { await Task.yield() }
        #expect(await job.view() == nil)
        await #expect(throws: JobConflict.self) { try await job.takeCheckpoint() }
        #expect(try await job.stop().state == .stopped)
        #expect(recorder.current.jobs["job"]?.state == .stopped)
    }

    @Test("one whose worker dies again and again fails, and leaves what it has as a checkpoint")
    func givenUp() async throws {
        let content = try await run(specification(steps: 1_000_000), stepsOfWorker: 30)
        let job = try #require(content.jobs["job"])
        #expect(
            job.state == .failed && job.failure?.contains("out of film") == true,
            "\(job.failure ?? "")"
        )
        #expect(job.progress.agentSteps > 0)
        #expect(
            content.checkpoints["job"]?.map(\.record.agentSteps) == [job.progress.agentSteps]
        )
    }
}
