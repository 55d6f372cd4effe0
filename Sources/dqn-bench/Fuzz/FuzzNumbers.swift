// Built together with the sources of JSONScanning as one module; see fuzz.sh.

import Foundation

/// The numbers of an array in the order of its text, each read by the standard library.
private func numbers(_ bytes: [UInt8]) -> [Double?] {
    bytes.split { [0x5B, 0x5D, 0x2C, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
        .map { Double(String(decoding: $0, as: UTF8.self)) }
}

private func foundation(_ bytes: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
}

/// Reads the input as JSON in all ways there are, and traps where Foundation disagrees.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNumbers(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let all = 0..<bytes.count
    if let array = try? NumberArray<UInt8>(bytes, in: all) {
        precondition(array.shape.reduce(1, *) == array.elements.count, "shape is \(array.shape)")
        precondition(numbers(bytes) == array.elements.map(Double.init), "\(array.elements)")
        // What is bytes is integers and floats as well.
        let integers = try? NumberArray<Int64>(bytes, in: all)
        precondition(integers?.elements == array.elements.map(Int64.init))
        let floats = try? NumberArray<Float>(bytes, in: all)
        precondition(floats?.elements == array.elements.map(Float.init))
    }
    if let array = try? NumberArray<Double>(bytes, in: all) {
        precondition(numbers(bytes) == array.elements, "\(array.elements)")
        precondition(foundation(bytes) != nil, "Foundation does not read it")
    }
    do throws(JSONScanError) {
        let envelope = try JSONEnvelope(bytes, cutting: ["/states", "/inputs/*/data"])
        precondition(foundation(envelope.remainder) != nil, "Foundation does not read it")
        for cut in envelope.cuts {
            _ = try? NumberArray<UInt8>(bytes, in: cut.range)
        }
    } catch {
        precondition((0...bytes.count).contains(error.position), "\(error)")
        precondition(!error.description.isEmpty)
    }
    return 0
}
