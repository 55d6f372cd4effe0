internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The parts of an agent, as its hyperparameters want them.
extension DQNHyperparameters {
    /// Whether numbers are drawn for updates and actions beside transitions and random actions.
    var drawsBeside: Bool { head.kind == .implicitQuantile || head.isNoisy }

    /// An empty replay memory, shared equally by the environments.
    func makeReplay(stack: Int, stateByteCount: Int) throws(AgentError) -> ReplayBuffer {
        do throws(ReplayError) {
            return try ReplayBuffer(
                capacity: replayCapacityFrames,
                frameByteCount: stateByteCount / stack,
                stack: stack,
                environments: environmentCount,
                storage: replayStorage
            )
        } catch {
            throw AgentError(error)
        }
    }

    /// A learner whose online and target network have the same initial parameters.
    func makeLane(
        _ layers: Sequential,
        streams: RandomStreams,
        workers: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(AgentError) -> LearnerLane {
        var generator = streams.generator(named: "initialization")
        do throws(NetworkError) {
            return try LearnerLane(
                try DQNLearner(
                    network: try Sequential(layers.architecture, kernels: precision.kernels),
                    parameters: try layers.initialParameters(
                        initialization,
                        noiseScale: head.initialNoiseScale,
                        using: &generator
                    ),
                    hyperparameters: self,
                    generator: streams.generator(named: "learning"),
                    resets: streams.streams(named: "resets"),
                    workers: workers
                ),
                hyperparameters: self,
                stateByteCount: layers.architecture.input.byteCount,
                isCancelled: isCancelled
            )
        } catch {
            throw AgentError(error)
        }
    }
}
