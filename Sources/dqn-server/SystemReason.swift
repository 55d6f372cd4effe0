internal import Foundation
internal import Glibc

extension Error {
    /// Why the system refused something about a file, in its own few words ("Permission denied")
    /// and without the names and numbers that Foundation wraps them in.
    var systemReason: String {
        let error = self as NSError
        if error.domain == NSPOSIXErrorDomain {
            return unsafe String(cString: strerror(Int32(truncatingIfNeeded: error.code)))
        }
        if let underlying = error.userInfo[NSUnderlyingErrorKey] as? any Error {
            return underlying.systemReason
        }
        return error.localizedDescription
    }
}
