internal import HTTPServing
internal import Inference
internal import JSONFields

extension QValueAnswer {
    /// The answer in JSON.
    func json(of model: ResolvedModel) -> JSONValue {
        [
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
