internal import COpenSSL

/// The SHA-256 digest of `bytes` in hexadecimal: a checkpoint's name and its strong entity tag.
public func sha256(_ bytes: [UInt8]) -> String {
    var digest = SHA256Digest()
    unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
    return digest.finish()
}

/// A SHA-256 digest (FIPS 180-4) of bytes that come in parts.
@safe struct SHA256Digest: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("there is no memory for a digest") }
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let succeeded = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(succeeded == 1, "the digest of bytes in memory cannot fail")
    }

    /// The digest in hexadecimal.
    consuming func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        let succeeded = unsafe EVP_DigestFinal_ex(context, &digest, nil)
        precondition(succeeded == 1, "the digest of bytes in memory cannot fail")
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
