import Checkpoints
import DeepQLearning
import HTTPServing
import JSONFields
import NeuralNetworks
import Testing

/// The distributions of returns that Q-values are the expectations of.
@Suite(.timeLimit(.minutes(5))) struct DistributionRouteTests {
    /// A policy of two actions whose outputs are these for every state.
    private func checkpoint(_ head: ValueHead, outputs: [Float]) -> PolicyCheckpoint {
        let architecture = NetworkArchitecture(
            input: .numbers(2),
            hiddenLayers: [],
            outputCount: outputs.count
        )
        return PolicyCheckpoint(
            policy: PolicySnapshot(
                function: .network(
                    architecture,
                    parameters: Array(repeating: 0, count: 2 * outputs.count) + outputs
                ),
                head: head,
                agentSteps: 1,
                gradientUpdates: 1
            ),
            environment: "",
            actionNames: ["left", "right"],
            hyperparameters: "{}"
        )
    }

    private func answer(
        _ api: APIUnderTest,
        _ checkpoint: PolicyCheckpoint,
        _ query: String
    ) async throws -> JSONValue {
        let made = try await api.send(
            .post,
            "/v1/checkpoints",
            headers: ["Content-Type": "application/octet-stream"],
            body: checkpoint.file.bytes
        )
        let id = try #require(made.json["id"].string, "\(made.text)")
        let answer = try await api.post(
            "/v1/models/\(id)/q-values\(query)",
            ["states": [[1, 2], [3, 4]]]
        )
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    @Test(
        "quantiles come with their fractions where they are asked for",
        arguments: Transport.allCases
    )
    func quantiles(transport: Transport) async throws {
        try await withAPI(transport) { api in
            let policy = checkpoint(.quantile(count: 2), outputs: [-1, 2, 3, 4])
            let plain = try await answer(api, policy, "")
            #expect(plain["q_values"] == [[0.5, 3.5], [0.5, 3.5]])
            #expect(plain["actions"] == [1, 1] && plain["distribution"] == .null)
            let whole = try await answer(api, policy, "?distribution=1")
            #expect(whole["q_values"] == plain["q_values"])
            let distribution = whole["distribution"]
            #expect(distribution["value_head"] == "quantile")
            #expect(distribution["fractions"] == [0.25, 0.75])
            #expect(distribution["quantiles"] == [[[-1, 2], [3, 4]], [[-1, 2], [3, 4]]])
        }
    }

    @Test("probabilities come with their returns")
    func probabilities() async throws {
        try await withAPI(.inProcess) { api in
            let support = CategoricalSupport(atomCount: 2, minimum: -1, maximum: 1)
            let policy = checkpoint(.categorical(support), outputs: [0, 0, -200, 200])
            let whole = try await answer(api, policy, "?distribution=true")
            #expect(whole["q_values"] == [[0, 1], [0, 1]])
            #expect(whole["distribution"]["returns"] == [-1, 1])
            let state: JSONValue = [[0.5, 0.5], [0, 1]]
            let found = whole["distribution"]["probabilities"]
            #expect(found[0][0] == state[0] && found[1][0] == state[0], "\(found)")
            #expect(found[0][1][1] == 1)
        }
    }

    @Test("a model that learned expectations alone has no distribution")
    func scalar() async throws {
        try await withAPI(.inProcess) { api in
            let whole = try await answer(
                api,
                checkpoint(.scalar, outputs: [1, 2]),
                "?distribution=1"
            )
            #expect(whole["q_values"] == [[1, 2], [1, 2]])
            #expect(whole["distribution"] == .null)
        }
    }
}
