internal import Environments
internal import HTTPServing
internal import JSONFields
internal import JSONScanning
internal import Training

/// A call in JSON: `{"sequence":7,"agents":[{"observation":[…],"reward":1}]}`.
struct PlayerCallJSON {
    let observation: ClientObservation
    let agentCount: Int
    let actionCount: Int
    /// Whether an agent tells a list of steps.
    let areSeveral: Bool

    func read(_ request: HTTPRequest) throws -> (sequence: Int, steps: [[ClientStep]]) {
        if let type = request.contentType, type != "application/json" {
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "a call comes as application/json (curl --json) or application/octet-stream, got "
                    + type.excerpt
            )
        }
        let place = areSeveral ? "/agents/*/*/observation" : "/agents/*/observation"
        // Large arrays are cut out and scanned as bytes; what is left is small.
        let envelope = try JSONEnvelope(request.body, cutting: [place])
        var cuts: [String: Range<Int>] = [:]
        for cut in envelope.cuts { cuts[cut.pointer] = cut.range }
        var fields = FieldReader(try JSONValue(parsing: envelope.remainder))
        guard fields.found.isEmpty else { throw fields.found }
        var sequence = 0
        fields.require("sequence")
        fields.read("sequence", in: 1...Int(Int64.max >> 1), into: &sequence)
        fields.require("agents")
        let agents = fields.value("agents")
        try fields.finishOrThrow()
        guard case .array(let told) = agents, told.count == agentCount else {
            throw Self.fault(
                "/agents",
                "must be a list of \(agentCount), one for each agent of the player, got "
                    + (agents.map(Self.description) ?? "nothing")
            )
        }
        let steps = try told.enumerated().map { number, told in
            let place = "/agents/\(number)"
            guard areSeveral else {
                return told == .null ? [] : [try step(told, at: place, request.body, cuts)]
            }
            guard case .array(let steps) = told, steps.count <= 10_000 else {
                throw Self.fault(
                    place,
                    "must be a list of at most 10000 steps, got \(Self.description(told))"
                )
            }
            return try steps.enumerated().map { index, told in
                try step(told, at: "\(place)/\(index)", request.body, cuts)
            }
        }
        return (sequence, steps)
    }

    private static func fault(_ place: String, _ message: String) -> FieldFaults {
        FieldFaults([FieldFault(pointer: place, message: message)])
    }

    private static func description(_ value: JSONValue) -> String {
        if case .array(let elements) = value { return "a list of \(elements.count)" }
        return value.kind
    }

    private func step(
        _ told: JSONValue,
        at place: String,
        _ body: [UInt8],
        _ cuts: [String: Range<Int>]
    ) throws -> ClientStep {
        var fields = FieldReader(told, at: place)
        guard fields.found.isEmpty else { throw fields.found }
        var (terminated, truncated, reset) = (false, false, false)
        var (reward, action) = (0.0, 0)
        fields.read("reward", in: -1e30...1e30, into: &reward)
        fields.read("terminated", into: &terminated)
        fields.read("truncated", into: &truncated)
        fields.read("reset", into: &reset)
        let isActionGiven = (fields.value("action_taken") ?? .null) != .null
        if isActionGiven { fields.read("action_taken", in: 0...(actionCount - 1), into: &action) }
        let pointer = "\(place)/observation"
        fields.require("observation")
        var text = ""
        switch fields.value("observation") {
        case nil: break
        case .null where cuts[pointer] != nil: break
        case .object:
            fields.readObject("observation") { inner in
                inner.require("b64")
                inner.read("b64", limit: .max, into: &text)
            }
        case let other?:
            fields.fail(
                "observation",
                "must be a list of numbers or {\"b64\": \"…\"}, got \(other.kind)"
            )
        }
        let isRewardGiven = fields.has("reward")
        try fields.finishOrThrow()
        let frame =
            if let range = cuts[pointer] {
                try observation.frame(inJSON: body, range, at: pointer)
            } else {
                try observation.frame(inBase64: text, at: pointer)
            }
        return ClientStep(
            frame: frame,
            reward: isRewardGiven ? Float(reward) : nil,
            end: terminated ? .terminated : truncated ? .truncated : nil,
            actionTaken: isActionGiven ? action : nil,
            isReset: reset
        )
    }
}
