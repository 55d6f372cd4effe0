internal import Environments
internal import NeuralNetworks

/// What float32 numbers must be for Q-values of them to mean something.
///
/// A network computes something from any bits, and a table finds some state in them.
struct StateNumbers {
    let input: NetworkInput
    /// Whether a state is a single 1 among zeros.
    let isOneHot: Bool

    /// - Throws: The first number that is wrong, by its state and its place there.
    func check(_ states: [UInt8]) throws(APIError) {
        guard input.scalar == .float32 else { return }
        for state in 0..<states.count / input.byteCount {
            var hot: Int?
            for element in 0..<input.count {
                let number = states.float(at: state * input.count + element)
                let place = "element \(element) of state \(state)"
                guard number.isFinite else {
                    throw UploadedStates.invalid("\(place) is \(number), expected a finite number")
                }
                guard isOneHot, number != 0 else { continue }
                guard number == 1 else {
                    throw UploadedStates.invalid("\(place) is \(number), expected 0 or 1: \(rule)")
                }
                if let hot {
                    throw UploadedStates.invalid(
                        "state \(state) has a 1 at elements \(hot) and \(element): \(rule)"
                    )
                }
                hot = element
            }
            if isOneHot, hot == nil {
                throw UploadedStates.invalid("state \(state) has no 1: \(rule)")
            }
        }
    }

    private var rule: String {
        "each of the \(input.count) states is a single 1 among zeros"
    }
}
