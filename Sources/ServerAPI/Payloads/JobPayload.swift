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
        object["latest"] = [
            "episode_return": .optional(latest.episodeReturn),
            "mean_return_100": .optional(latest.meanReturn100),
            "loss": .optional(latest.loss),
            "mean_q": .optional(latest.meanQ),
        ]
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
        [
            "agent_steps": .integer(progress.agentSteps),
            "environment_frames": .integer(progress.environmentFrames),
            "gradient_updates": .integer(progress.gradientUpdates),
            "episodes": .integer(progress.episodes),
            "epsilon": .single(progress.epsilon),
            "replay_size": .integer(progress.replaySize),
            "agent_steps_per_second": .optional(progress.agentStepsPerSecond),
            "eta_seconds": .optional(secondsLeft),
            "wall_seconds": .number(progress.wallSeconds),
        ]
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
