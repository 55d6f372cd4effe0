internal import Environments
internal import HTTPServing
internal import JSONFields
internal import Training

extension PlayerView {
    /// The player in answers, with all that its calls must know.
    func json(in table: ClientTable) -> JSONValue {
        let observation = ClientObservation(table)
        return [
            "id": .string(id),
            "job": .string(job),
            "name": .optional(name),
            "mode": .string(mode.rawValue),
            "protocol": 1,
            "agents": .integer(agentCount),
            "lease_seconds": .number(table.leaseSeconds),
            "sequence": .integer(sequence),
            "observation": [
                "shape": .array(observation.shape.map(JSONValue.integer)),
                "scalar": .string(observation.scalar.rawValue),
                "bytes": .integer(observation.byteCount),
            ],
            "actions": .array(table.specification.actionNames.map(JSONValue.string)),
            "statistics": [
                "agent_steps": .integer(statistics.agentSteps),
                "agent_steps_per_second": .number(statistics.agentStepsPerSecond),
                "episodes": .integer(statistics.episodes),
                "last_return": .optional(statistics.lastReturn),
                "mean_return_100": .optional(statistics.meanReturn100),
                "act_seconds_p50": .optional(statistics.actSeconds(quantile: 0.5)),
                "act_seconds_p99": .optional(statistics.actSeconds(quantile: 0.99)),
            ],
        ]
    }
}

extension ClientAnswer {
    /// The answer in JSON.
    var json: JSONValue {
        [
            "sequence": .integer(sequence),
            "parameters_version": .integer(parametersVersion),
            "actions": .array(
                actions.map { action in
                    guard let action else { return .null }
                    return [
                        "action": action.action.map(JSONValue.integer) ?? .null,
                        "exploring": .bool(action.isExploring),
                        "q_values": action.qValues.map { values in
                            // What is no number is none in JSON either.
                            .array(values.map { $0.isFinite ? .single($0) : .null })
                        } ?? .null,
                    ]
                }
            ),
        ]
    }

    /// The answer in bytes, little-endian: sequence and parameters' version of eight bytes each, then
    /// for each agent its action of four, −1 for none, and four more, 1 where it explores.
    var bytesResponse: HTTPResponse {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt64(sequence))
        bytes.append(littleEndian: UInt64(parametersVersion))
        for action in actions {
            bytes.append(littleEndian: UInt32(bitPattern: Int32(action?.action ?? -1)))
            bytes.append(littleEndian: UInt32(action?.isExploring == true ? 1 : 0))
        }
        return HTTPResponse(bytes: bytes, contentType: "application/octet-stream")
    }
}
