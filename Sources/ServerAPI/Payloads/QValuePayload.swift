internal import HTTPServing
internal import Inference
internal import JSONFields

extension QValueAnswer {
    /// The answer in JSON.
    /// - Throws: `InferenceError.unusable` where a Q-value is no number: JSON has none such, and no
    ///   action would be the best.
    func json(of model: ResolvedModel) throws(InferenceError) -> JSONValue {
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw .unusable(
                checkpoint: model.model.checkpoint,
                reason: "the Q-value of action \(place % actionCount) for state "
                    + "\(place / actionCount) is \(values[place]); its weights, or the numbers of "
                    + "that state, are too large"
            )
        }
        return [
            "model": .string(model.name),
            "version": .integer(model.version),
            "agent_steps": .integer(model.model.agentSteps),
            "action_names": .array(model.model.actionNames.map(JSONValue.string)),
            "q_values": .array(rows.map { .array($0.map { .single($0) }) }),
            "actions": .array(actions.map(JSONValue.integer)),
        ]
    }
}

/// A model that a request named, with the version it came to.
struct ResolvedModel {
    let name: String
    let version: Int
    let model: ServedModel
}
