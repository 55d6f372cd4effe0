internal import Environments
internal import HTTPServing
internal import Inference
internal import NeuralNetworks

/// The states that a request asks a model's Q-values for, as the bytes that the model reads.
///
/// A body is raw bytes, JSON, one picture, or a form of pictures. What it says is checked against
/// the model before anything is computed.
struct UploadedStates {
    /// What one state of the model looks like.
    let input: NetworkInput
    /// Whether screens of Atari games stand for frames.
    let takesScreens: Bool
    /// Whether a state is a single 1 among zeros.
    let isOneHot: Bool

    /// - Parameters:
    ///   - model: The model that is asked.
    ///   - environments: Tells of which environments states can be counted.
    init(for model: ServedModel, in environments: EnvironmentCatalog) {
        let environment = environments.entries.first { $0.specification.id == model.environment }
        let isCounted = environment?.specification.observation.stateCount != nil
        input = model.input
        let size = AtariPreprocessing.size
        takesScreens =
            AtariPreprocessing.applies(to: model.environment)
            && input.shape.dropFirst() == [size, size]
        isOneHot = model.isTable || isCounted && input.shape.count == 1
    }

    /// The states of a request.
    ///
    /// - Returns: One state or more, `input.byteCount` bytes each.
    /// - Throws: `APIError` with what is wrong and what would be right.
    func bytes(of request: HTTPRequest) throws -> [UInt8] {
        var query = QueryReader(request)
        // Says what is answered, not what is asked.
        var wantsDistributions = false
        query.read("distribution", into: &wantsDistributions)
        var layout = StateLayout.nchw
        query.read("layout", into: &layout)
        let given = query.text("layout") == nil ? nil : layout
        try query.finish()
        let states: [UInt8]
        switch try StateContent(of: request, for: input) {
        case .bytes: states = try raw(request.body, given)
        case .json: states = try StatesJSON(input: input, layout: given).bytes(of: request.body)
        case .picture, .form:
            guard given == nil else {
                throw Self.invalid(
                    "layout says in which order numbers come and is not for pictures, "
                        + "got layout=\(layout.rawValue)"
                )
            }
            let pictures = StatePictures(input: input, takesScreens: takesScreens)
            states = try pictures.bytes(of: request)
        }
        try StateNumbers(input: input, isOneHot: isOneHot).check(states)
        return states
    }

    private func raw(_ body: [UInt8], _ layout: StateLayout?) throws -> [UInt8] {
        guard !body.isEmpty, body.count.isMultiple(of: input.byteCount) else {
            throw Self.invalid(
                "the body has \(body.count) bytes, expected a multiple of \(input.byteCount): "
                    + "states of shape \(input.shape) and type \(input.scalar.rawValue)"
            )
        }
        return layout == .nhwc ? try Self.framesFirst(body, input) : body
    }

    /// Turns states of shape (height, width, frames) into (frames, height, width).
    static func framesFirst(_ states: [UInt8], _ input: NetworkInput) throws -> [UInt8] {
        guard input.shape.count == 3, input.scalar == .uint8 else {
            throw invalid(
                "only states of frames have a layout nhwc, this model's are \(input.shape)"
            )
        }
        let frames = input.shape[0]
        let pixels = input.shape[1] * input.shape[2]
        var result = [UInt8](repeating: 0, count: states.count)
        for state in stride(from: 0, to: states.count, by: input.byteCount) {
            for pixel in 0..<pixels {
                for frame in 0..<frames {
                    result[state + frame * pixels + pixel] = states[state + pixel * frames + frame]
                }
            }
        }
        return result
    }

    /// A body that does not hold what the model reads.
    static func invalid(_ message: String) -> APIError {
        APIError(.badRequest, code: "invalid_states", message)
    }
}

/// In which order the numbers of a state come.
enum StateLayout: String, CaseIterable {
    /// (states, frames, height, width), oldest frame first.
    case nchw
    /// (states, height, width, frames).
    case nhwc
}
