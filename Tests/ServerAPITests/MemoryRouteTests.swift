import Checkpoints
import DeepQLearning
import Environments
import Foundation
import HTTPServing
import JSONFields
import MemoryBudgets
import NeuralNetworks
import ServerAPI
import Testing
import Training

@Suite(.timeLimit(.minutes(5))) struct MemoryRouteTests {
    private static func budget(megabytes: Int) -> MemoryBudget {
        MemoryBudget(MemoryLimit(ByteCount(megabytes * 1_000_000), source: "a test"))
    }

    private func demand(_ size: ByteCount) -> MemoryDemand {
        var demand = MemoryDemand()
        demand.add(.init("a test", size))
        return demand
    }

    @Test(
        "a job larger than memory is refused at the field that weighs most, with the arithmetic",
        arguments: [
            (
                "network",
                #"{"network":[{"type":"conv2d","filters":4096,"kernel_size":3},"#
                    + #"{"type":"conv2d","filters":4096,"kernel_size":3}],"batch_size":1}"#
            ),
            (
                "batch_size",
                #"{"network":[{"type":"conv2d","filters":64,"kernel_size":3}],"batch_size":4096}"#
            ),
            ("network", #"{"network":[{"type":"dense","units":65536}]}"#),
            ("replay_capacity_frames", #"{"replay_capacity_frames":100000000}"#),
        ]
    )
    func refusedJob(field: String, hyperparameters: String) async throws {
        try await withAPI(.inProcess, memory: Self.budget(megabytes: 4_000)) { api in
            let answer = try await api.post(
                "/v1/jobs",
                [
                    "environment": "catch",
                    "hyperparameters": try JSONValue(parsing: Array(hyperparameters.utf8)),
                ]
            )
            #expect(answer.status == 400 && answer.json["code"] == "memory_exceeded")
            #expect(answer.json["details"][0]["pointer"].string == "/hyperparameters/\(field)")
            let sentence = try #require(answer.json["error"].string)
            #expect(sentence.hasPrefix("this job needs "), "\(sentence)")
            #expect(
                sentence.hasSuffix("there is at most 4.00 GB for jobs and models (a test)"),
                "\(sentence)"
            )
            #expect(try await api.get("/v1/jobs").json["jobs"].count == 0)
        }
    }

    @Test("a job that waits for memory says so wherever it is shown, and runs when there is room")
    func waitingJob() async throws {
        let memory = Self.budget(megabytes: 100)
        try await withAPI(.inProcess, memory: memory) { api in
            let claim = try memory.claim(demand(memory.limit.usable), for: .job, of: "a test")
            #expect(claim.isGranted())
            let created = try await api.post("/v1/jobs", APIUnderTest.smallJob)
            #expect(created.status == 201 && created.json["state"] == "queued")
            let reason = try #require(created.json["waiting_for"].string)
            #expect(reason.contains("0 B is free of 100 MB"), "\(reason)")
            let id = try #require(created.json["id"].string)
            #expect(try await api.get("/v1/jobs/\(id)").json["waiting_for"].string == reason)
            #expect(try await api.get("/v1/jobs").json["jobs"][0]["waiting_for"].string == reason)
            claim.giveUp()
            try await api.waitForEnd(of: id)
            let job = try await api.get("/v1/jobs/\(id)").json
            #expect(job["state"] == "completed" && job["waiting_for"] == nil)
        }
    }

    @Test("a model that fits only without the jobs is answered with 503, and loads later")
    func model() async throws {
        let memory = Self.budget(megabytes: 100)
        try await withAPI(.inProcess, memory: memory) { api in
            let id = try await api.create(APIUnderTest.smallJob)
            try await api.waitForEnd(of: id)
            let states: JSONValue = ["states": [0.1, 0, -0.1, 0]]
            let all = demand(memory.limit.usable)
            try await Self.waitUntilGranted(try memory.claim(all, for: .job, of: "a"), memory) {
                let refused = try await api.post("/v1/models/\(id)/q-values", states)
                #expect(refused.status == 503 && refused.json["code"] == "memory_exceeded")
                #expect(refused.headers["retry-after"] == "30")
            }
            #expect(try await api.post("/v1/models/\(id)/q-values", states).status == 200)
            // The loaded model goes where a job needs its room, and comes back when it is asked.
            try await Self.waitUntilGranted(try memory.claim(all, for: .job, of: "a"), memory) {}
            #expect(try await api.post("/v1/models/\(id)/q-values", states).status == 200)
        }
    }

    /// Waits until a claim is granted, and gives it up after `body`.
    private static func waitUntilGranted(
        _ claim: MemoryClaim,
        _ memory: MemoryBudget,
        _ body: () async throws -> Void
    ) async throws {
        let (freed, continuation) = AsyncStream<Void>.makeStream()
        memory.onFreed { continuation.yield() }
        var turns = freed.makeAsyncIterator()
        while !claim.isGranted() { await turns.next() }
        try await body()
        claim.giveUp()
    }

    @Test("a policy whose states need more than there is is not brought in")
    func importing() async throws {
        let architecture = NetworkArchitecture(
            input: .pixels([4, 8192, 8192]),
            hiddenLayers: [.conv2d(filters: 1, kernelSize: 1, stride: 64)],
            outputCount: 2
        )
        let tensors = [
            ("conv1.weight", [1, 4, 1, 1]), ("conv1.bias", [1]), ("fc1.weight", [2, 16_384]),
            ("fc1.bias", [2]),
        ].map { name, shape in
            let zeros = [Float](repeating: 0, count: shape.reduce(1, *))
            return NamedTensor(name: name, shape: shape, values: zeros)
        }
        let file = SafetensorsFile(
            metadata: ["network": architecture.json.description],
            tensors: tensors
        )
        try await withAPI(.inProcess, memory: Self.budget(megabytes: 1_000)) { api in
            let answer = try await api.send(
                .post,
                "/v1/checkpoints",
                headers: ["Content-Type": "application/octet-stream"],
                body: file.bytes
            )
            #expect(answer.status == 400 && answer.json["code"] == "memory_exceeded")
            let sentence = try #require(answer.json["error"].string)
            #expect(sentence.hasPrefix("this policy needs 3."), "\(sentence)")
        }
    }

    @Test("no two values at their limits make anything overflow", arguments: Preset.all.map(\.name))
    func limits(preset: String) throws {
        let convolution: JSONValue = [
            "type": "conv2d", "filters": 4096, "kernel_size": 64, "padding": 63,
        ]
        let dense: JSONValue = ["type": "dense", "units": 65_536]
        let settings: [(String, JSONValue)] = [
            ("network", .array(Array(repeating: convolution, count: 32))),
            ("network", .array(Array(repeating: dense, count: 32))),
            ("network", [convolution, dense]),
            ("network", []),
            ("batch_size", 4096), ("replay_capacity_frames", 100_000_000),
            ("environment_count", 64), ("updates_per_period", 100_000),
            ("update_period_agent_steps", 1), ("schedule", "overlapped"), ("precision", "bf16"),
            ("replay_storage", "file"), ("max_gradient_norm", 1e9),
            ("learning_starts_agent_steps", 1_000_000_000_000),
            ("optimizer", ["type": "rmsprop"]),
        ]
        let environments = EnvironmentCatalog(python: nil)
        var sizes: Set<ByteCount> = []
        for (index, first) in settings.enumerated() {
            for second in settings[index...] {
                var hyperparameters = JSONObject()
                for (name, value) in [first, second] { hyperparameters[name] = value }
                var body: JSONObject = ["preset": .string(preset), "algorithm": "dqn"]
                body["hyperparameters"] = .object(hyperparameters)
                do {
                    let job = try JobSpecification(
                        request: .object(body),
                        in: environments
                    )
                    // Every job needs something, on however many cores.
                    let demand = try job.memoryDemand(in: environments, workers: 1024)
                    #expect(demand.size > .zero)
                    sizes.insert(demand.size)
                } catch is FieldFaults {
                    // Refused before its size is asked for.
                }
            }
        }
        // What Python plays, `atari/breakout` and the like, is not there to be asked for without it.
        let game = Preset.named(preset)?.specification.environment ?? ""
        #expect(sizes.count > 10 || game.contains("/"), "\(sizes.count)")
    }
}
