internal import ExperienceReplay
internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The parts of an agent, as its hyperparameters want them.
extension DQNHyperparameters {
    /// The layers to act with, in full precision.
    func makeNetwork(input: NetworkInput, actionCount: Int) throws(AgentError) -> Sequential {
        do throws(NetworkError) {
            return try Sequential(
                architecture(input: input, actionCount: actionCount),
                fractionCount: valueHead.fractionCount
            )
        } catch {
            throw AgentError(error)
        }
    }

    /// Whether numbers are drawn for updates and actions beside transitions and random actions.
    var drawsBeside: Bool { head.kind == .implicitQuantile || head.isNoisy }

    /// Room for the noise that is acted with.
    func makeNoise(_ network: Sequential) throws(AgentError) -> ParameterNoise {
        do throws(NetworkError) {
            return try ParameterNoise(network)
        } catch {
            throw AgentError(error)
        }
    }

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

    /// Room for a forward pass of one state of every environment.
    func makeActingWorkspace(_ layers: Sequential, workers: Int) throws(AgentError) -> Workspace {
        do throws(NetworkError) {
            return try Workspace(
                network: layers,
                capacity: environmentCount,
                workers: workers,
                keepsGradients: false
            )
        } catch {
            throw AgentError(error)
        }
    }
}

extension Sequential {
    /// No noise, for a network that has some or not.
    func withoutNoise() throws(AgentError) -> ParameterNoise {
        do throws(NetworkError) {
            return try ParameterNoise(noneFor: self)
        } catch {
            throw AgentError(error)
        }
    }
}
