internal import NeuralNetworks
internal import RandomNumbers
internal import Tensors

/// The parts of an agent, as its hyperparameters want them.
extension PQNHyperparameters {
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
}
