internal import Environments
internal import Frames
internal import HTTPServing
internal import NeuralNetworks

/// States as pictures: one PNG of a stack side by side, oldest frame left, or a form of PNGs.
///
/// A screen of another size goes through the same preprocessing as in training.
struct StatePictures {
    let input: NetworkInput

    /// The state in one picture.
    func bytes(ofPNG png: [UInt8]) throws -> [UInt8] {
        let (frames, height, width) = try size()
        let picture = try Frame(png: png.span, as: .gray, pixelLimit: 1 << 22)
        guard picture.height == height, picture.width == width * frames else {
            throw UploadedStates.invalid(
                "the picture has \(picture.width)×\(picture.height) pixels, expected "
                    + "\(width * frames)×\(height): \(frames) frames side by side, oldest on the left"
            )
        }
        return picture.split(into: frames).flatMap(\.bytes)
    }

    /// The state whose frames are the parts of a form, oldest first.
    func bytes(ofForm request: HTTPRequest) throws -> [UInt8] {
        let (frames, height, width) = try size()
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
        return try form.parts.flatMap { part in
            let png = Array(request.body[part.range])
            let picture = try Frame(png: png.span, as: .rgb, pixelLimit: 1 << 22)
            return picture.height == height && picture.width == width
                ? picture.grayscale().bytes
                : AtariPreprocessing.observation(of: [picture]).bytes
        }
    }

    private func size() throws -> (frames: Int, height: Int, width: Int) {
        guard input.shape.count == 3, input.scalar == .uint8 else {
            throw UploadedStates.invalid(
                "this model's states are \(input.shape) numbers and no pictures"
            )
        }
        return (input.shape[0], input.shape[1], input.shape[2])
    }
}
