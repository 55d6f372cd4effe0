public import JSONFields

/// Which rule turns gradients into steps, with its constants, as users write it:
/// `{"type":"adam","learning_rate":0.0001}`.
public enum OptimizerSpecification: Equatable, Sendable {
    /// The centred RMSProp of Mnih et al. 2015, Extended Data Table 1.
    case rmspropNature(RMSPropNature)
    /// RMSProp in the form of PyTorch: ε outside the root.
    case rmsprop(RMSProp)
    /// Kingma and Ba 2015, in the form of PyTorch.
    case adam(Adam)
    /// Liu et al. 2020, in the form of PyTorch.
    case radam(RAdam)
}

extension OptimizerSpecification {
    private enum Kind: String, CaseIterable {
        case rmspropNature = "rmsprop_nature"
        case rmsprop
        case adam
        case radam
    }

    /// Takes in what is given: a `type` other than the present one starts from that rule's defaults,
    /// and a constant that is not given keeps its value.
    public mutating func read(_ fields: inout FieldReader) {
        let present = kind
        var kind = present
        fields.read("type", into: &kind)
        if kind != present {
            switch kind {
            case .rmspropNature: self = .rmspropNature(RMSPropNature())
            case .rmsprop: self = .rmsprop(RMSProp())
            case .adam: self = .adam(Adam())
            case .radam: self = .radam(RAdam())
            }
        }
        switch self {
        case .rmspropNature(var rule):
            rule.read(&fields)
            self = .rmspropNature(rule)
        case .rmsprop(var rule):
            rule.read(&fields)
            self = .rmsprop(rule)
        case .adam(var rule):
            rule.read(&fields)
            self = .adam(rule)
        case .radam(var rule):
            rule.read(&fields)
            self = .radam(rule)
        }
    }

    /// The rules, each with its constants and their defaults.
    public static let variants = SettingVariants(
        name: "Optimizer",
        "The rule that turns gradients into steps. Constants of another `type` than the present "
            + "one start at that rule's defaults.",
        [
            RMSPropNature().group(
                named: "RMSPropNature",
                "The centred RMSProp of Mnih et al. 2015: θ ← θ − α ∂ / √(s − g² + ε)."
            ),
            RMSProp().group(
                named: "RMSProp",
                "RMSProp as `torch.optim.RMSprop` has it: ε outside the root."
            ),
            Adam().group(
                named: "Adam",
                "Adam as `torch.optim.Adam` has it; as `torch.optim.AdamW` with `weight_decay`."
            ),
            RAdam().group(named: "RAdam", "Rectified Adam as `torch.optim.RAdam` has it."),
        ]
    )

    /// The rule and every constant, to be read again.
    public var json: JSONValue {
        switch self {
        case .rmspropNature(let rule): rule.json
        case .rmsprop(let rule): rule.json
        case .adam(let rule): rule.json
        case .radam(let rule): rule.json
        }
    }

    private var kind: Kind {
        switch self {
        case .rmspropNature: .rmspropNature
        case .rmsprop: .rmsprop
        case .adam: .adam
        case .radam: .radam
        }
    }

    /// The rule with its learning rate multiplied.
    func withLearningRate(scaledBy scale: Float) -> OptimizerSpecification {
        guard scale != 1 else { return self }
        switch self {
        case .rmspropNature(var rule):
            rule.learningRate *= scale
            return .rmspropNature(rule)
        case .rmsprop(var rule):
            rule.learningRate *= scale
            return .rmsprop(rule)
        case .adam(var rule):
            rule.learningRate *= scale
            return .adam(rule)
        case .radam(var rule):
            rule.learningRate *= scale
            return .radam(rule)
        }
    }
}
