internal import BackgroundQueues
internal import Checkpoints
internal import DeepQLearning
internal import Environments
internal import Frames
internal import JSONFields
internal import RandomNumbers

/// A running job's agent and environments, its schedule, and what is measured of it.
///
/// Lives on the job's queue.
final class TrainingSession {
    private let specification: JobSpecification
    private let environment: EnvironmentSpecification
    private let interruption: WorkerInterruption
    /// Who plays, where that is not an environment of this program's.
    private let clients: ClientSeats?
    let loop: TrainingLoop
    var schedule: TrainingSchedule
    var metrics = TrainingMetrics()
    var trainingSeconds = 0.0
    var evaluationSeconds = 0.0

    /// - Parameters:
    ///   - specification: What to do.
    ///   - environments: Where its environments come from.
    ///   - workers: The width of the widest pool that it will be given.
    ///   - interruption: Cuts waits for a silent worker process short.
    ///   - table: The clients that play, where the environment is theirs.
    ///   - isStopped: Asked between two updates whether to give up the others that are due.
    ///   - isInterrupted: Asked there whether to leave the others to the next step.
    /// - Throws: Where an environment or the agent cannot be made.
    init(
        _ specification: JobSpecification,
        _ environments: EnvironmentCatalog,
        workers: Int,
        interruption: WorkerInterruption,
        clients table: ClientTable? = nil,
        isStopped: @escaping @Sendable () -> Bool,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws {
        self.specification = specification
        self.interruption = interruption
        schedule = TrainingSchedule(specification)
        let clients = table.map {
            ClientSeats($0, count: specification.algorithm.environmentCount)
        }
        self.clients = clients
        let streams = RandomStreams(seed: UInt64(specification.seed))
        let make = { (number: Int, restart: Int) throws -> any Environment in
            if let clients {
                return ClientEnvironment(
                    specification: clients.table.specification,
                    seat: clients.seats[number]
                )
            }
            // The first one's stream is named as that of an only one.
            let name = number == 0 ? "environment" : "environment \(number)"
            return try environments.make(
                specification.environment,
                options: specification.environmentOptions,
                generator: streams.generator(
                    named: restart == 0 ? name : "\(name) restart \(restart)"
                ),
                interruption: interruption
            )
        }
        let played = try (0..<specification.algorithm.environmentCount).map { try make($0, 0) }
        environment = played[0].specification
        let agent = try specification.algorithm.makeAgent(
            for: environment,
            streams: streams,
            workers: workers,
            isCancelled: isStopped,
            isInterrupted: { isInterrupted() || table?.isCalled == true }
        )
        // A request was checked before; a row of the store may hold anything.
        guard clients == nil || agent.actsInAnyOrder else {
            throw AgentError.hyperparameters(
                "\(specification.algorithm.name) learns from environments that are played in step, "
                    + "and clients come when they like"
            )
        }
        loop = TrainingLoop(environments: played, agent: agent, remake: make)
    }

    /// What is told of an environment that has failed in an episode.
    private static let environmentFailure =
        "an environment failed and is made anew, its episode was cut as a time-out"

    /// Whether clients play.
    var hasClients: Bool { clients != nil }

    var agentSteps: Int { loop.agent.counts.agentSteps }

    /// What the job does next, which may end before it is complete.
    func next(stop: StopRequest?) -> TrainingSchedule.Action {
        // Nothing is due after these steps before their updates are made.
        if isMidway, stop == nil { return .train(until: agentSteps) }
        return schedule.next(at: agentSteps, stop: stop)
    }

    /// Whether a round of steps has updates left, without which it is not over; behind clients
    /// learning goes on at its own rate.
    private var isMidway: Bool { clients == nil && loop.agent.isLearning }

    /// One round of steps, or what is left of its updates.
    /// - Parameters:
    ///   - seconds: How long clients are waited for at most.
    ///   - pool: The cores to use.
    /// - Returns: What is to be told of it.
    /// - Throws: Where an environment or the agent cannot go on.
    func step(waitingAtMost seconds: Double, pool: ComputePool) throws -> [TrainingEvent.Kind] {
        guard let clients else { return take(try loop.step(pool: pool)) }
        return try loop.step(with: clients, waitingAtMost: seconds, pool: pool).flatMap(take)
    }

    private func take(_ outcome: TrainingLoop.Outcome) -> [TrainingEvent.Kind] {
        var events: [TrainingEvent.Kind] = outcome.failures.map { reason in
            .log(.warning, "\(Self.environmentFailure): \(reason)")
        }
        if let learning = outcome.learning { metrics.add(learning) }
        for episode in outcome.episodes {
            metrics.add(episode)
            events.append(.episode(episode))
        }
        if !isMidway, schedule.isMetricsPointDue(at: agentSteps) {
            schedule.didMeasure(at: agentSteps)
            let point = metrics.takePoint(
                agentSteps: agentSteps,
                seconds: trainingSeconds,
                epsilon: loop.agent.epsilon
            )
            events.append(.metrics(point))
        }
        return events
    }

    /// Takes in the updates under way, when there will be no more steps.
    func finishLearning() throws -> [TrainingEvent.Kind] {
        let outcome = try loop.finishLearning()
        schedule.didFinishLearning()
        return take(outcome)
    }

    /// Returns when nothing is computed in the background.
    func rest() { loop.agent.rest() }

    /// The policy at this moment, with what must be known to use it.
    func policy() -> PolicyCheckpoint { checkpoint(of: loop.agent.policySnapshot()) }

    /// What is acted on at the moment; this may be asked for by another thread than that which steps.
    func actingPolicy() -> PolicyCheckpoint { checkpoint(of: loop.actingSnapshot()) }

    private func checkpoint(of policy: PolicySnapshot) -> PolicyCheckpoint {
        PolicyCheckpoint(
            policy: policy,
            environment: environment.id,
            environmentOptions: JSONValue.object(specification.environmentOptionsJSON).description,
            actionNames: environment.actionNames,
            hyperparameters: specification.algorithm.hyperparameters.description
        )
    }

    /// The policy at this moment in an environment of its own, drawing from streams of its own.
    func makeEvaluation(_ environments: EnvironmentCatalog) throws -> Evaluation {
        guard let plan = specification.evaluation else {
            preconditionFailure("there is no evaluation planned")
        }
        let (specification, interruption) = (specification, interruption)
        let streams = RandomStreams(seed: UInt64(specification.seed))
            .streams(named: "evaluation").streams(named: "\(agentSteps)")
        return Evaluation(
            observation: environment.observation,
            policy: try QFunction(loop.agent.policySnapshot(), capacity: 1, workers: 1),
            epsilon: plan.epsilon,
            streams: { $0 == 0 ? streams : streams.streams(named: "restart \($0)") },
            makeEnvironment: { generator in
                try environments.make(
                    specification.environment,
                    options: specification.environmentOptions,
                    generator: generator,
                    interruption: interruption
                )
            }
        )
    }

    var progress: TrainingProgress {
        var progress = TrainingProgress()
        progress.agentSteps = agentSteps
        progress.environmentFrames = loop.environmentFrames
        progress.gradientUpdates = loop.agent.counts.gradientUpdates
        progress.episodes = loop.episodes
        progress.wallSeconds = trainingSeconds + evaluationSeconds
        progress.epsilon = loop.agent.epsilon
        progress.replaySize = loop.agent.replaySize
        progress.environmentRestarts = loop.environmentRestarts
        progress.agentStepsPerSecond = metrics.agentStepsPerSecond
        return progress
    }

    func view(pool: ComputePool) -> AgentView? {
        guard agentSteps > 0 else { return nil }
        let agent = loop.agent
        let choice = agent.lastChoice
        let state = choice?.state ?? agent.newestState()
        return AgentView(
            observations: pictures(of: state),
            rendered: loop.rendered(),
            qValues: choice?.qValues ?? agent.qValues(of: state, pool: pool),
            actionNames: environment.actionNames,
            action: choice?.action,
            isGreedy: choice?.isGreedy,
            reward: choice == nil ? nil : loop.lastReward,
            agentSteps: agentSteps
        )
    }

    /// A state's frames, where they are pictures.
    private func pictures(of state: [UInt8]) -> [Frame] {
        let observation = environment.observation
        guard observation.scalar == .uint8, observation.frameShape.count == 2 else { return [] }
        return (0..<observation.stack).map { index in
            let start = index * observation.frameByteCount
            return Frame(
                height: observation.frameShape[0],
                width: observation.frameShape[1],
                channels: 1,
                bytes: Array(state[start..<(start + observation.frameByteCount)])
            )
        }
    }
}
