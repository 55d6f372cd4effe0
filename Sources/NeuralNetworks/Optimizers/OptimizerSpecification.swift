/// Which rule turns gradients into steps, with its constants, as users write it:
/// `{"type":"adam","learning_rate":0.0001}`.
public enum OptimizerSpecification: Equatable, Sendable {
    /// The centred RMSProp of Mnih et al. 2015, Extended Data Table 1.
    case rmspropNature(RMSPropNature)
    /// RMSProp in the form of PyTorch: ε outside the root.
    case rmsprop(RMSProp)
    /// Kingma and Ba 2015, in the form of PyTorch.
    case adam(Adam)
}

extension OptimizerSpecification: Codable {
    private enum Kind: String, Codable {
        case rmspropNature = "rmsprop_nature"
        case rmsprop
        case adam
    }

    private enum TypeKey: String, CodingKey {
        case type
    }

    /// Reads a rule by its `type`; constants that are not given have their defaults.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: TypeKey.self).decode(Kind.self, forKey: .type) {
        case .rmspropNature: self = .rmspropNature(try RMSPropNature(from: decoder))
        case .rmsprop: self = .rmsprop(try RMSProp(from: decoder))
        case .adam: self = .adam(try Adam(from: decoder))
        }
    }

    /// Writes the type and every constant.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: TypeKey.self)
        switch self {
        case .rmspropNature(let rule):
            try values.encode(Kind.rmspropNature, forKey: .type)
            try rule.encode(to: encoder)
        case .rmsprop(let rule):
            try values.encode(Kind.rmsprop, forKey: .type)
            try rule.encode(to: encoder)
        case .adam(let rule):
            try values.encode(Kind.adam, forKey: .type)
            try rule.encode(to: encoder)
        }
    }
}

extension KeyedDecodingContainer {
    /// Replaces `value` where the key is given, and leaves it as it is otherwise.
    func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        value = try decodeIfPresent(Value.self, forKey: key) ?? value
    }
}
