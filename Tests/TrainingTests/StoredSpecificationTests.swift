import DeepQLearning
import Foundation
import JSONFields
import Testing
import Training

/// What earlier versions of this program have written down.
@Suite(.timeLimit(.minutes(5))) struct StoredSpecificationTests {
    /// A line for each preset, as version 1 stored it.
    static let version1: [String] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/Specifications/version1.jsonl")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()

    /// A stored preset, and the one of its name today.
    private func pair(_ text: String) throws -> (old: JSONValue, preset: Preset) {
        let old = try JSONValue(parsing: Array(text.utf8))
        guard case .object(let fields) = old, case .string(let name)? = fields["name"] else {
            throw FieldFaults([])
        }
        return (old, try #require(Preset.named(name)))
    }

    @Test("what version 1 wrote of the presets is written as it was, beside what is new since")
    func bytes() throws {
        for text in Self.version1 {
            let (old, preset) = try pair(text)
            #expect(restricted(preset.specification.json, to: old).description == text)
            let stored = StoredSpecification.json(preset.specification).description
            #expect(stored == #"{"version":1,"# + preset.specification.json.description.dropFirst())
        }
    }

    /// The fields of a value that an older one has too.
    private func restricted(_ value: JSONValue, to old: JSONValue) -> JSONValue {
        guard case .object(let fields) = value, case .object(let known) = old else { return value }
        var object = JSONObject()
        for (name, value) in fields.fields {
            if let old = known[name] { object[name] = restricted(value, to: old) }
        }
        return .object(object)
    }

    @Test("what was stored is read, with and without a version")
    func reading() throws {
        #expect(Self.version1.count == 6)
        for text in Self.version1 {
            let (old, preset) = try pair(text)
            let stored = try StoredSpecification(old)
            #expect(stored.specification == preset.specification)
            #expect(stored.ignored.isEmpty && stored.beyondLimits.isEmpty)
            let again = try StoredSpecification(StoredSpecification.json(stored.specification))
            #expect(again.specification == preset.specification)
        }
    }

    @Test("what another version wrote is ignored with a note, what is missing has its default")
    func otherVersion() throws {
        let stored = try StoredSpecification([
            "name": "old", "environment": "catch", "algorithm": "dqn", "colour": "red",
            "hyperparameters": ["batch_size": 64, "n_steps": 3],
        ])
        #expect(
            stored.ignored.faults.map(\.pointer) == ["/hyperparameters/n_steps", "/colour"]
        )
        #expect(stored.beyondLimits.isEmpty && stored.specification.name == "old")
        var constants = DQNHyperparameters()
        constants.batchSize = 64
        #expect(stored.specification.algorithm == .dqn(constants))
    }

    @Test("a value beyond today's limits is taken, and said to be beyond them")
    func limits() throws {
        let stored = try StoredSpecification([
            "name": "", "environment": "catch", "algorithm": "dqn",
            "hyperparameters": ["batch_size": 1_000_000, "discount": 2],
        ])
        #expect(
            stored.beyondLimits.faults.map(\.description) == [
                "/hyperparameters/discount: must be a number 0.0...1.0, got 2",
                "/hyperparameters/batch_size: must be a whole number 1...4096, got 1000000",
            ]
        )
        #expect(stored.specification.algorithm.environmentCount == 1)
    }

    @Test(
        "what is no specification, or holds unknown words or kinds of values, is refused",
        arguments: [
            #"{"foo":1}"#, "[]", #"{"environment":"catch","name":"n","algorithm":"magic"}"#,
            #"{"version":"2","environment":"catch","name":"n","algorithm":"dqn"}"#,
            #"{"environment":"catch","name":"n","algorithm":"dqn","seed":"one"}"#,
        ]
    )
    func refused(text: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(throws: FieldFaults.self) { _ = try StoredSpecification(value) }
    }
}
