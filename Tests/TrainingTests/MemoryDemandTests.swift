import BackgroundQueues
import DeepQLearning
import Environments
import Foundation
import MemoryBudgets
import NeuralNetworks
import RandomNumbers
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct MemoryDemandTests {
    @Test("a large dense network takes up what was computed for it")
    func dense() async {
        await #expect(processExitsWith: .success) {
            try measure { $0.network = .mlp(1024) }
        }
    }

    @Test("wide convolutions over large batches take up what was computed for them")
    func convolutions() async {
        await #expect(processExitsWith: .success) {
            try measure {
                $0.network = [
                    .conv2d(filters: 128, kernelSize: 8, stride: 4),
                    .conv2d(filters: 64, kernelSize: 3, stride: 1, padding: 2),
                    .dense(units: 32),
                ]
                $0.batchSize = 128
            }
        }
    }

    @Test("overlapped rounds and a limited gradient take up what was computed for them")
    func overlapped() async {
        await #expect(processExitsWith: .success) {
            try measure {
                $0.network = .mlp(512)
                $0.batchSize = 64
                $0.schedule = .overlapped
                $0.updatesPerPeriod = 8
                $0.maxGradientNorm = 10
                $0.optimizer = .rmsprop(RMSProp())
            }
        }
    }

    @Test("a full replay memory of several environments takes up what was computed for it")
    func replay() async {
        await #expect(processExitsWith: .success) {
            try measure(steps: 30_000) {
                $0.network = .mlp(4)
                $0.environmentCount = 4
                $0.replayCapacityFrames = 30_000
                $0.updatePeriodAgentSteps = 1_000
            }
        }
    }

    @Test("what cannot be computed with any more is refused, not trapped on")
    func overflow() throws {
        var constants = DQNHyperparameters()
        constants.network = [
            .conv2d(filters: 4096, kernelSize: 64, stride: 1, padding: 63),
            .dense(units: 65_536),
        ]
        var job = JobSpecification(name: "large", environment: "catch", algorithm: .dqn(constants))
        job.evaluation = nil
        #expect(throws: NetworkError.self) {
            try job.memoryDemand(in: builtInEnvironments, workers: 1024)
        }
    }

    @Test("constants that no request could have, as a row of the store may, are refused too")
    func unchecked() {
        var backwards = DQNHyperparameters()
        backwards.head.kind = .categorical
        (backwards.head.minimumReturn, backwards.head.maximumReturn) = (3, 1)
        var narrow = DQNHyperparameters()
        narrow.replayCapacityFrames = 1
        for constants in [backwards, narrow] {
            let job = JobSpecification(
                name: "odd",
                environment: "catch",
                algorithm: .dqn(constants)
            )
            #expect(throws: AgentError.self) {
                try job.memoryDemand(in: builtInEnvironments, workers: 2)
            }
        }
    }

    @Test("memory that the system refuses fails the agent with a sentence")
    func refusedBySystem() async {
        await #expect(processExitsWith: .success) {
            var constants = DQNHyperparameters()
            constants.replayCapacityFrames = 1_000
            constants.network = .mlp(8192)
            let mapped = try MemoryInUse.now().mapped
            var limit = rlimit()
            (limit.rlim_cur, limit.rlim_max) = (rlim_t(mapped) + 1 << 30, rlim_t(mapped) + 1 << 30)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
                exit(2)
            }
            do {
                _ = try agent(constants)
                exit(3)
            } catch AgentError.memory(let reason) {
                FileHandle.standardError.write(Data("\(reason)\n".utf8))
                exit(reason.hasPrefix("could not allocate 92") ? 0 : 4)
            }
        }
    }
}

/// Memory of this process, as the kernel counts it: proc(5), statm.
private struct MemoryInUse {
    var mapped: Int
    var resident: Int

    static func now() throws -> MemoryInUse {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text.split(separator: " ").compactMap { Int($0) }
        return MemoryInUse(mapped: pages[0] * 4096, resident: pages[1] * 4096)
    }
}

private func agent(_ constants: DQNHyperparameters) throws -> any Agent {
    try Algorithm.dqn(constants).makeAgent(
        for: builtInEnvironments.specification(of: "catch"),
        streams: RandomStreams(seed: 1),
        workers: 2
    )
}

/// Lets an agent learn, and compares what it takes up with what was computed: at most a fifteenth more,
/// at most an eighth less, and a few megabytes of everything else.
private func measure(steps: Int = 600, _ change: (inout DQNHyperparameters) -> Void) throws {
    var constants = DQNHyperparameters()
    constants.replayCapacityFrames = 600
    constants.learningStartsAgentSteps = 200
    constants.updatePeriodAgentSteps = 64
    change(&constants)
    let environment = try builtInEnvironments.specification(of: "catch")
    let demand = try constants.memoryDemand(
        input: .pixels(environment.observation.shape),
        stack: environment.observation.stack,
        actionCount: environment.actionNames.count,
        workers: 2
    )
    let pool = ComputePool(width: 2)
    let before = try MemoryInUse.now().resident
    let streams = RandomStreams(seed: 1)
    let loop = TrainingLoop(
        environments: try (0..<constants.environmentCount).map { number in
            try builtInEnvironments.make(
                "catch",
                generator: streams.generator(named: "environment \(number)")
            )
        },
        agent: try agent(constants)
    )
    while loop.agent.counts.agentSteps < steps { _ = try loop.step(pool: pool) }
    _ = try loop.agent.finishLearning()
    let measured = try MemoryInUse.now().resident - before
    let (computed, rest) = (demand.size.bytes, 12_000_000)
    let text = "computed \(demand.arithmetic), measured \(ByteCount(measured))\n"
    FileHandle.standardError.write(Data(text.utf8))
    let isHonest =
        measured <= computed + computed / 15 + rest && measured >= computed - computed / 8 - rest
    exit(isHonest && computed > 5 * rest ? 0 : 1)
}
