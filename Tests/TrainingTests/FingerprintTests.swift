import BackgroundQueues
import Checkpoints
import DeepQLearning
import Environments
import Foundation
import JSONFields
import NeuralNetworks
import RandomNumbers
import Snapshots
import Testing
import Training

/// What every kind of job does, to the bit, as one number a job: checkpoints, events and replay.
///
/// A change that is meant to change nothing leaves them as they are. One that is meant to change
/// what is learned says so, and records the new numbers, which a failing test prints.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FingerprintTests {
    /// A job, and the numbers of what it writes down and of what its replay memory then holds.
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let job: JobSpecification
        let record: UInt64
        let replay: UInt64?

        var testDescription: String { name }
    }

    @Test("every kind of job writes down the same bits as ever", arguments: cases)
    func record(example: Case) async throws {
        guard example.isAvailable else { return }
        let content = try await run(example.job, cores: 2, in: fingerprintEnvironments)
        #expect(content.jobs["job"]?.failure == nil)
        var hash = FingerprintHash()
        for (record, checkpoint) in try #require(content.checkpoints["job"]) {
            hash.add(record.agentSteps)
            hash.add(checkpoint.policy.gradientUpdates)
            switch checkpoint.policy.function {
            case .network(_, let parameters): hash.add(parameters)
            case .table(let table): hash.add(table.values)
            }
        }
        for event in try #require(content.events["job"]).withoutTime {
            switch event.kind {
            case .metrics, .episode, .evaluation:
                hash.add("\(event.kind.name) \(JSONValue.object(event.data))")
            case .state, .log, .checkpoint, .rewind: break
            }
        }
        #expect(hash.value == example.record, "record \(hash)")
    }

    @Test("every kind of agent holds the same experience as ever", arguments: cases)
    func replay(example: Case) throws {
        guard case .dqn = example.job.algorithm, example.isAvailable else { return }
        let loop = try example.makeLoop()
        let pool = ComputePool(width: 2)
        while loop.agent.counts.agentSteps < example.job.totalAgentSteps {
            _ = try loop.step(pool: pool)
        }
        _ = try loop.agent.finishLearning()
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let writer = SnapshotWriter()
        try loop.agent.write(to: writer)
        try writer.finish().write(to: file)
        let reader = try SnapshotReader(path: file)
        var hash = FingerprintHash()
        for section in Self.sections {
            let bytes = try reader.bytes(section)
            if section == "replay slots" || section == "replay frames" { hash.add(bytes: bytes) }
        }
        #expect(hash.value == example.replay, "replay \(hash)")
    }

    /// The sections of an agent's snapshot, in order.
    private static let sections = [
        "agent", "online parameters", "target parameters", "mean gradient", "mean square",
        "velocity", "acting parameters", "replay rings", "replay slots", "replay frames",
    ]

    /// Every kind of job, of a few hundred to a few thousand steps.
    static let cases: [Case] = {
        var cases: [Case] = []
        for schedule in LearningSchedule.allCases {
            for environments in [1, 3] {
                for environment in ["catch", "cartpole", "atari/breakout"] {
                    let name = "\(environment) \(schedule.rawValue) \(environments)"
                    cases.append(
                        Case(
                            name,
                            .fingerprint(environment, schedule, environments: environments)
                        )
                    )
                }
            }
        }
        for name in ["catch", "atari/breakout"] {
            cases.append(Case("\(name) bf16", .fingerprint(name, .overlapped, precision: .bf16)))
        }
        for name in ["routes", "frozen-lake"] {
            var job = Preset.named(name)?.specification ?? .smallCartPole()
            job.totalAgentSteps = 5_000
            job.evaluation?.everyAgentSteps = 2_000
            job.metricsEveryAgentSteps = 500
            cases.append(Case(name, job))
        }
        return cases
    }()
}

extension FingerprintTests.Case {
    init(_ name: String, _ job: JobSpecification) {
        self.name = name
        self.job = job
        (record, replay) = FingerprintTests.expected[name] ?? (0, nil)
    }

    /// Whether this machine can run the job.
    var isAvailable: Bool {
        if case .dqn(let constants) = job.algorithm, !constants.precision.isAvailable {
            return false
        }
        let entry = fingerprintEnvironments.entries
            .first { $0.specification.id == job.environment }
        return entry != nil && entry?.unavailableReason == nil
    }

    /// The job's agent in its environments, seeded as the job seeds them.
    func makeLoop() throws -> TrainingLoop {
        let streams = RandomStreams(seed: UInt64(job.seed))
        let environments = try (0..<job.algorithm.environmentCount).map { number in
            try fingerprintEnvironments.make(
                job.environment,
                options: job.environmentOptions,
                generator: streams.generator(
                    named: number == 0 ? "environment" : "environment \(number)"
                )
            )
        }
        return TrainingLoop(
            environments: environments,
            agent: try job.algorithm.makeAgent(
                for: environments[0].specification,
                streams: streams,
                workers: 2
            )
        )
    }
}

extension JobSpecification {
    /// A short job with every part of the method in it: updates, target updates, both ends of the
    /// exploration, a replay memory that drops its oldest frames, evaluations and checkpoints.
    fileprivate static func fingerprint(
        _ environment: String,
        _ schedule: LearningSchedule,
        environments: Int = 1,
        precision: LearningPrecision = .fp32
    ) -> JobSpecification {
        let isPixels = environment != "cartpole"
        var job = JobSpecification.smallCartPole(
            seed: 7,
            steps: isPixels ? 400 : 4_000,
            schedule: schedule,
            environments: environments
        )
        job.environment = environment
        guard case .dqn(var constants) = job.algorithm else { return job }
        constants.precision = precision
        if isPixels {
            constants.network = .nature
            constants.replayCapacityFrames = 300
            constants.targetUpdatePeriod = .updates(20)
            constants.clipsRewards = true
            constants.exploration.decayAgentSteps = 200
        } else {
            constants.updatesPerPeriod = 2
            constants.maxGradientNorm = 1
        }
        job.algorithm = .dqn(constants)
        if environment.hasPrefix("atari/") {
            job.environmentOptions = ["terminal_on_life_loss": true, "fire_on_reset": true]
        }
        job.metricsEveryAgentSteps = 50
        job.checkpointEveryAgentSteps = job.totalAgentSteps / 4
        job.evaluation =
            environment.hasPrefix("atari/")
            ? nil
            : EvaluationPlan(
                everyAgentSteps: job.totalAgentSteps / 2,
                episodes: 3,
                epsilon: 0.05
            )
        return job
    }
}

/// The Atari games too where `make python-environment` has installed them.
private let fingerprintEnvironments = EnvironmentCatalog(
    python: ProcessInfo.processInfo.environment["DQN_PYTHON"]
        ?? URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.python/bin/python").standardized.path
)

/// FNV-1a over numbers and bytes.
private struct FingerprintHash: CustomStringConvertible {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(word: UInt64) {
        value = (value ^ word) &* 0x100_0000_01b3
    }

    mutating func add(_ number: Int) { add(word: UInt64(bitPattern: Int64(number))) }

    mutating func add(_ numbers: [Float]) {
        for number in numbers { add(word: UInt64(number.bitPattern)) }
    }

    mutating func add(_ text: String) { add(bytes: Array(text.utf8)) }

    mutating func add(bytes: [UInt8]) {
        for byte in bytes { add(word: UInt64(byte)) }
    }

    var description: String { "0x" + String(value, radix: 16) }
}
