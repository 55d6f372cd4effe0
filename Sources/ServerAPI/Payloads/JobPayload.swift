internal import JSONFields
internal import Training

extension JobRecord {
    /// The job in answers: what was asked for, every value stated, and how it stands.
    var json: JSONValue {
        let asked = specification.object
        var object: JSONObject = [
            "id": .string(id),
            "name": asked["name"] ?? .null,
            "state": .string(state.rawValue),
        ]
        for (name, value) in asked.fields where name != "name" {
            object[name] = value
        }
        if !isReadable { object["hyperparameters"] = [:] }
        object["waiting_for"] = .optional(waitingFor)
        object["progress"] = progressJSON
        var newest = JSONObject()
        for metric in LatestMetrics.metrics { newest[metric.rawValue] = .optional(latest[metric]) }
        object["latest"] = .object(newest)
        object["best"] =
            best.map { best in
                [
                    "mean_return": .number(best.meanReturn),
                    "checkpoint": .optional(best.checkpoint),
                ]
            } ?? .null
        object["model"] = .string(id)
        object["created_at"] = .string(timestamp(createdAt))
        object["started_at"] = .optional(startedAt.map(timestamp))
        object["ended_at"] = .optional(endedAt.map(timestamp))
        object["failure"] = .optional(failure)
        return .object(object)
    }

    private var progressJSON: JSONValue {
        var object = JSONObject()
        for axis in TrainingAxis.counts {
            object[axis.rawValue] = progress.position.json(along: axis)
        }
        object["epsilon"] = .single(progress.epsilon)
        object["replay_size"] = .integer(progress.replaySize)
        object["environment_restarts"] = .integer(progress.environmentRestarts)
        object["agent_steps_per_second"] = .optional(progress.agentStepsPerSecond)
        object["eta_seconds"] = .optional(secondsLeft)
        let time = TrainingAxis.wallSeconds
        object[time.rawValue] = progress.position.json(along: time)
        return .object(object)
    }
}

extension Preset {
    /// The preset in answers.
    var json: JSONValue {
        [
            "name": .string(name),
            "summary": .string(summary),
            "source": .string(source),
            "expectation": .string(expectation),
            "job": specification.json,
        ]
    }
}
