public import ExperienceReplay
public import JSONFields
public import NeuralNetworks

extension Initialization: SettingChoice {
    /// How parameters are drawn.
    public var summary: String {
        switch self {
        case .fanInUniform:
            "Weights and biases uniform in ±1/√fan_in: the default of Torch7, which DeepMind's DQN "
                + "used, and of PyTorch."
        case .heUniform:
            "Weights uniform in ±√(6/fan_in), biases zero: He et al. 2015, equation 10."
        }
    }
}

extension ReplayStorage: SettingChoice {
    /// Where frames are kept.
    public var summary: String {
        switch self {
        case .memory: "In memory, which is taken as frames come."
        case .file:
            "In an unnamed file mapped into memory, whose disk space is taken from the start."
        }
    }
}

extension LossFunction: SettingChoice {
    /// What an error costs.
    public var summary: String {
        switch self {
        case .huber: "e²/2 where |e| ≤ 1, else |e| − ½: its slope is the clipped error."
        case .squared: "e², as PyTorch's mse_loss."
        case .halfSquared: "e²/2."
        }
    }
}

extension LossReduction: SettingChoice {
    /// How losses become one number.
    public var summary: String {
        switch self {
        case .sum: "Their sum, as in DeepMind's program."
        case .mean: "Their mean, as in most libraries today."
        }
    }
}

extension BootstrapRule: SettingChoice {
    /// Whose best action is counted.
    public var summary: String {
        switch self {
        case .max: "The target network's best action, by its own values."
        case .double: "The online network's best action, by the target network's values."
        case .munchausen:
            "Every action as often as the target network's softmax policy chooses it, whose "
                + "log-probabilities count as rewards."
        }
    }
}

extension LearningSchedule: SettingChoice {
    /// When updates are made.
    public var summary: String {
        switch self {
        case .sequential: "Updates are made before the next action: Algorithm 1 as it is written."
        case .overlapped:
            "Updates are made while the agent acts with the parameters from before them; what "
                + "they gave is used from the next round on."
        }
    }
}

extension LearningPrecision: SettingChoice {
    /// What products are computed in.
    public var summary: String {
        switch self {
        case .fp32: "Single precision."
        case .bf16:
            "Factors rounded to bfloat16: about a third faster, on CPUs with AVX512-BF16 alone."
        }
    }
}
