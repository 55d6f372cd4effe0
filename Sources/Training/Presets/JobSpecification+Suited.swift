internal import DeepQLearning
internal import Environments
internal import NeuralNetworks

extension JobSpecification {
    /// A job in an environment that no preset is made for: numbers are learned from by a multilayer
    /// perceptron, pictures by the Nature network, or by MinAtar's where they are small.
    init(suitedTo environment: EnvironmentSpecification) {
        let observation = environment.observation
        let arePictures = observation.scalar == .uint8 && observation.shape.count == 3
        let preset: Preset = arePictures ? .atariFast : .lunarLander
        self = preset.specification
        (name, self.environment) = (environment.id, environment.id)
        environmentOptions = [:]
        if environment.id == ClientEnvironments.id {
            // It is evaluated by a client, and ends when that does.
            (evaluation, totalAgentSteps) = (nil, 1_000_000)
        }
        // The Nature network's convolutions take 36 rows and columns at least.
        if arePictures, observation.shape.dropFirst().contains(where: { $0 < 36 }),
            case .dqn(var constants) = algorithm
        {
            constants.network = .grid
            algorithm = .dqn(constants)
        }
    }
}
