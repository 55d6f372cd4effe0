internal import HTTPServing
internal import Inference
internal import JSONFields

extension QValueAnswer {
    /// The answer in JSON.
    /// - Throws: `InferenceError.unusable` where a Q-value is no number: JSON has none such, and no
    ///   action would be the best.
    func json(
        of model: ResolvedModel,
        withDistributions: Bool
    ) throws(InferenceError) -> JSONValue {
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw .unusable(
                checkpoint: model.model.checkpoint,
                reason: "the Q-value of action \(place % actionCount) for state "
                    + "\(place / actionCount) is \(values[place]); its weights, or the numbers of "
                    + "that state, are too large"
            )
        }
        let answer: JSONObject = [
            "model": .string(model.name),
            "version": .integer(model.version),
            "agent_steps": .integer(model.model.agentSteps),
            "action_names": .array(model.model.actionNames.map(JSONValue.string)),
            "q_values": .array(rows.map { .array($0.map { .single($0) }) }),
            "actions": .array(actions.map(JSONValue.integer)),
        ]
        guard withDistributions else { return .object(answer) }
        var whole = answer
        whole["distribution"] = distribution
        return .object(whole)
    }

    /// The distributions of the returns, and what their numbers stand at; null where the model learned
    /// expectations alone.
    private var distribution: JSONValue {
        guard let distributions else { return .null }
        let width = distributions.points.count
        let states = rows.indices.map { state in
            JSONValue.array(
                (0..<actionCount).map { action in
                    let first = (state * actionCount + action) * width
                    return .array(
                        distributions.values[first..<(first + width)].map { .single($0) }
                    )
                }
            )
        }
        let points = JSONValue.array(distributions.points.map { .single($0) })
        return [
            "value_head": .string(distributions.valueHead),
            distributions.areProbabilities ? "returns" : "fractions": points,
            distributions.areProbabilities ? "probabilities" : "quantiles": .array(states),
        ]
    }
}

/// A model that a request named, with the version it came to.
struct ResolvedModel {
    let name: String
    let version: Int
    let model: ServedModel
}
