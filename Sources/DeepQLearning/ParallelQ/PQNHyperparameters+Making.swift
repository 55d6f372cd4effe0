internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The parts of an agent, as its hyperparameters want them.
extension PQNHyperparameters {
    /// The layers to act with, in full precision.
    func makeNetwork(input: NetworkInput, actionCount: Int) throws(AgentError) -> Sequential {
        do throws(NetworkError) {
            return try Sequential(architecture(input: input, actionCount: actionCount))
        } catch {
            throw AgentError(error)
        }
    }

    /// A learner of freshly drawn parameters.
    func makeLearner(
        _ layers: Sequential,
        streams: RandomStreams,
        workers: Int
    ) throws(AgentError) -> PQNLearner {
        var generator = streams.generator(named: "initialization")
        do throws(NetworkError) {
            return try PQNLearner(
                network: try Sequential(layers.architecture, kernels: precision.kernels),
                parameters: try layers.initialParameters(initialization, using: &generator),
                hyperparameters: self,
                workers: workers
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
