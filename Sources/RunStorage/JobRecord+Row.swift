internal import DeepQLearning
internal import GRDB
internal import JSONFields
internal import Training

extension RunStore {
    static let selectJobs = """
        SELECT id, specification, environment, state, agent_steps, environment_frames,
            gradient_updates, episodes, epsilon, replay_size, wall_seconds, agent_steps_per_second,
            episode_return, mean_return_100, loss, mean_q, best_mean_return, best_checkpoint,
            created_at, started_at, ended_at, failure, environment_restarts, number
        FROM job
        """

    static let insertJob = """
        INSERT INTO job (id, specification, environment, state, agent_steps, environment_frames,
            gradient_updates, episodes, epsilon, replay_size, wall_seconds, agent_steps_per_second,
            episode_return, mean_return_100, loss, mean_q, best_mean_return, best_checkpoint,
            created_at, started_at, ended_at, failure, environment_restarts)
        VALUES (:id, :specification, :environment, :state, :agent_steps, :environment_frames,
            :gradient_updates, :episodes, :epsilon, :replay_size, :wall_seconds,
            :agent_steps_per_second, :episode_return, :mean_return_100, :loss, :mean_q,
            :best_mean_return, :best_checkpoint, :created_at, :started_at, :ended_at, :failure,
            :environment_restarts)
        """

    static let updateJob = """
        UPDATE job SET specification = :specification, environment = :environment, state = :state,
            agent_steps = :agent_steps, environment_frames = :environment_frames,
            gradient_updates = :gradient_updates, episodes = :episodes, epsilon = :epsilon,
            replay_size = :replay_size, wall_seconds = :wall_seconds,
            agent_steps_per_second = :agent_steps_per_second, episode_return = :episode_return,
            mean_return_100 = :mean_return_100, loss = :loss, mean_q = :mean_q,
            best_mean_return = :best_mean_return, best_checkpoint = :best_checkpoint,
            created_at = :created_at, started_at = :started_at, ended_at = :ended_at,
            failure = :failure, environment_restarts = :environment_restarts
        WHERE id = :id
        """
}

extension JobRecord {
    /// Every column of the job's row, by name.
    var columns: StatementArguments {
        var columns: [String: (any DatabaseValueConvertible)?] = [
            "id": id,
            "specification": StoredSpecification.json(specification).description,
            "environment": specification.environment,
            "state": state.rawValue,
            "epsilon": progress.epsilon,
            "replay_size": progress.replaySize,
            "environment_restarts": progress.environmentRestarts,
            "agent_steps_per_second": progress.agentStepsPerSecond,
            "best_mean_return": best?.meanReturn,
            "best_checkpoint": best?.checkpoint,
            "created_at": createdAt,
            "started_at": startedAt,
            "ended_at": endedAt,
            "failure": failure,
        ]
        for axis in TrainingAxis.counts { columns[axis.rawValue] = progress.position[count: axis] }
        columns[TrainingAxis.wallSeconds.rawValue] = progress.wallSeconds
        for metric in LatestMetrics.metrics {
            columns.updateValue(latest[metric], forKey: metric.rawValue)
        }
        return StatementArguments(columns)
    }

    /// The job that a row holds; where it cannot be read, what can be said of it, as a job that has
    /// failed for that reason.
    ///
    /// One row that another version or another program has written must not hide the others.
    static func read(_ row: Row, in folder: DataFolder) -> JobRecord {
        do {
            return try JobRecord(row)
        } catch {
            return JobRecord(unreadable: row, reason: "\(error)", file: folder.database)
        }
    }

    init(_ row: Row) throws {
        let text: String = try row.value("specification")
        let value = try JSONValue(parsing: Array(text.utf8))
        let stored: StoredSpecification
        do throws(FieldFaults) {
            stored = try StoredSpecification(value)
        } catch {
            throw RunStorageError.unreadable("\(error)")
        }
        let name: String = try row.value("state")
        guard let state = JobState(rawValue: name) else {
            throw RunStorageError.unreadable("unknown state \"\(name.prefix(40))\"")
        }
        guard state.isEnd || stored.beyondLimits.isEmpty else {
            throw RunStorageError.unreadable("\(stored.beyondLimits)")
        }
        self.init(
            id: try row.value("id"),
            specification: stored.specification,
            createdAt: try row.value("created_at")
        )
        self.state = state
        for axis in TrainingAxis.counts {
            progress.position[count: axis] = try row.value(axis.rawValue)
        }
        progress.wallSeconds = try row.value(TrainingAxis.wallSeconds.rawValue)
        progress.epsilon = try row.value("epsilon")
        progress.replaySize = try row.value("replay_size")
        progress.environmentRestarts = try row.value("environment_restarts")
        progress.agentStepsPerSecond = try row.optionalValue("agent_steps_per_second")
        for metric in LatestMetrics.metrics {
            latest[metric] = try row.optionalValue(metric.rawValue)
        }
        if let meanReturn: Double = try row.optionalValue("best_mean_return") {
            best = BestResult(
                meanReturn: meanReturn,
                checkpoint: try row.optionalValue("best_checkpoint")
            )
        }
        startedAt = try row.optionalValue("started_at")
        endedAt = try row.optionalValue("ended_at")
        failure = try row.optionalValue("failure")
    }

    private init(unreadable row: Row, reason: String, file: String) {
        var specification = JobSpecification(
            name: "unreadable",
            environment: (try? row.value("environment")) ?? "",
            algorithm: .dqn(DQNHyperparameters())
        )
        specification.totalAgentSteps = 0
        self.init(
            id: (try? row.value("id")) ?? "",
            specification: specification,
            createdAt: (try? row.value("created_at")) ?? 0
        )
        isReadable = false
        state = .failed
        failure = "this job cannot be read in \(file): \(reason)"
    }
}
