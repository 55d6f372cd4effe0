internal import CZlib

/// Why compressed content cannot be used.
enum InflateError: Error, Equatable {
    case tooLong(limitBytes: Int)
    case malformed
    case truncated
    /// Bytes follow the end of the compressed content.
    case trailingBytes
}

extension ContentCoding {
    /// The content without the coding; no more than the limit is written, however much was promised.
    func inflate(_ content: [UInt8], limitBytes: Int) throws(InflateError) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe dqn_inflate_init(&stream, windowBits) == Z_OK else { throw .malformed }
        defer { unsafe inflateEnd(&stream) }
        let outcome = unsafe content.withUnsafeBufferPointer { input in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(input.count)
            return Result<[UInt8], InflateError> { () throws(InflateError) in
                unsafe try inflate(&stream, limitBytes: limitBytes)
            }
        }
        return try outcome.get()
    }

    private func inflate(
        _ stream: inout z_stream,
        limitBytes: Int
    ) throws(InflateError) -> [UInt8] {
        var output: [UInt8] = []
        while true {
            // One byte beyond the limit is enough to know that there is more.
            let room = min(max(output.count, 64 << 10), limitBytes + 1 - output.count)
            var status = Z_OK
            output.append(addingCapacity: room) { buffer in
                unsafe buffer.withUnsafeMutableBufferPointer { buffer, count in
                    unsafe stream.next_out = buffer.baseAddress
                    unsafe stream.avail_out = UInt32(buffer.count)
                    status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    count = unsafe buffer.count - Int(stream.avail_out)
                }
            }
            guard output.count <= limitBytes else { throw .tooLong(limitBytes: limitBytes) }
            switch status {
            case Z_STREAM_END:
                guard unsafe stream.avail_in > 0 else { return output }
                // RFC 1952 §2.2: a gzip file may have several members.
                guard self == .gzip, unsafe stream.next_in.pointee == 0x1F,
                    unsafe inflateReset(&stream) == Z_OK
                else { throw .trailingBytes }
            case Z_OK where unsafe stream.avail_out == 0:
                break
            case Z_OK, Z_BUF_ERROR:
                throw .truncated
            default:
                throw .malformed
            }
        }
    }

    /// The content in this coding, at a level of 1 for speed up to 9 for size.
    func deflate(_ content: [UInt8], level: Int32) -> [UInt8]? {
        var stream = unsafe z_stream()
        guard unsafe dqn_deflate_init(&stream, level, windowBits) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(content.count)))
        var output: [UInt8] = []
        var status = Z_OK
        unsafe content.withUnsafeBufferPointer { input in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(input.count)
            output.append(addingCapacity: bound) { buffer in
                unsafe buffer.withUnsafeMutableBufferPointer { buffer, count in
                    unsafe stream.next_out = buffer.baseAddress
                    unsafe stream.avail_out = UInt32(buffer.count)
                    status = unsafe CZlib.deflate(&stream, Z_FINISH)
                    count = unsafe buffer.count - Int(stream.avail_out)
                }
            }
        }
        return status == Z_STREAM_END ? output : nil
    }
}
