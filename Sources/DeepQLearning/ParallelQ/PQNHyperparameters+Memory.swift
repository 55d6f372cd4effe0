public import MemoryBudgets
public import NeuralNetworks
internal import Tensors

extension PQNHyperparameters {
    /// What an agent with these constants takes up in memory, before one is made.
    ///
    /// - Parameters:
    ///   - input: What one state looks like.
    ///   - actionCount: How many actions there are.
    ///   - workers: The width of the widest pool that the agent will be given.
    /// - Returns: Every part, with the hyperparameter that decides it.
    /// - Throws: Where the layers do not fit each other.
    public func memoryDemand(
        input: NetworkInput,
        actionCount: Int,
        workers: Int
    ) throws(NetworkError) -> MemoryDemand {
        let architecture = architecture(input: input, actionCount: actionCount)
        let learning = try Sequential(architecture, kernels: precision.kernels)
        let acting = try Sequential(architecture)
        var demand = MemoryDemand()
        let blocks = 1 + optimizer.momentCount + (maxGradientNorm > 0 ? 1 : 0)
        demand.add(
            .init(
                "weights, moments and gradient",
                ByteCount(FloatBuffer.byteCount(learning.parameterCount)) * blocks,
                arithmetic: "\(learning.parameterCount.grouped) parameters × 4 B × \(blocks)",
                pointer: "/hyperparameters/network"
            )
        )
        let rollout = PQNRollout.byteCount(
            steps: rolloutSteps,
            environmentCount: environmentCount,
            stateByteCount: input.byteCount
        )
        let states = environmentCount + minibatchSize
        demand.add(
            .init(
                "rollout and minibatch",
                ByteCount(rollout) + ByteCount(input.byteCount) * states,
                arithmetic: "\((rolloutSteps * environmentCount + states).grouped) states × "
                    + "\(input.byteCount.grouped) B",
                pointer: "/hyperparameters/rollout_steps"
            )
        )
        demand.add(
            .init(
                "activations and their gradients",
                ByteCount(
                    Workspace.byteCount(
                        network: learning,
                        capacity: minibatchSize,
                        workers: workers,
                        keepsGradients: true
                    )
                ),
                arithmetic: "minibatches of \(minibatchSize.grouped)",
                pointer: "/hyperparameters/minibatches"
            )
        )
        demand.add(
            .init(
                "acting",
                ByteCount(
                    Workspace.byteCount(
                        network: acting,
                        capacity: environmentCount,
                        workers: workers,
                        keepsGradients: false
                    )
                ),
                arithmetic: "\(environmentCount) environments",
                pointer: "/hyperparameters/environment_count"
            )
        )
        return demand
    }
}
