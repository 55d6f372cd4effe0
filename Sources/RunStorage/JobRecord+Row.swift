internal import DeepQLearning
internal import GRDB
internal import JSONFields
internal import Training

extension RunStore {
    static let selectJobs = """
        SELECT id, specification, environment, state, agent_steps, environment_frames,
            gradient_updates, episodes, epsilon, replay_size, wall_seconds, agent_steps_per_second,
            episode_return, mean_return_100, loss, mean_q, best_mean_return, best_checkpoint,
            created_at, started_at, ended_at, failure, number
        FROM job
        """

    static let insertJob = """
        INSERT INTO job (id, specification, environment, state, agent_steps, environment_frames,
            gradient_updates, episodes, epsilon, replay_size, wall_seconds, agent_steps_per_second,
            episode_return, mean_return_100, loss, mean_q, best_mean_return, best_checkpoint,
            created_at, started_at, ended_at, failure)
        VALUES (:id, :specification, :environment, :state, :agent_steps, :environment_frames,
            :gradient_updates, :episodes, :epsilon, :replay_size, :wall_seconds,
            :agent_steps_per_second, :episode_return, :mean_return_100, :loss, :mean_q,
            :best_mean_return, :best_checkpoint, :created_at, :started_at, :ended_at, :failure)
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
            failure = :failure
        WHERE id = :id
        """
}

extension JobRecord {
    /// Every column of the job's row, by name.
    var columns: StatementArguments {
        [
            "id": id,
            "specification": JSONValue.object(specification.json).description,
            "environment": specification.environment,
            "state": state.rawValue,
            "agent_steps": progress.agentSteps,
            "environment_frames": progress.environmentFrames,
            "gradient_updates": progress.gradientUpdates,
            "episodes": progress.episodes,
            "epsilon": progress.epsilon,
            "replay_size": progress.replaySize,
            "wall_seconds": progress.wallSeconds,
            "agent_steps_per_second": progress.agentStepsPerSecond,
            "episode_return": latest.episodeReturn,
            "mean_return_100": latest.meanReturn100,
            "loss": latest.loss,
            "mean_q": latest.meanQ,
            "best_mean_return": best?.meanReturn,
            "best_checkpoint": best?.checkpoint,
            "created_at": createdAt,
            "started_at": startedAt,
            "ended_at": endedAt,
            "failure": failure,
        ]
    }

    init(_ row: Row) throws {
        let text: String = row["specification"]
        var specification = JobSpecification(
            name: "",
            environment: "",
            algorithm: .dqn(DQNHyperparameters())
        )
        var fields = FieldReader(try JSONValue(parsing: Array(text.utf8)))
        specification.read(&fields)
        do throws(FieldFaults) {
            try fields.finishOrThrow()
        } catch {
            throw RunStorageError.unreadable("\(error)")
        }
        let state: String = row["state"]
        guard let state = JobState(rawValue: state) else {
            throw RunStorageError.unreadable("unknown state \"\(state)\"")
        }
        self.init(id: row["id"], specification: specification, createdAt: row["created_at"])
        self.state = state
        progress.agentSteps = row["agent_steps"]
        progress.environmentFrames = row["environment_frames"]
        progress.gradientUpdates = row["gradient_updates"]
        progress.episodes = row["episodes"]
        progress.epsilon = row["epsilon"]
        progress.replaySize = row["replay_size"]
        progress.wallSeconds = row["wall_seconds"]
        progress.agentStepsPerSecond = row["agent_steps_per_second"]
        latest.episodeReturn = row["episode_return"]
        latest.meanReturn100 = row["mean_return_100"]
        latest.loss = row["loss"]
        latest.meanQ = row["mean_q"]
        if let meanReturn = row["best_mean_return"] as Double? {
            best = BestResult(meanReturn: meanReturn, checkpoint: row["best_checkpoint"])
        }
        startedAt = row["started_at"]
        endedAt = row["ended_at"]
        failure = row["failure"]
    }
}
