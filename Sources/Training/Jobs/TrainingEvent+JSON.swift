internal import Foundation
public import JSONFields

extension TrainingEvent {
    /// The event's data in streams and in storage: where the job stood, and what happened.
    public var data: JSONObject {
        var data = JSONObject()
        for axis in TrainingAxis.allCases { data[axis.rawValue] = position.json(along: axis) }
        data["time"] = .string(timestamp(time))
        switch kind {
        case .metrics(let metrics):
            for metric in metrics { data[metric.name] = .number(metric.value) }
        case .episode(let episode):
            data["episode"] = .integer(episode.number)
            data[TrainingMetric.episodeReturn.rawValue] = .number(episode.episodeReturn)
            data[TrainingMetric.episodeLength.rawValue] = .integer(episode.length)
            data["truncated"] = .bool(episode.isTruncated)
        case .evaluation(let evaluation):
            for (name, value) in evaluation.json.fields { data[name] = value }
        case .state(let state, let reason):
            data["state"] = .string(state.rawValue)
            data["reason"] = .optional(reason)
        case .checkpoint(let checkpoint):
            data["checkpoint"] = .object(checkpoint.json)
        case .log(let level, let message):
            data["level"] = .string(level.rawValue)
            data["message"] = .string(message)
        case .rewind: break
        }
        return data
    }

    /// The numbers of the event that belong to series.
    public var metrics: [Metric] {
        switch kind {
        case .metrics(let metrics): metrics
        case .episode(let episode):
            [
                Metric(.episodeReturn, episode.episodeReturn),
                Metric(.episodeLength, Double(episode.length)),
            ]
        case .evaluation(let evaluation): [Metric(.evaluationReturn, evaluation.meanReturn)]
        case .state, .checkpoint, .log, .rewind: []
        }
    }
}

extension EvaluationSummary {
    /// The result in events and on the command line.
    public var json: JSONObject {
        [
            TrainingMetric.evaluationReturn.rawValue: .number(meanReturn),
            "standard_deviation": .number(standardDeviation),
            "min_return": .number(minReturn),
            "max_return": .number(maxReturn),
            "mean_length": .number(meanLength),
            "evaluation_episodes": .integer(episodes),
            "epsilon": .single(epsilon),
        ]
    }
}

extension CheckpointRecord {
    /// The record in answers and events.
    public var json: JSONObject {
        [
            "id": .string(id),
            "job": .optional(job),
            "name": .optional(name),
            "version": .integer(version),
            "agent_steps": .integer(agentSteps),
            "mean_return_100": .optional(meanReturn100),
            "evaluation_return": .optional(evaluationReturn),
            "size_bytes": .integer(sizeBytes),
            "sha256": .string(sha256),
            "created_at": .string(timestamp(createdAt)),
            "labels": .array(labels.map(JSONValue.string)),
        ]
    }
}

/// Seconds since 1970 as RFC 3339 in UTC, to the millisecond.
public func timestamp(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds)
        .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
