// Built together with the sources of HTTPServing as one module; see fuzz.sh.

/// Reads the input as a form, whose type is its first line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzForms(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let line = input.firstIndex(of: 10) else { return 0 }
    let type = String(decoding: input[..<line], as: UTF8.self)
    let body = Array(input[(line + 1)...])
    guard let form = try? MultipartFormData(body, contentType: type) else { return 0 }
    var end = 0
    for part in form.parts {
        precondition(part.range.lowerBound >= end, "parts overlap")
        precondition(part.range.upperBound <= body.count, "a part ends outside of the body")
        end = part.range.upperBound
    }
    return 0
}
