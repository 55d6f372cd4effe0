/// Why a described network cannot be built, or given parameters do not belong to it.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// A layer, counted from 0, that does not fit what comes before it.
    case layer(index: Int, String)
    /// The input or the number of outputs.
    case ends(String)
    /// A tensor that is missing, unknown or of another shape.
    case tensor(name: String, String)
    /// The system has no memory for a part of it.
    case memory(part: String, byteCount: Int)

    /// The fault in one sentence, with the layer or tensor it lies in.
    public var description: String {
        switch self {
        case .layer(let index, let reason): "layer \(index): \(reason)"
        case .ends(let reason): reason
        case .tensor(let name, let reason): "tensor \"\(name)\": \(reason)"
        case .memory(let part, let byteCount): "could not allocate \(byteCount) bytes for \(part)"
        }
    }
}
