/// Which action a′ the value of the next state is that of.
public enum BootstrapRule: String, CaseIterable, Sendable {
    /// The best one by the target network: y = r + d · maxₐ Q̂(s′, a). Mnih et al. 2015.
    case max
    /// The best one by the online network: y = r + d · Q̂(s′, argmaxₐ Q(s′, a)), whose errors are not
    /// those of the values, so that a value is not chosen for its error. van Hasselt et al. 2016.
    case double
    /// All of them, as often as the policy softmax(Q̂ / τ) chooses them: see `SoftPolicy`.
    case munchausen
}
