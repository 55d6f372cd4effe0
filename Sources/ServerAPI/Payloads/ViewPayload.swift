internal import Foundation
internal import Frames
internal import JSONFields
internal import Training

extension AgentView {
    /// The view in events: pictures as PNG in base64, and a Q-value for every action.
    ///
    /// - Parameters:
    ///   - png: What ``frame(_:)`` gives as the newest frame.
    ///   - screenPNG: The game as a person would see it, where that is another picture.
    /// - Returns: The event's data.
    func json(png: [UInt8]?, screenPNG: [UInt8]?) -> JSONValue {
        [
            "agent_steps": .integer(agentSteps),
            "png": .optional(png.map(base64)),
            "screen_png": .optional(screenPNG.map(base64)),
            "q_values": .array(qValues.map { .single($0) }),
            "action_names": .array(actionNames.map(JSONValue.string)),
            "action": action.map(JSONValue.integer) ?? .null,
            "greedy": isGreedy.map(JSONValue.bool) ?? .null,
            "reward": reward.map(JSONValue.single) ?? .null,
        ]
    }

    /// A part of the view as a picture; nil where the environment has none.
    func frame(_ picture: SharedView.Picture) -> Frame? {
        switch picture {
        case .newest: observations.last ?? rendered
        case .stack: observations.isEmpty ? rendered : Frame.sideBySide(observations)
        case .screen: rendered
        }
    }
}

private func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
}
