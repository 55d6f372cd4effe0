internal import Environments
internal import Frames
internal import HTTPServing
internal import NeuralNetworks

/// States as pictures: one PNG of a stack side by side, oldest frame left, or a form of PNGs.
///
/// A picture has the size of what it shows; none is stretched. Screens of Atari games go through
/// the same preprocessing as in training.
struct StatePictures {
    let input: NetworkInput
    /// Whether screens of Atari games stand for frames.
    let takesScreens: Bool

    /// Rows and columns of the emulator's screens: NTSC games, and those of PAL's height.
    private static let screens = [(height: 210, width: 160), (height: 250, width: 160)]

    /// The state that a request's pictures show.
    func bytes(of request: HTTPRequest) throws -> [UInt8] {
        guard input.shape.count == 3, input.scalar == .uint8 else {
            throw UploadedStates.invalid(
                "this model's states are \(input.shape) numbers and no pictures"
            )
        }
        return request.contentType == "multipart/form-data"
            ? try bytes(ofForm: request) : try bytes(ofPNG: request.body)
    }

    private var frames: Int { input.shape[0] }
    private var height: Int { input.shape[1] }
    private var width: Int { input.shape[2] }

    /// The state in one picture.
    private func bytes(ofPNG png: [UInt8]) throws -> [UInt8] {
        let header = try PNGHeader(png.span)
        guard header.height == height, header.width == width * frames else {
            throw UploadedStates.invalid(
                "the picture has \(header.width)×\(header.height) pixels, expected "
                    + "\(width * frames)×\(height) (width × height): \(frames) frames side by "
                    + "side, oldest on the left"
            )
        }
        return try Frame(png: png.span, as: .gray).split(into: frames).flatMap(\.bytes)
    }

    /// The state whose frames are the parts of a form, oldest first.
    private func bytes(ofForm request: HTTPRequest) throws -> [UInt8] {
        let form = try MultipartFormData(
            request.body,
            contentType: request.headers["Content-Type"] ?? ""
        )
        guard form.parts.count == frames else {
            throw UploadedStates.invalid(
                "the form has \(form.parts.count) parts, expected \(frames): a PNG a frame, "
                    + "oldest first"
            )
        }
        var state: [UInt8] = []
        for (index, part) in form.parts.enumerated() {
            do {
                state += try observation(Array(request.body[part.range]), part: index + 1).bytes
            } catch let error as FrameError {
                throw APIError(.badRequest, code: "invalid_image", "part \(index + 1): \(error)")
            }
        }
        return state
    }

    /// One frame of a state, from a picture of it or of the screen.
    private func observation(_ png: [UInt8], part: Int) throws -> Frame {
        let header = try PNGHeader(png.span)
        if header.height == height, header.width == width {
            return try Frame(png: png.span, as: .gray)
        }
        let isScreen = Self.screens.contains { $0 == (header.height, header.width) }
        guard takesScreens, isScreen else {
            let screens = Self.screens.map { "\($0.width)×\($0.height)" }.joined(separator: " or ")
            throw UploadedStates.invalid(
                "part \(part) has \(header.width)×\(header.height) pixels, expected "
                    + "\(width)×\(height)" + (takesScreens ? ", or \(screens) for a screen" : "")
                    + " (width × height)"
            )
        }
        return AtariPreprocessing.observation(of: [try Frame(png: png.span, as: .rgb)])
    }
}
