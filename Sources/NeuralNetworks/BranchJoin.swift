public import JSONFields

/// What a network that forks gives out.
public enum BranchJoin: String, CaseIterable, Sendable {
    /// The outputs of all branches, one after the other.
    case concatenation
    /// V + A − mean A of a first branch, the value V of the state, and a second, the advantages A: for every
    /// action as many numbers as V has, and the mean is that over the actions.
    ///
    /// Wang et al. 2016, equation 9. Their rescaling of the gradient where the branches meet is left out.
    case dueling
}

extension BranchJoin: SettingChoice {
    /// What becomes of the branches' outputs.
    public var summary: String {
        switch self {
        case .concatenation: "The outputs of all branches, one after the other."
        case .dueling: "The first branch's value added to the second's advantages less their mean."
        }
    }
}
