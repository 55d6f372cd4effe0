/// Which action a′ the value of the next state is that of.
enum BootstrapRule: Sendable {
    /// The best one by the target network: y = r + d · maxₐ Q̂(s′, a). Mnih et al. 2015.
    case max
}

extension DQNHyperparameters {
    /// Which action the value of the next state is that of.
    var bootstrapRule: BootstrapRule { .max }
}
