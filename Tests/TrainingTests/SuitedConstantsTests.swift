import DeepQLearning
import Environments
import JSONFields
import NeuralNetworks
import RandomNumbers
import Testing
import Training

/// Which constants a job has that names an environment and no preset.
@Suite(.timeLimit(.minutes(5))) struct SuitedConstantsTests {
    /// Environments of which only they themselves can say what they show.
    private struct Unlisted: EnvironmentProvider {
        var entries: [EnvironmentCatalog.Entry] { [] }

        func has(_ id: String) -> Bool { shapes[id] != nil }

        private let shapes: [String: OptionValue] = [
            "gymnasium/CartPole-v1": ["shape": [4]], "any/numbers": ["shape": [6]],
            "any/grid": ["shape": [4, 10, 10], "scalar": "uint8"],
            "any/pictures": ["shape": [3, 36, 40], "scalar": "uint8"],
        ]

        func complete(
            _ options: EnvironmentOptions,
            of id: String
        ) throws(EnvironmentError) -> EnvironmentOptions {
            guard options["broken"] == nil else {
                throw .environmentFailed(id, reason: "step raised X")
            }
            return options.merging(["observation": shapes[id] ?? [:], "actions": 3]) { $1 }
        }

        func specification(
            of id: String,
            options: EnvironmentOptions
        ) throws(EnvironmentError) -> EnvironmentSpecification {
            let spaces = try DeclaredSpaces(options, of: id)
            return EnvironmentSpecification(
                id: id,
                summary: "For a test.",
                observation: spaces.observationSpec,
                actionNames: spaces.actionNames
            )
        }

        func make(
            _ id: String,
            options: EnvironmentOptions,
            generator: RandomGenerator,
            interruption: WorkerInterruption?
        ) throws(EnvironmentError) -> any Environment {
            throw .unavailable(id, reason: "for a test")
        }
    }

    private let environments = EnvironmentCatalog([Unlisted()])

    private func job(_ request: JSONValue) throws(FieldFaults) -> JobSpecification {
        try JobSpecification(request: request, in: environments)
    }

    private func constants(_ request: JSONValue) throws -> DQNHyperparameters {
        guard case .dqn(let constants) = try job(request).algorithm else {
            Issue.record("\(request) is not deep Q-learning")
            return DQNHyperparameters()
        }
        return constants
    }

    @Test("numbers are learned from by a perceptron, pictures by convolutions that fit them")
    func networks() throws {
        #expect(try constants(["environment": "any/numbers"]).network == .mlp(256, 256))
        #expect(try constants(["environment": "any/grid"]).network == .grid)
        #expect(try constants(["environment": "any/pictures"]).network == .nature)
    }

    @Test("a game that is part of the program has its preset's constants by another name too")
    func twins() throws {
        let job = try job(["environment": "gymnasium/CartPole-v1"])
        #expect(job.algorithm == Preset.named("cartpole")?.specification.algorithm)
        #expect(job.name == "gymnasium/CartPole-v1" && job.environment == job.name)
    }

    @Test("what is given lies over what suits, and the environment's answers are written down")
    func given() throws {
        let job = try job([
            "environment": "any/grid", "name": "mine", "seed": 5,
            "environment_options": ["stack": 1], "hyperparameters": ["batch_size": 16],
        ])
        #expect(job.name == "mine" && job.seed == 5)
        #expect(
            job.environmentOptions == [
                "stack": 1, "actions": 3,
                "observation": ["shape": [4, 10, 10], "scalar": "uint8"],
            ]
        )
        guard case .dqn(let constants) = job.algorithm else { return }
        #expect(constants.batchSize == 16)
        // A request that says all of it gives the same job.
        #expect(try self.job(job.json) == job)
    }

    @Test("fields are judged by the constants that suit, once the environment has answered")
    func faults() {
        func pointers(_ request: JSONValue) -> [String] {
            do throws(FieldFaults) {
                _ = try job(request)
                return []
            } catch {
                return error.faults.map(\.pointer)
            }
        }
        let wrong: JSONValue = ["batch_sice": 1, "replay_capacity_frames": 0]
        #expect(
            pointers(["environment": "any/numbers", "hyperparameters": wrong]) == [
                "/hyperparameters/replay_capacity_frames", "/hyperparameters/batch_sice",
            ]
        )
        #expect(
            pointers([
                "environment": "any/numbers", "environment_options": ["broken": true],
                "hyperparameters": wrong,
            ]) == ["/environment"]
        )
        #expect(pointers(["environment": "other", "hyperparameters": wrong]) == ["/environment"])
    }
}
