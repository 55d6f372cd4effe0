internal import COpenSSL

/// The SHA-256 digest of `bytes` in hexadecimal: a checkpoint's name and its strong entity tag.
public func sha256(_ bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let succeeded = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    precondition(succeeded == 1, "the digest of bytes in memory cannot fail")
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
        as: UTF8.self
    )
}
