internal import DeepQLearning
internal import JSONFields
internal import NeuralNetworks

/// The texts that describe a checkpoint, which anybody may have written, each checked when it is read.
struct CheckpointMetadata {
    private let texts: [String: String]

    /// Beyond 2⁵³ not every whole number is one in JavaScript.
    private static let countLimit = 1 << 53

    init(_ texts: [String: String]) {
        self.texts = texts
    }

    /// A number of steps or updates; 0 where there is none.
    func count(_ name: String) throws(CheckpointError) -> Int {
        guard let text = texts[name] else { return 0 }
        guard let count = Int(text), (0...Self.countLimit).contains(count) else {
            throw fault(
                name,
                "must be a whole number 0...\(Self.countLimit), got \"\(text.excerpt)\""
            )
        }
        return count
    }

    /// The environment's name; empty where there is none.
    func environment() throws(CheckpointError) -> String {
        guard let text = texts["environment"], !text.isEmpty else { return "" }
        if let reason = nameFault(text, limit: 200) { throw fault("environment", reason) }
        return text
    }

    /// The text of a JSON object; an empty one where there is none.
    func object(_ name: String) throws(CheckpointError) -> String {
        guard let text = texts[name] else { return "{}" }
        guard case .object = try json(name, text) else {
            throw fault(name, "must be a JSON object, got \"\(text.excerpt)\"")
        }
        return text
    }

    /// How the layers are put together; nil where nothing is said of it.
    func architecture() throws(CheckpointError) -> NetworkArchitecture? {
        guard let text = texts["network"] else { return nil }
        var fields = FieldReader(try json("network", text))
        let architecture = NetworkArchitecture(reading: &fields)
        do throws(FieldFaults) {
            try fields.finishOrThrow()
        } catch {
            throw fault("network", "is no description of layers: \(error)")
        }
        return architecture
    }

    /// What the network's outputs stand for: Q-values where nothing is said of it.
    func valueHead() throws(CheckpointError) -> ValueHead {
        guard let text = texts["value_head"] else { return .scalar }
        guard ValueHead.names.contains(text) else {
            let known = ValueHead.names.joined(separator: ", ")
            throw fault("value_head", "must be one of \(known), got \"\(text.excerpt)\"")
        }
        let name = "value_head_options"
        var fields = FieldReader(try json(name, texts[name] ?? "{}"))
        let head = ValueHead(named: text, reading: &fields)
        do throws(FieldFaults) {
            try fields.finishOrThrow()
        } catch {
            throw fault(name, "describes no head: \(error)")
        }
        return head
    }

    /// What each action does; numbered where nothing is said of it.
    func actionNames(count: Int) throws(CheckpointError) -> [String] {
        let name = "action_names"
        guard let text = texts[name] else { return (0..<count).map { "ACTION_\($0)" } }
        guard case .array(let values) = try json(name, text) else {
            throw fault(name, "must be a JSON list of strings, got \"\(text.excerpt)\"")
        }
        var names: [String] = []
        for (index, value) in values.enumerated() {
            guard case .string(let actionName) = value else {
                throw fault(name, "must hold strings, got \(value.kind) at \(index)")
            }
            if let reason = nameFault(actionName, limit: 200) {
                throw fault(name, "name \(index) \(reason)")
            }
            names.append(actionName)
        }
        guard names.count == count else {
            throw fault(name, "has \(names.count) names for \(count) actions")
        }
        return names
    }

    private func json(_ name: String, _ text: String) throws(CheckpointError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw fault(name, "is \(error)")
        }
    }

    private func fault(_ name: String, _ reason: String) -> CheckpointError {
        .notAPolicy("metadata \"\(name)\" \(reason)")
    }
}
