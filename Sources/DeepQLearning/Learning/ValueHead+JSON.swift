public import JSONFields

/// A head as checkpoints name it: its word, and the settings that say how its outputs are read.
extension ValueHead {
    /// The words of all heads.
    public static var names: [String] { ValueHeadSettings.Kind.allCases.map(\.rawValue) }

    /// The head's word.
    public var name: String { settings.kind.rawValue }

    /// The settings that its outputs cannot be read without; nil where there is none.
    public var options: JSONValue? {
        guard case .object(let all) = settings.json, !optionNames.isEmpty else { return nil }
        var own = JSONObject()
        for name in optionNames { own[name] = all[name] }
        return .object(own)
    }

    /// Reads what `name` and `options` say; a setting that is missing has its default.
    public init(named name: String, reading fields: inout FieldReader) {
        var settings = ValueHeadSettings()
        settings.kind = ValueHeadSettings.Kind(rawValue: name) ?? .scalar
        settings.read(&fields)
        if let fault = settings.fault {
            fields.fail(fault.field, fault.message)
            settings.kind = .scalar
        }
        self = settings.head
    }

    private var settings: ValueHeadSettings {
        var settings = ValueHeadSettings()
        switch self {
        case .scalar: settings.kind = .scalar
        case .categorical(let support):
            settings.kind = .categorical
            settings.atomCount = support.atomCount
            settings.minimumReturn = support.minimum
            settings.maximumReturn = support.maximum
        case .quantile(let count):
            settings.kind = .quantile
            settings.quantileCount = count
        case .implicitQuantile(let count):
            settings.kind = .implicitQuantile
            settings.actingQuantileCount = count
        }
        return settings
    }

    private var optionNames: [String] {
        switch self {
        case .scalar: []
        case .categorical: ["atom_count", "v_min", "v_max"]
        case .quantile: ["quantile_count"]
        case .implicitQuantile: ["acting_quantile_count"]
        }
    }
}
