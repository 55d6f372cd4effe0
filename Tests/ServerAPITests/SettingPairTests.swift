import Environments
import JSONFields
import MemoryBudgets
import Testing
import Training

/// Requests are foreign: whatever two settings say together, the job is taken or refused.
@Suite(.timeLimit(.minutes(5))) struct SettingPairTests {
    private let api = DocumentedAPI.written
    private let environments = EnvironmentCatalog(python: nil)

    @Test(
        "no two constants at their limits end the process, with any head",
        arguments: ["scalar", "categorical", "quantile", "implicit_quantile"]
    )
    func pairsOfDQN(head: String) throws {
        let taken = try pairs("DQNHyperparameters", beside: ["value_head": .string(head)]) {
            ["preset": "cartpole", "hyperparameters": .object($0)]
        }
        #expect(taken > 1_000)
    }

    @Test("no two constants of PQN at their limits end the process")
    func pairsOfPQN() throws {
        let taken = try pairs("PQNHyperparameters", beside: [:]) {
            ["preset": "pqn-cartpole", "hyperparameters": .object($0)]
        }
        #expect(taken > 50)
    }

    /// How many requests were taken.
    private func pairs(
        _ schema: String,
        beside others: JSONObject,
        _ request: (JSONObject) -> JSONValue
    ) throws -> Int {
        let properties = api.document["components"]["schemas"][schema]["properties"]
        let settings = api.names(properties).flatMap { name in
            values(of: properties[name]).map { (name: name, value: $0) }
        }
        #expect(settings.count > 20)
        var taken = 0
        for (index, first) in settings.enumerated() {
            for second in settings[index...] {
                var hyperparameters = others
                // So that no size takes long to be found.
                hyperparameters["network"] = [["type": "dense", "units": 4]]
                for (name, value) in [first, second] { hyperparameters[name] = value }
                do {
                    let job = try JobSpecification(
                        request: request(hyperparameters),
                        in: environments
                    )
                    let demand = try job.memoryDemand(in: environments, workers: 2)
                    #expect(demand.size > .zero)
                    taken += 1
                } catch let error as FieldFaults {
                    #expect(!error.faults.isEmpty)
                }
            }
        }
        return taken
    }

    /// Every word of a choice, and both limits of a number.
    private func values(of schema: JSONValue) -> [JSONValue] {
        switch schema["type"].string {
        case "boolean": [true]
        case "integer", "number":
            [schema["minimum"], schema["maximum"]].filter { $0 != .null }
        default: schema["enum"].elements
        }
    }
}
