internal import Foundation
internal import Frames
internal import JSONFields
internal import Training

extension AgentView {
    /// The view in events: the picture as PNG in base64, and a Q-value for every action.
    var json: JSONValue {
        [
            "agent_steps": .integer(agentSteps),
            "png": .optional((observations.last ?? rendered)?.base64PNG),
            "screen_png": .optional(observations.isEmpty ? nil : rendered?.base64PNG),
            "q_values": .array(qValues.map { .single($0) }),
            "action_names": .array(actionNames.map(JSONValue.string)),
            "action": action.map(JSONValue.integer) ?? .null,
            "reward": reward.map(JSONValue.single) ?? .null,
        ]
    }
}

extension Frame {
    fileprivate var base64PNG: String {
        Data(png()).base64EncodedString()
    }
}
