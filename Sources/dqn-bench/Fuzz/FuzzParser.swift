// Built together with the sources of HTTPServing as one module; see fuzz.sh.

/// What came out of a run of requests, folded together.
private struct Digest: Equatable {
    var requests = 0
    var error: HTTPParseError?
    private var bits: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            bits = (bits ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
        }
        bits = (bits ^ UInt64(bytes.count)) &* 0x0000_0100_0000_01B3
    }

    mutating func add(_ head: RequestHead) {
        requests += 1
        add(head.bytes(of: head.line.target))
        add(head.bytes(of: head.line.path))
        if let query = head.line.query { add(head.bytes(of: query)) }
        if let authority = head.authority { add(head.bytes(of: authority)) }
        for position in head.positions {
            add(head.bytes(of: position.name))
            add(head.bytes(of: position.value))
        }
    }
}

/// Reads requests one after the other, in the pieces it is given.
private struct Reader {
    private var parser = RequestHeadParser()
    private var body: BodyDecoder?
    private(set) var digest = Digest()

    private static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        (limits.targetBytes, limits.headerBytes, limits.fieldCount) = (64, 256, 8)
        (limits.chunkCount, limits.trailerBytes, limits.chunkLineBytes) = (8, 64, 32)
        return limits
    }()

    mutating func read(_ input: Span<UInt8>) {
        var offset = 0
        do throws(HTTPParseError) {
            while offset < input.count, digest.error == nil {
                let rest = input.extracting(offset...)
                if var decoder = body {
                    offset += try decoder.decode(rest, limits: Self.limits)
                    body = decoder.isComplete ? nil : decoder
                    if decoder.isComplete { digest.add(decoder.body.span) }
                } else if let (head, length) = try parser.parse(rest, limits: Self.limits) {
                    offset += length
                    digest.add(head)
                    if head.framing != .length(0) {
                        body = try BodyDecoder(head.framing, limit: 128)
                    }
                } else {
                    return
                }
            }
        } catch {
            digest.error = error
        }
    }
}

/// Reads the input as requests, whole and cut where its first byte says, and traps where the two
/// are not understood as the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParser(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start = unsafe start, count > 0 else { return 0 }
    let input = unsafe UnsafeBufferPointer(start: start, count: count).span
    let bytes = input.extracting(1...)
    var whole = Reader()
    whole.read(bytes)
    let step = max(Int(input[0]), 1)
    var pieces = Reader()
    var offset = 0
    while offset < bytes.count {
        let end = min(offset + step, bytes.count)
        pieces.read(bytes.extracting(offset..<end))
        offset = end
    }
    precondition(whole.digest == pieces.digest)
    return 0
}
