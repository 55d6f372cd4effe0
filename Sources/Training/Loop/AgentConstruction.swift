public import DeepQLearning
public import Environments
internal import NeuralNetworks
public import RandomNumbers

extension Algorithm {
    /// An agent that knows nothing yet, for an environment's observations and actions.
    ///
    /// - Parameters:
    ///   - environment: What the agent will see and do.
    ///   - streams: Where all its random numbers come from.
    ///   - workers: The width of the widest pool that the agent will be given.
    ///   - isCancelled: Asked between two updates of a round whether to give up the rest of it.
    ///   - isInterrupted: Asked there whether to leave the rest of it to the next call of `learn`.
    /// - Returns: The agent.
    /// - Throws: Where the algorithm does not fit the environment.
    public func makeAgent(
        for environment: EnvironmentSpecification,
        streams: RandomStreams,
        workers: Int,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws(AgentError) -> any Agent {
        let observation = environment.observation
        switch self {
        case .dqn(let hyperparameters):
            return try DQNAgent(
                hyperparameters: hyperparameters,
                input: observation.networkInput,
                stack: observation.stack,
                actionCount: environment.actionNames.count,
                streams: streams,
                workers: workers,
                isCancelled: isCancelled,
                isInterrupted: isInterrupted
            )
        case .pqn(let hyperparameters):
            return try PQNAgent(
                hyperparameters: hyperparameters,
                input: observation.networkInput,
                stack: observation.stack,
                actionCount: environment.actionNames.count,
                streams: streams,
                workers: workers,
                isCancelled: isCancelled,
                isInterrupted: isInterrupted
            )
        case .qLearning(let hyperparameters):
            guard let stateCount = observation.stateCount else {
                throw .hyperparameters(
                    "q_learning needs an environment whose states can be counted, and those of "
                        + "\(environment.id) cannot"
                )
            }
            return QLearningAgent(
                hyperparameters: hyperparameters,
                stateCount: stateCount,
                actionCount: environment.actionNames.count,
                streams: streams
            )
        }
    }
}

extension ObservationSpec {
    /// Observations as a network reads them: bytes are pixels, floats are taken as they are.
    var networkInput: NetworkInput {
        switch scalar {
        case .uint8: .pixels(shape)
        case .float32: NetworkInput(shape: shape, scalar: .float32, scale: 1)
        }
    }
}
